package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var snapshotFailed = &Alert{
	Name: alert.SnapshotFailed, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Recent(metric.RDBLastStatus).Is(0),
	For:         5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} could not save its last snapshot`,
	Description: `For {for} the last snapshot has been a failure. A server with save points refuses all writes in this state, unless stop-writes-on-bgsave-error is off; without an append-only file what was written since the last good one is lost in a crash.`,
	Runbook: Runbook{
		Meaning: "The server tried to save a snapshot and failed, and none has succeeded since.",
		Impact:  "With save points and `stop-writes-on-bgsave-error yes`, the default, every write fails with `MISCONF`; then `ValkeyWritesRejected` pages. Otherwise nothing is felt until the snapshot is needed: after a crash, or as a backup.",
		Diagnosis: []Step{
			{"valkey-cli INFO persistence", "`rdb_last_bgsave_status:err`; `rdb_changes_since_last_save` is what would be lost; `aof_enabled:1` means that it would not."},
			{"valkey-cli CONFIG GET dir", "The folder, which needs room for a second snapshot: `df -h` on the host. `Permission denied` in the log after a change of user or volume is as frequent."},
			{"valkey-cli INFO memory", "Saving forks. `used_memory_rss` against `total_system_memory`: is there room for the pages that change meanwhile?"},
			{"valkey-cli INFO errorstats", "`errorstat_MISCONF` grows: writes are being refused now."},
			{"", "The log of the server: `Can't save in background: fork: Cannot allocate memory` (set `vm.overcommit_memory` to 1), `No space left on device`, or `terminated by signal 9`, which is the kernel's OOM killer."},
		},
		Mitigation: []string{
			"If writes are refused and must go on: `CONFIG SET stop-writes-on-bgsave-error no`. They are accepted at once, and are not saved.",
			"Free disk space or memory, then `BGSAVE`. When it succeeds the server is content.",
			"If nobody needs snapshots because the append-only file is on, `CONFIG SET save \"\"`, and in the configuration file.",
		},
		Why: "While a save point is due the server tries again five seconds after a failure, so {for} of failure is many. It is a warning, because what hurts has a page of its own: refused writes. " +
			"Packs that page here wake somebody for a failed manual `BGSAVE` on a server that lives on its append-only file.",
		Blind: "A snapshot that is saved and cannot be read: only loading it elsewhere shows that. A snapshot that was never tried is `ValkeySnapshotStale`.",
	},
}

// With an append-only file it is never more than half a minute: that alert is for
// servers that have nothing but snapshots. The age of the last one would not do: a
// server that has saved none since it started, as in the specification's setup, tells
// its start as the last save.
var snapshotStale = &Alert{
	Name: alert.SnapshotStale, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Recent(metric.UnsavedSeconds).Above(config.SnapshotAge),
	For:         15 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} has saved no snapshot for {{ $value | humanizeDuration }}`,
	Description: `The server should save snapshots and has saved none for {{ $value | humanizeDuration }}, although there are changes and no append-only file. A crash would lose them all.`,
	Runbook: Runbook{
		Meaning: "Snapshots are all that is saved here, and since the last one, or since the start, more than {snapshot_age} have passed. Data has changed meanwhile.",
		Impact:  "None until the server crashes or its host does. Then everything since that snapshot is gone, jobs that wait among it. A backup that copies the file copies an old one.",
		Diagnosis: []Step{
			{"valkey-cli LASTSAVE", "The time of the last snapshot, in seconds since 1970. If it is the time of the start, there was none since."},
			{"valkey-cli CONFIG GET save", "The save points. Empty: the server saves only when told, by a cron job or a backup tool; look whether that still runs."},
			{"valkey-cli INFO persistence", "`rdb_changes_since_last_save` is what would be lost. `rdb_bgsave_in_progress:1` with `rdb_current_bgsave_time_sec` in hours: a save that hangs. `aof_rewrite_in_progress:1` keeps a snapshot waiting."},
			{"", "The log of the server, and that of the job that runs `BGSAVE`."},
		},
		Mitigation: []string{
			"`BGSAVE` now, if memory and disk have room for it.",
			"Repair the job that saves, or set save points: `CONFIG SET save \"3600 1\"`, and in the configuration file.",
			"If the data may be lost, as in a pure cache, remove the save points or the job. Without save points the alert ends with `CONFIG RESETSTAT` or the next restart, which forget that there were snapshots. `snapshot_age: off` removes it for all servers.",
		},
		Why: "Save points save after an hour with one change, and most backups run once a day: beyond {snapshot_age} with changes something has stopped. {for} leaves out the daily job that is a little late. " +
			"The age of the last save alone is wrong: a server that has never saved tells its start as the last save, so that popular packs are critical for ever on a server that lives on its append-only file. " +
			"A server without save points counts from its second snapshot on, because one may have been made by hand.",
		Blind: "A server without save points whose job has stopped before the last restart. Whether the file is good, and whether a copy is elsewhere: [backups](../backups.md). Failed attempts count as snapshots that are meant to be taken. " +
			"With `repl-diskless-sync no` the snapshots made for replicas count like any other.",
	},
}

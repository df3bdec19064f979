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

// The last save of a server that has not saved yet is its start, so that the age
// alone would alert for ever where nothing is to be saved, as in the
// specification's setup. How long the last save took tells no better: sending the
// data set to a replica counts there as a save that left no file.
var snapshotStale = &Alert{
	Name: alert.SnapshotStale, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Since(metric.RDBLastSave).Above(config.SnapshotAge).
		And(promql.Recent(metric.RDBChanges).Positive()).
		And(promql.Recent(metric.RDBSaves).AboveNumber(1)).
		Unless(aofOn),
	For:         15 * time.Minute,
	Summary:     `The last snapshot of Valkey {{ $labels.instance }} is {{ $value | humanizeDuration }} old`,
	Description: `The server used to save snapshots and has saved none for {{ $value | humanizeDuration }}, although there are changes and no append-only file. A crash would lose them all.`,
	Runbook: Runbook{
		Meaning: "The server has saved snapshots since it started, but none for more than {snapshot_age}. Since then data has changed, and no append-only file holds the changes.",
		Impact:  "None until the server crashes or its host does. Then everything since that snapshot is gone, jobs that wait among it. A backup that copies the file copies an old one.",
		Diagnosis: []Step{
			{"valkey-cli LASTSAVE", "The time of the last snapshot, in seconds since 1970."},
			{"valkey-cli CONFIG GET save", "The save points. Empty: the server saves only when told, by a cron job or a backup tool; look whether that still runs."},
			{"valkey-cli INFO persistence", "`rdb_changes_since_last_save` is what would be lost. `rdb_bgsave_in_progress:1` with `rdb_current_bgsave_time_sec` in hours: a save that hangs. `aof_rewrite_in_progress:1` keeps a snapshot waiting."},
			{"", "The log of the server, and that of the job that runs `BGSAVE`."},
		},
		Mitigation: []string{
			"`BGSAVE` now, if memory and disk have room for it.",
			"Repair the job that saves, or set save points: `CONFIG SET save \"3600 1\"`, and in the configuration file.",
			"If the data may be lost, as in a pure cache, remove the save points or the job; the alert then ends with the next restart, which forgets that there were snapshots. `snapshot_age: off` removes it for all servers.",
		},
		Why: "Save points save after an hour with one change, and most backups run once a day: beyond {snapshot_age} with changes something has stopped. {for} leaves out the daily job that is a little late. " +
			"The age alone is wrong: a server that has never saved tells its start as the last save, so that popular packs are critical for ever on a server that lives on its append-only file. " +
			"Two snapshots since the start are asked for, because one may have been made by hand.",
		Blind: "A server that has not saved twice since it started: it may have stopped before, or was never told to. Whether the file is good, and whether a copy is elsewhere. " +
			"With `repl-diskless-sync no` the snapshots made for replicas count like any other.",
	},
}

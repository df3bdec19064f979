package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var durabilityAlerts = []*Alert{aofWriteFailed, aofRewriteFailed, aofRewriteOverdue, aofFsyncDelayed, snapshotFailed, snapshotStale}

// aofOn is 1 on a server that keeps an append-only file. Without one the status
// of the last write and rewrite is that of a past that no longer matters.
var aofOn = promql.Recent(metric.AOFEnabled).Is(1)

var aofWriteFailed = &Alert{
	Name: alert.AOFWriteFailed, Component: alert.Server, Severity: config.Critical,
	Expr:        promql.Recent(metric.AOFLastWriteStatus).Is(0).And(aofOn),
	For:         time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} cannot write its append-only file and refuses all writes`,
	Description: `For {for} the last write to the append-only file has been a failure. Until one succeeds the server answers every write with MISCONF. Most often the disk is full.`,
	Runbook: Runbook{
		Meaning: "The server could not write to its append-only file. It has stopped accepting writes, so as not to promise what it cannot keep.",
		Impact:  "Every write fails with `MISCONF`: jobs are not enqueued, workers cannot take any, sessions are not stored. Reads still work. What was written just before the failure may not be on disk.",
		Diagnosis: []Step{
			{"valkey-cli INFO persistence", "`aof_last_write_status:err`. `aof_current_size` says how large the file has grown, `aof_rewrite_in_progress:1` that a second copy is being written."},
			{"valkey-cli CONFIG GET dir", "The folder of the data. The file is in `appenddirname` below it."},
			{"", "On the host: `df -h` and `df -i` of that folder, `dmesg` for errors of the disk. A volume that went read-only looks the same."},
			{"", "The log of the server: `Error writing to the AOF file`, with the reason of the operating system."},
			{"valkey-cli INFO errorstats", "`errorstat_MISCONF`: how many commands were refused since the server started."},
		},
		Mitigation: []string{
			"Free disk space: old `temp-*.aof` and `temp-*.rdb` files of aborted saves, logs, backups. The server tries again every second and goes on by itself.",
			"Enlarge the volume.",
			"If the disk cannot be helped now, `CONFIG SET appendonly no` lets writes pass at once, and from then on nothing is saved. Turn it on again when the disk is well: that writes a new file.",
			"If it is a primary with a replica in good health, fail over.",
		},
		Why: "There is no threshold: the server says yes or no. {for} lets it succeed at its next try, which comes within a second, and pages only for what stays. " +
			"The condition that the file is on keeps quiet a server on which it was turned off after a failure. A disk at its limit lets some writes pass, so the alert stays five minutes longer than the symptom.",
		Blind: "With `appendfsync always` the server does not refuse writes at such a failure, it exits: that is `ValkeyDown`. A disk that writes slowly is `ValkeyAOFFsyncDelayed`.",
	},
}

var aofRewriteFailed = &Alert{
	Name: alert.AOFRewriteFailed, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Recent(metric.AOFLastRewriteStatus).Is(0).And(aofOn),
	For:         15 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} cannot rewrite its append-only file, which keeps growing`,
	Description: `For {for} the last rewrite of the append-only file has been a failure. The file grows with every write until the disk is full, and the next start has to read all of it.`,
	Runbook: Runbook{
		Meaning: "The server rewrites its append-only file from time to time, so that it holds the data instead of its history. The last rewrite failed, and none has succeeded since.",
		Impact:  "None yet. The file grows until the disk is full, and then all writes are refused. A restart takes longer, because it reads the whole file.",
		Diagnosis: []Step{
			{"valkey-cli INFO persistence", "`aof_current_size` against `aof_base_size`: how far it has grown. `aof_rewrites_consecutive_failures`: how many in a row. `aof_last_cow_size`: memory that the last one needed on top."},
			{"valkey-cli INFO memory", "A rewrite forks. `used_memory_rss` against `total_system_memory`: is there room for the pages that change meanwhile?"},
			{"valkey-cli CONFIG GET dir", "The folder of the data, which needs room for a second file: `df -h` on the host."},
			{"", "The log of the server: `Can't rewrite append only file in background: fork`, or `Error writing ... No space left on device`. On the host `sysctl vm.overcommit_memory` should be 1."},
		},
		Mitigation: []string{
			"Free disk space, then `BGREWRITEAOF`.",
			"If the fork failed, free memory on the host or set `vm.overcommit_memory` to 1, then `BGREWRITEAOF`.",
			"If the process was killed by the kernel for memory, lower `maxmemory` or enlarge the host; try again when few writes come.",
		},
		Why: "The server tries again by itself: three times at once, then after a minute, then after longer and longer pauses of up to an hour. {for} covers the first few of them. " +
			"A single failure is not urgent, which is why the alert does not page: the disk that fills up does, by `ValkeyAOFWriteFailed`.",
		Blind: "How long the disk still lasts. A rewrite that was never begun is `ValkeyAOFRewriteOverdue`. How many failed: `redis_save_failures_total`.",
	},
}

var aofFsyncDelayed = &Alert{
	Name: alert.AOFFsyncDelayed, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Increase(metric.AOFDelayedFsync, 10*time.Minute).Above(config.FsyncDelays),
	For:         10 * time.Minute,
	KeepFiring:  10 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} waited {{ $value | humanize }} times for its disk within ten minutes`,
	Description: `The append-only file is flushed once a second, and the disk does not keep up: {{ $value | humanize }} times within ten minutes a write had to wait for the flush before it, and all clients with it. It has been so for {for}.`,
	Runbook: Runbook{
		Meaning: "A flush of the append-only file took longer than two seconds, so that the next write of the file had to wait for it. That wait is in the main thread: nobody is answered meanwhile.",
		Impact:  "Commands that take microseconds take up to seconds, now and then. Clients with short timeouts see errors, and workers stall. After a crash more than the last second may be missing.",
		Diagnosis: []Step{
			{"valkey-cli INFO persistence", "`aof_delayed_fsync` grows; `aof_pending_bio_fsync:1`: a flush is waiting now. `aof_rewrite_in_progress:1` or `rdb_bgsave_in_progress:1`: the server is itself what keeps the disk busy."},
			{"valkey-cli LATENCY LATEST", "`aof-write-pending-fsync` and `aof-fsync-always` in milliseconds, where `latency-monitor-threshold` is set."},
			{"valkey-cli CONFIG GET appendfsync", "`everysec` is usual. `always` waits for the disk at every write."},
			{"valkey-cli CONFIG GET no-appendfsync-on-rewrite", "`no`: flushes compete with the rewrite."},
			{"", "On the host: `iostat -x 1`, columns `w_await` and `%util`. A cloud volume that has used up its burst credits looks like this. Who else writes there?"},
		},
		Mitigation: []string{
			"Stop what else writes to the disk: a backup, a log at debug level, a neighbour.",
			"`CONFIG SET no-appendfsync-on-rewrite yes`, if it happens during rewrites. While one runs, a crash may lose thirty seconds.",
			"Give the data a faster disk, or one of its own.",
			"Where the data can be lost, as in a pure cache, `CONFIG SET appendonly no`.",
		},
		Why: "One delay is a hiccup that every disk has. More than {fsync_delays} in ten minutes, for {for}, is a disk that is too slow. " +
			"redis_exporter exposes this number as a gauge although it only grows; here it is a counter, so that a restart does not look like an improvement.",
		Blind: "Slow flushes that are shorter than two seconds: no write waits for them. With `appendfsync always` every write waits, and none is counted here: see `ValkeyCommandLatencyHigh`.",
	},
}

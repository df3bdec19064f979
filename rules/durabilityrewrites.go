package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// The server's own rule: a rewrite begins at twice the size after the last one, but
// not below 64 MB. What is far beyond that was not rewritten although it is time.
var aofRewriteOverdue = &Alert{
	Name: alert.AOFRewriteOverdue, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.AOFCurrentSize).Above(config.AOFGrowthSize).
		Exceeds(promql.Recent(metric.AOFBaseSize).ScaledBy(config.AOFGrowth)),
	For:         30 * time.Minute,
	Summary:     `The append-only file of Valkey {{ $labels.instance }} has grown to {{ $value | humanize1024 }}B without a rewrite`,
	Description: `For {for} the append-only file has been more than {aof_growth} as large as after its last rewrite, now {{ $value | humanize1024 }}B. It grows until the disk is full, and the next start has to read all of it.`,
	Runbook: Runbook{
		Meaning: "The append-only file holds history that is not needed any more: it is larger than {aof_growth_size}, and more than {aof_growth} as large as after its last rewrite. The server should have rewritten it long ago.",
		Impact:  "None yet. The disk fills, and then all writes are refused. A restart takes as long as reading the file, and nobody is served meanwhile.",
		Diagnosis: []Step{
			{"valkey-cli CONFIG GET auto-aof-rewrite-*", "The server rewrites at `auto-aof-rewrite-percentage` above the size after the last rewrite, and from `auto-aof-rewrite-min-size` on. A percentage of 0 turns it off."},
			{"valkey-cli INFO persistence", "`aof_current_size` and `aof_base_size`. `aof_rewrite_scheduled:1` or `rdb_bgsave_in_progress:1`: it waits for a snapshot. `aof_rewrite_in_progress:1` with a large `aof_current_rewrite_time_sec`: it is under way, and slow."},
			{"valkey-cli INFO commandstats", "`cmdstat_bgrewriteaof`: whether a job asks for rewrites, where the server does not begin them by itself."},
			{"valkey-cli CONFIG GET dir", "The folder: how long does the disk last? `df -h` on the host."},
		},
		Mitigation: []string{
			"`BGREWRITEAOF` now, if disk and memory have room for a second copy of the data.",
			"`CONFIG SET auto-aof-rewrite-percentage 100`, if it was off, and in the configuration file.",
			"Repair the job that runs `BGREWRITEAOF`, if one should.",
			"If the writes are faster than a rewrite, give the data a faster disk, or make the file larger on purpose and raise `aof_growth`.",
		},
		Why: "With the usual settings the file is at most twice what it was, and what is written while the rewrite runs. {aof_growth} is beyond that, and {for} is longer than a rewrite takes. " +
			"Below {aof_growth_size} nothing is overdue: the server itself lets the file grow to 64 MB first, however small it was.",
		Blind: "How long the disk lasts: that is for an alert on the host. A rewrite that fails is `ValkeyAOFRewriteFailed`, and this one is not told then. Redis before 7.0 tells the size at the start as that after the last rewrite, so that a restart makes the file seem new.",
	},
}

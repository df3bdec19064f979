package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var auditAlerts = []*Alert{
	configDrift, queuesNotPersisted, // in this file
	unprotected, insecure, accessDenied, // in security.go
}

var configDrift = &Alert{
	Name: alert.ConfigDrift, Component: alert.Server, Severity: config.Info,
	Expr: promql.Recent(metric.ConfigParameterInfo).
		And(promql.Recent(metric.ConfigCompliant).Is(0), promql.On(metric.LabelJob, metric.LabelInstance, metric.LabelParameter)),
	For:         15 * time.Minute,
	Summary:     `{{ $labels.parameter }} of Valkey {{ $labels.instance }} is {{ $labels.actual }}, not {{ $labels.expected }}`,
	Description: `For {for} the setting has not been what the configuration of the exporter expects. Somebody has changed it, or it was never set.`,
	Runbook: Runbook{
		Meaning: "A setting of the server differs from the baseline in the configuration of the exporter. The labels say which, what it is and what is expected.",
		Impact:  "That depends on the setting. A change with `CONFIG SET` is also gone after the next restart, and then the server behaves in another way again.",
		Diagnosis: []Step{
			{"valkey-cli CONFIG GET maxmemory*", "What the server has now: put in the parameter of the alert. Sizes are answered in bytes."},
			{"valkey-cli INFO server", "`config_file` is the file that the server was started with, empty for none. What stands in there counts at a restart, unless the command line says otherwise."},
			{"valkey-cli INFO commandstats", "`cmdstat_config|set`: somebody has changed settings since the start. `cmdstat_config|rewrite`: they were written into the file."},
			{"", "On the dashboard Server, the table of settings: since when, and what else differs."},
		},
		Mitigation: []string{
			"Undo the change: `CONFIG SET` with what is expected, and the same in the file. For `io-threads`, `io-threads-do-reads` and `tcp-backlog` only the file, and a restart.",
			"If the change is right, make it the baseline: `audit: {baseline: {PARAMETER: VALUE}}` in the configuration of the exporter; `any` leaves a setting out.",
		},
		Why:   "{for} leave time to try a setting out, or to change server and baseline one after the other. It is for the record: a setting that does harm has an alert of its own about the harm.",
		Blind: "Settings that are not in the baseline, and those that the server does not know. A server that refuses `CONFIG GET`: then nothing is compared, and `ValkeyExporterCommandDenied` says so.",
	},
}

var queuesNotPersisted = &Alert{
	Name: alert.QueuesNotPersisted, Component: alert.Queue, Severity: config.Warning,
	Expr:        promql.Recent(metric.ConfigFinding, promql.Eq(metric.LabelFinding, "queues_not_persisted")).Is(1),
	For:         10 * time.Minute,
	Summary:     `A restart of Valkey {{ $labels.instance }} loses all jobs: nothing is written to disk`,
	Description: `There are queues in use, and for {for} the server has had neither an append-only file nor snapshots. A restart, a crash or a deployment empties all queues, without an error to anybody.`,
	Runbook: Runbook{
		Meaning: "`appendonly` is `no` and `save` is empty, and within the last hour a queue has held something.",
		Impact:  "None until the server restarts. Then every job that waits or is in hand is gone, and so are dead letters.",
		Diagnosis: []Step{
			{"valkey-cli CONFIG GET appendonly", "`no`: there is no append-only file."},
			{"valkey-cli CONFIG GET save", "Empty: no snapshots are taken by themselves."},
			{"valkey-cli INFO commandstats", "`cmdstat_config|set`: it was turned off while the server ran, perhaps because the disk was full or slow."},
			{"valkey-cli INFO persistence", "`aof_last_write_status` and `rdb_last_bgsave_status`: whether writing had failed before."},
			{"valkey-cli LLEN queue:high", "What is at stake now."},
		},
		Mitigation: []string{
			"`CONFIG SET appendonly yes`, and the same in the configuration file. The server writes all data once, in the background: see that the disk has room.",
			"Until then `BGSAVE` writes a snapshot. The server reads it after a restart, as long as `appendonly` stays `no`.",
			"Where jobs may be lost, or somebody else keeps them, turn it off: `audit: {checks: {queues_not_persisted: off}}`.",
		},
		Why:   "The specification wants the append-only file because jobs must survive a restart. {for}, because it is turned off for moments when a file is repaired or moved. Snapshots alone lose the jobs of some minutes, and are a choice: they do not fire it.",
		Blind: "Whether what is written can be read: `ValkeyAOFWriteFailed` and `ValkeySnapshotFailed` are about the writing. Queues that the configuration does not name. Of a replica nothing is told: its primary decides.",
	},
}

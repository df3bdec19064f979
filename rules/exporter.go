package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var exporterAlerts = []*Alert{
	scrapeIncomplete, scrapeSlow, reloadFailed, stateNotSaved, commandDenied, // in this file
	queueUnreadable, queueLooksFailing, discoveryIncomplete, // in exporterqueues.go
}

// essential parts of a scrape are those without which most alerts cannot fire.
// The others are commands that many a server denies or renames for a reason, or
// is too old for; then the absence of their metrics is known and accepted, and
// what is denied has CommandDenied.
var essential = []string{"info", "queues"}

// optionalCommands are those of the parts that are not essential.
const optionalCommands = "CONFIG GET|LATENCY .*|SLOWLOG .*|ACL GETUSER|COMMAND INFO"

// failed are the parts of a scrape that have not worked for five minutes.
func failed(parts ...promql.Part) promql.Expr {
	return promql.MaxOver(metric.SourceSuccess, 5*time.Minute, parts...).Is(0)
}

var scrapeIncomplete = &Alert{
	Name: alert.ScrapeIncomplete, Component: alert.Exporter, Severity: config.Warning,
	Expr: failed(promql.In(metric.LabelSource, essential...)).Or(
		failed().Unless(promql.Recent(metric.CommandUnavailable, promql.Like(metric.LabelCommand, optionalCommands)), promql.OnInstance())).
		And(promql.Recent(metric.Up).Is(1), promql.OnInstance()),
	For:         10 * time.Minute,
	Summary:     `Part of the metrics of {{ $labels.instance }} is missing: {{ $labels.source }}`,
	Description: `The server answers, but the part {{ $labels.source }} of each scrape has failed for more than {for}. Metrics of that part are missing, and alerts over them cannot fire.`,
	Runbook: Runbook{
		Meaning: "The exporter reaches the server, and one part of each scrape fails: the label `source` says which. The other parts are good.",
		Impact:  "None for users. Without `info` nearly all alerts about the server are blind; without `queues`, those about the lengths of queues.",
		Diagnosis: []Step{
			{"", "The exporter's log names the command, and the field or the queue, that failed, with the server's words."},
			{"", "In Prometheus: `redis_exporter_command_unavailable` names commands that the server denies or does not know."},
			{"valkey-cli ACL LOG 10", "Refusals by command and user. The exporter's user in it: a right is missing."},
			{"valkey-cli INFO persistence", "`loading:1`: while the server loads, it answers `INFO` and no question about a key."},
			{"valkey-cli INFO server", "`valkey_version`: a version newer than the exporter knows may send a field that it does not understand."},
		},
		Mitigation: []string{
			"Grant the exporter's user what is missing; docs/acl.md has the whole list.",
			"A field that is not understood: update the exporter. Its other metrics can be believed.",
			"Loading: wait, see `ValkeyLoadingDataset`.",
		},
		Why: "A part counts as failed when no scrape within five minutes had it, so that one that fails now and then is no matter. `redis_exporter_last_scrape_error`, which others use, tells only of `INFO`. " +
			"A refused `CONFIG`, `LATENCY`, `SLOWLOG`, `ACL GETUSER` or `COMMAND INFO` is often wanted, or the server is too old for it: that is no alert here. Of what is denied, `ValkeyExporterCommandDenied` tells for the record.",
		Blind: "One queue of many that cannot be read: see `QueueUnreadable`. While one of the optional commands is refused, a failure of the other optional parts is not told either. A server that does not answer at all: `ValkeyDown`. One that a script blocks: `ValkeyBlocked`.",
	},
}

var scrapeSlow = &Alert{
	Name: alert.ScrapeSlow, Component: alert.Exporter, Severity: config.Warning,
	Expr:        promql.AvgOver(metric.LastScrapeDuration, 5*time.Minute).Above(config.ScrapeDuration),
	For:         15 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `A scrape of the Valkey behind {{ $labels.instance }} takes {{ $value | humanizeDuration }}`,
	Description: `Scrapes have taken more than {scrape_duration} on average for more than {for}. At the scrape timeout of Prometheus, 10s by default, all metrics of this server go missing.`,
	Runbook: Runbook{
		Meaning: "Asking the server for its metrics takes more than {scrape_duration}. On a healthy server it takes milliseconds.",
		Impact:  "Metrics are about to go missing. And whatever makes the exporter wait, probably makes applications wait.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_exporter_source_duration_seconds` says which part of the scrape is slow, `redis_exporter_last_scrape_connect_time_seconds` how long it took to connect."},
			{"valkey-cli SLOWLOG GET 10", "Commands that hold up the server, and the exporter with it."},
			{"valkey-cli LATENCY LATEST", "Stalls by cause, where `latency-monitor-threshold` is set: `fork`, `aof-write`, `expire-cycle`."},
			{"valkey-cli INFO commandstats", "`usec_per_call` of `info`, `llen`, `config|get`: the server's own time for the exporter. If it is small, look at the network."},
			{"", "On the exporter's host: is its processor throttled by a limit?"},
		},
		Mitigation: []string{
			"Relieve the server: stop the slow commands that the slow log shows.",
			"Move the exporter next to the server, or give it more processor time.",
			"Many thousands of queues: watch fewer, with narrower patterns, or lower `discovery.max_queues`.",
			"Raise `scrape_timeout` of the job, so that no metrics are lost meanwhile.",
		},
		Why: "{scrape_duration} is half of the scrape timeout that Prometheus has by default. The average of five minutes leaves out a single slow scrape, and one fast scrape in between does not hide the rest. " +
			"A scrape that runs into the timeout yields no metrics: then it is `ValkeyExporterDown` or `ValkeyDown`.",
		Blind: "Which commands of applications are slow: see `ValkeySlowCommands` and `ValkeyCommandLatencyHigh`.",
	},
}

var reloadFailed = &Alert{
	Name: alert.ReloadFailed, Component: alert.Exporter, Severity: config.Warning,
	Expr:        promql.Recent(metric.ConfigReloadSuccessful).Is(0),
	For:         5 * time.Minute,
	Summary:     `The exporter {{ $labels.instance }} has not accepted its new configuration`,
	Description: `Its configuration file has a mistake and was not put into effect {for} ago or earlier. The exporter works with the configuration before, and will not start again with this file.`,
	Runbook: Runbook{
		Meaning: "The configuration file was changed and reloaded, and it has a mistake. The old configuration stays in effect.",
		Impact:  "New queues are not watched, new limits not in effect. At its next restart the exporter refuses to start, and then everything is blind.",
		Diagnosis: []Step{
			{"", "The exporter's log, or the answer of `POST /-/reload`, lists every mistake with its line."},
			{"", "On the exporter's host: `exporter --config.file=queues.yml --config.check` lists the same without touching the running one."},
			{"", "In Prometheus: `redis_exporter_config_last_reload_success_timestamp_seconds` is when the configuration in use was read."},
			{"valkey-cli TYPE queue:high", "If in doubt about a key: `none` for one that does not exist, which may be a misspelt one."},
		},
		Mitigation: []string{"Correct the file, or bring back the one before, and reload: SIGHUP, or `POST /-/reload` with `--web.enable-lifecycle`."},
		Why:        "Nothing is broken yet, so it wakes nobody; {for} leave time for the second attempt of whoever is just editing the file. It stays until a file without a mistake is loaded, because until then the next restart fails.",
		Blind:      "A file that was changed and not reloaded. A file without a mistake that says the wrong thing, such as a misspelt key: that is a queue of length 0.",
	},
}

var stateNotSaved = &Alert{
	Name: alert.StateNotSaved, Component: alert.Exporter, Severity: config.Warning,
	Expr:        promql.Recent(metric.StateSaveSuccessful).Is(0),
	For:         15 * time.Minute,
	Summary:     `The exporter {{ $labels.instance }} cannot write its state file`,
	Description: `It has failed for {for}. At the next restart of the exporter, ages that it counts itself begin at 0 again, and alerts over them come late.`,
	Runbook: Runbook{
		Meaning: "The exporter cannot write the file in which it remembers what it knows about queues (`--state.file`).",
		Impact:  "None until the exporter restarts. Then jobs without a timestamp and jobs in hand look new, and their alerts wait for the whole limit again.",
		Diagnosis: []Step{
			{"", "The exporter's log: `the state file cannot be written`, with the reason."},
			{"", "On the exporter's host: `df -h` and `df -i` of the folder, its owner and rights (the file is replaced, so the folder itself must be writable), and whether it is mounted read-only."},
			{"", "In Prometheus: `redis_exporter_state_saved_timestamp_seconds` is when it was last written."},
			{"valkey-cli SCARD queue:processing:worker1", "Jobs in hand, whose age would be forgotten at a restart."},
		},
		Mitigation: []string{
			"Free space, or correct the owner of the folder. It is tried again every half minute.",
			"Until then, do not restart the exporter without need.",
			"If the state does not matter, leave out `--state.file`.",
		},
		Why:   "It is written every 30 seconds, so that {for} are thirty failures in a row and no hiccup of a network disk.",
		Blind: "A file that is written to a place which does not survive a restart, such as the inside of a container.",
	},
}

var commandDenied = &Alert{
	Name: alert.CommandDenied, Component: alert.Exporter, Severity: config.Info,
	Expr:        promql.Recent(metric.CommandUnavailable, promql.Eq(metric.LabelReason, "denied")).Is(1),
	For:         time.Hour,
	Summary:     `The exporter {{ $labels.instance }} may not run {{ $labels.command }}`,
	Description: `The server has denied the command for {for}. Metrics that come from it are missing, and alerts over them cannot fire.`,
	Runbook: Runbook{
		Meaning: "The exporter's user lacks the right to run a command that it wants.",
		Impact:  "Metrics of that command are missing; docs/acl.md says which. Each attempt, one in ten minutes, counts in `redis_acl_access_denied_cmd_total`.",
		Diagnosis: []Step{
			{"valkey-cli ACL LOG 10", "`reason`, `object` and `username` of the latest refusals."},
			{"valkey-cli ACL LIST", "The rights of all users; compare the exporter's line with docs/acl.md."},
			{"valkey-cli ACL DRYRUN default SLOWLOG LEN", "Whether a user may run a command, without running it: put in the exporter's user and the command of the alert."},
		},
		Mitigation: []string{
			"Grant it: `ACL SETUSER` with the line of docs/acl.md, then `ACL SAVE` or `CONFIG REWRITE`. The exporter notices within ten minutes.",
			"If it is denied on purpose, turn this alert off in the configuration: `alerts: {severity: {ValkeyExporterCommandDenied: off}}`.",
			"`EVAL_RO` on purpose: `observe: {interval: off}`, and the exporter reads lengths only.",
		},
		Why: "Often it is a decision, so it is only for the record. {for} pass because the exporter asks again every ten minutes, and whoever changes rights may not be done. " +
			"Where the loss is not acceptable, such as `INFO` or the lengths of queues, `ValkeyScrapeIncomplete` says so as a warning.",
		Blind: "Commands that the server does not know (reason `unknown`): it is too old, or they were renamed. Keys that may not be read: see `QueueUnreadable`.",
	},
}

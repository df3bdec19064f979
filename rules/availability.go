package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var availabilityAlerts = []*Alert{down, blocked, exporterDown, metricsAbsent, targetMissing, crashLooping, loadingDataset}

var down = &Alert{
	Name: alert.Down, Component: alert.Server, Severity: config.Critical,
	Expr:        promql.Recent(metric.Up).Is(0).And(promql.ZerosOver(metric.Up, 3*time.Minute).AboveNumber(1)),
	For:         time.Minute,
	KeepFiring:  2 * time.Minute,
	Summary:     `Valkey behind {{ $labels.instance }} does not answer`,
	Description: `The exporter runs and has had no answer from its server for {for}. Applications cannot read, write or enqueue, unless it is only the exporter that is kept out: redis_exporter_last_scrape_error says why.`,
	Runbook: Runbook{
		Meaning: "The exporter answers Prometheus, and the server does not answer the exporter.",
		Impact:  "If applications fare like the exporter, every cache look-up, session and job fails now.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_exporter_last_scrape_error == 1`. `refused`, `unreachable`, `timeout` and `closed` are the server or the network; `noauth`, `wrongpass`, `password_file` and `tls` keep out the exporter alone."},
			{"valkey-cli PING", "From the exporter's host, with its user. `PONG` is health; `Could not connect` means that nothing listens; no answer at all, that the process is stopped or one command blocks it."},
			{"valkey-cli INFO clients", "`connected_clients` at `maxclients`: the server takes no further connection."},
			{"valkey-cli SLOWLOG GET 10", "When it answers again: a command or a script of many seconds that held up everybody."},
			{"", "On the host: is the process there, did the kernel kill it (`dmesg`, state of the container), what are the last lines of the server's log?"},
		},
		Mitigation: []string{
			"Start the server. Look at free memory and disk first: what has killed it kills it again.",
			"If a replica is healthy, promote it with `REPLICAOF NO ONE` and point the applications to it.",
			"Wrong password or certificate: correct the exporter's. The server is fine then, though nobody watches it.",
		},
		Why: "One failed scrape may be a fork or a packet that was lost; {for} of failures are an outage. The usual `max_over_time(redis_up[1m]) == 0` finds a single value in its range at a scrape interval of a minute, " +
			"and none when that scrape is missing, so that the wait begins again. Here a value holds for three minutes, and there must be two failures within them: one that is followed by a gap, as when the exporter restarts, is no outage. A server that answers once in between does not end the alert: it fires for two minutes more.",
		Blind: "A server that answers the exporter and not the applications, such as behind a firewall of theirs: see `ValkeyTrafficStopped`. A script that blocks it: the server answers `BUSY` then, see `ValkeyBlocked`. An exporter that is gone: `redis_up` is absent then, not 0; see `ValkeyExporterDown`.",
	},
}

var exporterDown = &Alert{
	Name: alert.ExporterDown, Component: alert.Exporter, Severity: config.Critical,
	// Prometheus writes this metric itself: it is 0 after a scrape that failed, and
	// never missing while the target exists.
	Expr:        promql.Value(metric.TargetUp).Is(0),
	For:         3 * time.Minute,
	Summary:     `Nothing is known of Valkey: its exporter {{ $labels.instance }} cannot be scraped`,
	Description: `Prometheus has not got metrics from the exporter for {for}. Every other alert about this server is silent, whatever happens to it.`,
	Runbook: Runbook{
		Meaning: "Prometheus cannot scrape the exporter: its process is gone, its port is closed, or it answers too late.",
		Impact:  "None for users by itself. But an outage of the server, a full memory or a stuck queue would go unnoticed.",
		Diagnosis: []Step{
			{"", "In Prometheus, page Targets: the error. `connection refused`: no process. `context deadline exceeded`: it hangs, or the network swallows packets. `401` or `x509`: the credentials or certificates of the scrape."},
			{"", "On the exporter's host: is the process there, and what are the last lines of its log? An `/-/healthy` that answers there and not from Prometheus is the network."},
			{"valkey-cli PING", "The server itself. If it does not answer either, its host or network is the matter, and that comes first."},
			{"valkey-cli LLEN queue:high", "What the alerts cannot tell now: is work getting done?"},
		},
		Mitigation: []string{
			"Start the exporter. If it does not start, its log names each mistake of the configuration with the line.",
			"Undo the last change of firewall, network policy, port or scrape configuration.",
			"Until it is back, look at the server by hand every few minutes.",
		},
		Why: "It wakes somebody because it makes all other alerts blind: rule packs that only ask `redis_up == 0` stay silent here, because that metric is gone too. {for} leave out a restart or an upgrade of the exporter.",
		Blind: "Whether the server is up. A target that Prometheus no longer has: `up` is gone then, see `ValkeyMetricsAbsent` and `ValkeyTargetMissing`. " +
			"An exporter that fails every other scrape: each success ends the wait.",
	},
}

// A metric of one job does not make up for that of another, so that each job has
// an absence of its own. While its targets are down, ExporterDown has said so.
var metricsAbsent = &Alert{
	Name: alert.MetricsAbsent, Component: alert.Exporter, Severity: config.Critical,
	Variants: func(c config.Validated) []Variant {
		var all []Variant
		for _, job := range c.Alerts().Jobs {
			absent := promql.AbsentJob(metric.Up, job)
			all = append(all, Variant{
				Expr: absent.Unless(promql.MaxOver(metric.TargetUp, 3*time.Minute).Is(0), promql.On(metric.LabelJob)),
			})
		}
		return all
	},
	For:         5 * time.Minute,
	Summary:     `Nothing is known of any Valkey: the job {{ $labels.job }} has no metrics`,
	Description: `For {for} no target of the job has exposed redis_up, and none is down. The targets have vanished from Prometheus, or something else answers in their place. Every other alert is silent.`,
	Runbook: Runbook{
		Meaning: "There is no `redis_up` of this job at all. Either Prometheus has no target under this job's name, or what it scrapes is not this exporter.",
		Impact:  "None for users by itself. But no alert about a server or a queue can fire.",
		Diagnosis: []Step{
			{"", "In Prometheus, page Targets: does the job exist, and has it targets? Page Service discovery: were they dropped by a relabelling?"},
			{"", "In Prometheus: `count by (job) (redis_up)`. The metrics may have arrived under another job's name."},
			{"", "Open `/metrics` of a target: without `redis_up`, another program listens there, or a relabelling drops the metric."},
			{"valkey-cli PING", "The server itself, since nothing else watches it."},
			{"valkey-cli LLEN queue:high", "The queue that users wait for."},
		},
		Mitigation: []string{
			"Undo the last change of scrape configuration, service discovery or relabelling.",
			"If the job has a new name on purpose, set `alerts.jobs` in the configuration, make the rules anew and load them.",
			"Until then, look at the servers by hand.",
		},
		Why: "A rule over a metric that is gone yields nothing and so never fires: absence needs a rule of its own. There is one for each job, because `absent` over several jobs is true only when all of them have vanished. " +
			"{for} are longer than a reload of Prometheus or a rollout of the exporter takes. A job whose targets are all down for three minutes is left to `ValkeyExporterDown`, which has the target's name.",
		Blind: "One target of several that has vanished: see `ValkeyTargetMissing`. Which of the two causes it is.",
	},
}

var targetMissing = &Alert{
	Name: alert.TargetMissing, Component: alert.Exporter, Severity: config.Warning,
	Expr: promql.Value(metric.TargetUp, promql.Ago(time.Hour)).Unless(promql.Value(metric.TargetUp)).And(
		promql.CountBy(promql.Value(metric.TargetUp, promql.Ago(time.Hour)), metric.LabelJob).Exceeds(
			promql.CountBy(promql.Value(metric.TargetUp), metric.LabelJob)),
		promql.On(metric.LabelJob)),
	For:         15 * time.Minute,
	Summary:     `{{ $labels.instance }} is no longer a target of the job {{ $labels.job }}: nobody watches its server`,
	Description: `Prometheus scraped it an hour ago and has not known it for {for}, and the job has fewer targets than it had. If the server was taken out of service, this ends by itself within the hour.`,
	Runbook: Runbook{
		Meaning: "A target that was there an hour ago is gone, and none has come in its place.",
		Impact:  "None for users by itself. A server that still runs is no longer watched: none of its alerts can fire.",
		Diagnosis: []Step{
			{"", "Was the server, or its exporter, taken out of service? Then all is well."},
			{"", "In Prometheus, page Service discovery: is the target there and dropped by a relabelling, or is it not found at all?"},
			{"", "Where targets are discovered: does the exporter's container or service still exist, with the labels that are looked for?"},
			{"valkey-cli PING", "Does the server still run?"},
			{"valkey-cli INFO clients", "`connected_clients`: do applications still use it?"},
		},
		Mitigation: []string{
			"Start the exporter again, or correct its labels, the service discovery or the list of targets.",
			"If it is gone on purpose, silence the alert for an hour.",
		},
		Why: "`absent` notices only when the last target of a job goes. An hour is the memory of this rule: it compares with what was there then, and so needs no list of servers that somebody has to maintain. " +
			"It asks for fewer targets than before as well, because in Kubernetes each restart gives the same server a target of another name. {for} leave out rollouts.",
		Blind: "After an hour it forgets: whoever has not looked by then is not told again. A target that goes while another one comes. A job that has lost all its targets: see `ValkeyMetricsAbsent`.",
	},
}

var crashLooping = &Alert{
	Name: alert.CrashLooping, Component: alert.Server, Severity: config.Critical,
	Expr:        promql.Resets(metric.Uptime, 30*time.Minute).AtLeast(config.Restarts),
	KeepFiring:  10 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} restarts again and again: {{ $value | humanize }} times within 30 minutes`,
	Description: `{restarts} restarts within half an hour are no deployment. Each one cuts all connections, and clients get errors until the data set is loaded.`,
	Runbook: Runbook{
		Meaning: "The server's process has started anew at least {restarts} times within half an hour.",
		Impact:  "Each restart breaks all connections and every blocking wait of a worker. Jobs in hand are done twice or lost, depending on the worker, and the last second of writes is gone (`appendfsync everysec`).",
		Diagnosis: []Step{
			{"valkey-cli INFO server", "`uptime_in_seconds` and `run_id`: is it still restarting? `executable` and `config_file`: is it the server that you mean?"},
			{"", "On the host: the end of the server's log before each start. `dmesg` or the state of the container says whether the kernel killed it (`OOMKilled`, exit code 137)."},
			{"valkey-cli INFO memory", "`used_memory_rss` and `maxmemory` against the memory of the container: a limit that is too close is the usual cause."},
			{"valkey-cli INFO persistence", "`loading`, `rdb_last_bgsave_status`, `aof_last_write_status`: a full disk or a damaged file. `valkey-check-aof` examines it, while the server is stopped."},
			{"", "What starts it: a probe that is too strict kills a server that is merely loading or slow."},
		},
		Mitigation: []string{
			"Killed for memory: give the container more, or lower `maxmemory` to three quarters of its limit.",
			"A probe kills it while it loads: give it more time to start.",
			"A damaged AOF: copy it, then `valkey-check-aof --fix`; what comes after the damage is lost.",
			"A bug of a new version: go back to the one before.",
		},
		Why: "{restarts} within half an hour, at once, because the count is proof enough, and ten minutes longer, because a loop may pause. A single restart has no alert on purpose: it is a deployment as a rule, " +
			"the dashboards mark it, and an alert about it would teach people to look away. Restarts are falls of the uptime; the time of the start is not used, because it moves when the clock is set.",
		Blind: "A server that dies before it is scraped even once: that is `ValkeyDown`. A restart that ends in a longer uptime than was seen before it. " +
			"A proxy or a virtual address that leads to another server now looks like a restart.",
	},
}

var loadingDataset = &Alert{
	Name: alert.LoadingDataset, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Recent(metric.Loading).Is(1),
	For:         5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} is still loading its data set and serves nobody`,
	Description: `It has been loading for more than {for}. Until it is done, clients are answered with LOADING errors. redis_loading_eta_seconds is its own estimate of the time that is left.`,
	Runbook: Runbook{
		Meaning: "The server reads its data set, from disk after a start or from its primary as a replica, and that takes long.",
		Impact:  "Nearly every command is answered with `LOADING`. Users of this server fare as in an outage, and it ends by itself.",
		Diagnosis: []Step{
			{"valkey-cli INFO persistence", "`loading_loaded_perc` and `loading_eta_seconds`, while it loads. Ask twice: a number that stands still is a disk that hangs."},
			{"valkey-cli INFO replication", "`role:slave` with `master_sync_in_progress`: the data comes from the primary, and the network counts too."},
			{"valkey-cli INFO memory", "`used_memory` grows while it loads. At `maxmemory` it evicts what it has just read."},
			{"", "On the host: read rate and waiting time of the disk (`iostat -x 5`), size of the AOF and RDB files."},
		},
		Mitigation: []string{
			"Wait, and do not restart it: a restart begins from the start.",
			"Send reads to a replica, or let applications do without the cache.",
			"If the data may be lost, as in a pure cache: stop the server, move the files away, start it empty.",
			"Afterwards: an AOF that was rewritten is much smaller (`BGREWRITEAOF`), and a faster disk loads faster.",
		},
		Why:   "A gigabyte is loaded within some ten seconds, so that {for} mean a large data set or a slow disk. It does not wake anybody, because there is nothing to do but wait, and `redis_up` is 1: the server does answer.",
		Blind: "How long it will take. A replica that loads in the background (`redis_async_loading`) still serves, and is not meant.",
	},
}

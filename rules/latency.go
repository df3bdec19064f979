package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// slowlogWindow is over how long slow commands are counted. It is as long as the
// alert waits, so that a single burst has left it by then.
const slowlogWindow = 10 * time.Minute

var slowCommands = &Alert{
	Name: alert.SlowCommands, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Delta(metric.SlowlogLastID, slowlogWindow).Scaled(0.1).Above(config.SlowCommands),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} logs {{ $value | humanize }} slow commands a minute`,
	Description: `For {for} more than {slow_commands} commands a minute have taken longer than slowlog-log-slower-than, now {{ $value | humanize }}. Everybody else waits while one of them runs.`,
	Runbook: Runbook{
		Meaning: "More than {slow_commands} commands a minute have been slow enough for the slow log: longer than `slowlog-log-slower-than`, 10 ms unless it was changed.",
		Impact:  "While a slow command runs nothing else does. All clients see answers that take ten or a hundred times as long, now and then.",
		Diagnosis: []Step{
			{"valkey-cli SLOWLOG GET 10", "Of each: when, how many microseconds, the command with its arguments, the client's address and name."},
			{"valkey-cli CONFIG GET slowlog-log-slower-than", "In microseconds. A low value logs what is not slow."},
			{"valkey-cli INFO commandstats", "`usec_per_call`: which commands are slow on average, and not only once."},
			{"valkey-cli --bigkeys -i 0.01", "Collections so large that reading or deleting them as a whole takes long."},
			{"valkey-cli LATENCY LATEST", "Stalls with another cause, such as `fork` or `aof-write`, where `latency-monitor-threshold` is set."},
		},
		Mitigation: []string{
			"Stop the client that sends them: the slow log has its address, `CLIENT KILL` ends its connection.",
			"Replace the command: `SCAN` for `KEYS`, `SSCAN` for `SMEMBERS`, short ranges for `LRANGE 0 -1`, `UNLINK` for `DEL`.",
			"Split large collections, and let scripts work in portions.",
		},
		Why: "The specification names SLOWLOG and no number. {slow_commands} a minute for {for} is a habit and not an accident: a single burst has left the ten minutes over which it is counted when the wait ends. " +
			"The number of the newest entry counts them; the length of the log, which others watch, stops at `slowlog-max-len` (128) and then says the same whether one a day comes or a thousand a minute.",
		Blind: "Only the time of execution counts, not the time that a command waited behind others. A restart sets the number back, and for ten minutes the alert is quiet; `SLOWLOG RESET` makes the log read 0 until the next entry, with the same effect. The time that BLPOP and the like wait does not count.",
	},
}

var commandLatencyHigh = &Alert{
	Name: alert.CommandLatencyHigh, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Value(CommandTime.Gauge).Above(config.CommandLatency),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `A command takes Valkey {{ $labels.instance }} {{ $value | humanizeDuration }} on average`,
	Description: `For {for} commands have taken more than {command_latency} on average inside the server, now {{ $value | humanizeDuration }}. Those that wait for others, such as BLPOP, are not counted.`,
	Runbook: Runbook{
		Meaning: "The average command takes more than {command_latency} to execute, where it should be hundredths of a millisecond.",
		Impact:  "Every client is slower by at least that, and the server can do fewer than a thousand commands a second for each millisecond.",
		Diagnosis: []Step{
			{"valkey-cli INFO commandstats", "`usec_per_call` of the commands with the most `calls`, and `usec` in sum: which one makes the average."},
			{"valkey-cli INFO latencystats", "`p50` near the average: all are slow, so look at the machine. `p50` small and `p99` large: a few are."},
			{"valkey-cli SLOWLOG GET 10", "The long ones, with their arguments and their client."},
			{"valkey-cli --intrinsic-latency 2", "Run it on the server's host: the longest pause that the machine itself causes. More than a millisecond is a host that is overcommitted."},
			{"valkey-cli INFO memory", "`mem_fragmentation_ratio` below 1: memory is swapped out, and each access waits for the disk."},
		},
		Mitigation: []string{
			"If one command makes it, stop or change who sends it: see `ValkeySlowCommands`.",
			"If all are slow, the machine is: other processes on the host, a processor limit of the container, swap, huge pages (`transparent_hugepage` should be `madvise` or `never`).",
			"Send reads to a replica while you look for the cause.",
		},
		Why: "The specification's own figures are 0.1 to 0.3 ms at the median; {command_latency} on average inside the server is far beyond. Dashboards often show the average since the start, `usec_per_call`, which an incident hardly moves after a week; this is of five minutes. " +
			"Commands that wait for others, such as `BLPOP`, are left out: what idle workers send costs next to nothing, and would make the average look better than it is. {for}, because a batch may be slow without harm.",
		Blind: "An average hides the few that suffer: the panel of the 99th percentile shows them, and `ValkeySlowCommands` counts the worst. The network and the wait behind other commands are not in it: clients see more than this.",
	},
}

// notTheirs are error replies that are no failure, or that another alert is
// about.
var notTheirs = []string{
	"MOVED", "ASK", // a cluster leads clients to the right server
	"NOSCRIPT",  // the client sends the script and tries again
	"BUSYGROUP", // XGROUP CREATE of a group that is there, as consumers do when they start
	"OOM", "MISCONF", "NOREPLICAS",
	"LOADING",
}

var errorReplies = &Alert{
	Name: alert.ErrorReplies, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Sum(promql.Rate(metric.ErrorsTotal, window, promql.NotIn(metric.LabelErr, notTheirs...)),
		promql.Without{metric.LabelErr}).Above(config.ErrorReplies),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} answers {{ $value | humanize }} commands a second with an error`,
	Description: `For {for} more commands than {error_replies} a second have failed, now {{ $value | humanize }}. An application does something wrong, or is not allowed to do it.`,
	Runbook: Runbook{
		Meaning: "More commands than {error_replies} a second are answered with an error that is the client's doing. Redirections of a cluster, `NOSCRIPT` and `BUSYGROUP` do not count, clients deal with them.",
		Impact:  "Some function of an application does not work. What it is, its log says.",
		Diagnosis: []Step{
			{"valkey-cli INFO errorstats", "Which error grows. `WRONGTYPE`: a key that holds something else; `NOPERM`, `NOAUTH`, `WRONGPASS`: users and passwords; `READONLY`: writes to a replica, after a failover; `ERR`: syntax, unknown commands, failing scripts."},
			{"valkey-cli INFO commandstats", "`rejected_calls` and `failed_calls` above 0: which commands."},
			{"valkey-cli ACL LOG 10", "Which users were refused what, and from where."},
			{"valkey-cli CLIENT LIST", "`name`, `addr`, `user` and `cmd`: who sends such commands."},
		},
		Mitigation: []string{
			"Undo the deployment that began it.",
			"`NOPERM`: grant the user what it needs with `ACL SETUSER`. `WRONGPASS`: give the application the new password.",
			"`READONLY`: lead the application to the primary; `INFO replication` names it.",
			"`WRONGTYPE`: find out which two parts of the application use the same key; rename one.",
		},
		Why: "A healthy application causes none, a few a minute do not matter; {error_replies} a second for {for} is somebody who fails all the time. Popular expressions add up all errors, so that each start of a consumer and each redirection counts. " +
			"`OOM`, `MISCONF` and `NOREPLICAS` are left out because `ValkeyWritesRejected` wakes somebody for them, and `LOADING` because `ValkeyLoadingDataset` tells of it.",
		Blind: "The server counts an error from its first occurrence, so that a single burst of a new kind may be missed. Errors that a script catches count, and a client library that hides errors hides them from its own log only. The server stops telling kinds apart when there are too many of them.",
	},
}

package rules

import (
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var performanceAlerts = []*Alert{
	commandRateHigh, trafficStopped, mainThreadSaturated, slowCommands, commandLatencyHigh, latencyObjectiveMissed, errorReplies,
	clientsNearLimit, connectionsRejected, clientsCutOff,
}

var commandRateHigh = &Alert{
	Name: alert.CommandRateHigh, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Value(CommandRate.Gauge).Above(config.CommandRate),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} executes {{ $value | humanize }} commands a second`,
	Description: `For {for} the server has executed more than {command_rate} commands a second, now {{ $value | humanize }}. It is near what it can do.`,
	Runbook: Runbook{
		Meaning: "The server executes more than {command_rate} commands a second, which the configuration says is about what it can do.",
		Impact:  "None yet. One thread executes all commands; when it is busy all the time, everybody waits for everybody.",
		Diagnosis: []Step{
			{"valkey-cli -r 3 -i 1 INFO stats", "`instantaneous_ops_per_sec`, three times: does it go on?"},
			{"valkey-cli INFO commandstats", "Which command has most `calls`, and which most `usec`. The dashboard shows how that has changed."},
			{"valkey-cli CLIENT LIST", "`name`, `addr` and `cmd`: whose connections they are. `tot-cmds`, where the server has it, says who sends most."},
			{"valkey-cli INFO cpu", "`used_cpu_user_main_thread` and `used_cpu_sys_main_thread` twice, ten seconds apart: 10 seconds more are a thread that is busy all the time."},
		},
		Mitigation: []string{
			"Slow down who sends most, if it can wait: a batch, a loop without a pause, a retry without a limit.",
			"Combine commands: `MGET` for many `GET`, one `HGETALL` for many `HGET`; keep what is asked most in the application for a second.",
			"Read from replicas, or spread the keys over several servers.",
		},
		Why:   "The specification wants a threshold on commands per second, and says what the server can do: 100000 GET or 80000 SET a second. {command_rate} is the lower of the two; set it to what a load test of your commands on your machine has shown. {for}, because a short peak is what such a server is for.",
		Blind: "Commands differ: 5000 `ZRANGE` of long ranges may be more work than 80000 `GET`. `ValkeyMainThreadSaturated` measures the work itself. Commands inside scripts count as well, and so do those of the exporter.",
	},
}

// That applications have gone silent is not seen in all commands: those of the
// exporter and of other monitoring go on, and may be more than the share that a
// quiet server has left.
var trafficStopped = &Alert{
	Name: alert.TrafficStopped, Component: alert.Server, Severity: config.Warning,
	// After a failover the old primary is a replica, and rightly without traffic.
	Expr: onPrimary(promql.Value(ApplicationRate.Gauge).FallsBelow(
		promql.Value(ApplicationRate.Gauge, promql.Ago(time.Hour)).Above(config.TrafficBefore).ScaledBy(config.TrafficLeft))),
	For:         10 * time.Minute,
	Summary:     `Hardly anybody talks to Valkey {{ $labels.instance }} any more: {{ $value | humanize }} commands a second`,
	Description: `For {for} applications have sent less than {traffic_left} of the commands of an hour ago, now {{ $value | humanize }} a second. The server answers; look at the applications and at the network between.`,
	Runbook: Runbook{
		Meaning: "Applications sent more than {traffic_before} commands a second an hour ago, and now less than {traffic_left} of that. Commands that monitoring uses do not count.",
		Impact:  "Perhaps users cannot reach the application, or it cannot reach the server. Perhaps it was stopped, and all is well.",
		Diagnosis: []Step{
			{"valkey-cli INFO clients", "`connected_clients` near 0: the applications are gone, or the network is. As many as ever: they are connected and do nothing."},
			{"valkey-cli CLIENT LIST", "`name` and `addr`: who is missing. `idle` in seconds: how long those that are there have been silent."},
			{"valkey-cli INFO errorstats", "`NOAUTH`, `WRONGPASS` and `NOPERM` growing: a changed password or user keeps them out."},
			{"valkey-cli PING", "From a host of the application: does it get through?"},
			{"", "Was a load test stopped, or are users led to another server after a migration?"},
		},
		Mitigation: []string{
			"Treat it as a failure of the application: look at its log and its health checks, restart or roll back what was deployed last.",
			"Undo changes to the network, to DNS, to certificates or to passwords.",
			"If it was on purpose, silence the alert; it ends an hour after the traffic has.",
		},
		Why: "The server cannot tell why nobody asks, so that this compares with an hour ago: nights fall slower. Below {traffic_before} a second, silence is normal. It wakes nobody as it stands: the end of a load test looks the same. " +
			"Others compare all commands; those of the exporter alone, several a second, would keep a server of a hundred commands a second above {traffic_left} for ever. {for} leaves time for a restart of the application.",
		Blind: "It ends an hour later, traffic or not, because then an hour ago was silent too. One application of several that stops is not seen, and neither is a replica to which nobody talks any more. Neither is one that sends nothing but what monitoring sends as well, such as `LLEN` or `ZRANGE`.",
	},
}

var mainThreadSaturated = &Alert{
	Name: alert.MainThreadSaturated, Component: alert.Server, Severity: config.Critical,
	Expr:        promql.Value(MainThread.Gauge).Above(config.MainThread),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `The main thread of Valkey {{ $labels.instance }} is busy {{ $value | humanizePercentage }} of the time`,
	Description: `For {for} the thread that executes all commands has been busy more than {main_thread} of the time, now {{ $value | humanizePercentage }}. Commands queue up behind each other, however many cores are idle.`,
	Runbook: Runbook{
		Meaning: "One thread executes all commands, and it has used more than {main_thread} of a processor.",
		Impact:  "All clients wait for each other: what takes 0.1 ms takes tens of milliseconds, then clients run into their time limits, connect again and make it worse.",
		Diagnosis: []Step{
			{"valkey-cli SLOWLOG GET 10", "Long commands: `KEYS`, `EVAL`, `SMEMBERS`, `LRANGE 0 -1`, `SORT`, `ZRANGE` over everything."},
			{"valkey-cli INFO commandstats", "The highest `usec` in sum takes the time; `usec_per_call` above 1000 is an expensive command, a small one is a cheap command sent too often."},
			{"valkey-cli CLIENT LIST", "Who sends it: `name`, `addr`, `cmd`; a large `qbuf` or `omem` is a client with large requests or replies."},
			{"valkey-cli INFO stats", "`instantaneous_output_kbps`, large values; `evicted_keys` and `expired_keys`, which are removed on the same thread; `total_connections_received`, clients that connect for each command."},
		},
		Mitigation: []string{
			"Stop the client that causes it: `CLIENT KILL` with its address, and then the application itself. `SCRIPT KILL` ends a script that has not written.",
			"Send reads to a replica.",
			"Replace the expensive command: `SCAN` for `KEYS`, short ranges for long ones, `UNLINK` for `DEL` of large keys.",
			"Spread the keys over several servers. More cores do not help; more `io-threads` do where `used_cpu_sys_main_thread` is most of it.",
		},
		Why:   "{main_thread} of one processor is where waiting times grow steeply; it is the ceiling, whatever the command rate. The rates of the whole process, which others compare, contain I/O and background threads, and on a host of eight cores 90 % of all of them is never reached. {for} leaves out a batch. It wakes somebody, because users feel it already.",
		Blind: "A thread that waits for the disk or for memory that was swapped out uses no processor: `ValkeyAOFFsyncDelayed`, `ValkeyMemorySwapped`. Where the host or the container gives the server less than a core, it is at its limit below {main_thread}. Servers other than on Linux do not tell.",
	},
}

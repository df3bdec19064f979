package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// LatencyMissed is recorded, because one rule, panels and people compare with it,
// whatever the command and the percentile. Of the calls of a command 1 in 100 may
// take longer than its 99th percentile should be, and 1 in 2 than its median.
var LatencyMissed = record("valkey_command:latency_objective_missed:ratio_rate5m", metric.Ratio,
	"Calls of a command that took longer than its objective, divided by as many as may; above 1 the objective is missed. Absent while nobody sends the command.",
	missing("99").Scaled(100).Or(missing("50").Scaled(2)))

// missing is the share of the calls of each command that took longer than its
// objective for a percentile.
func missing(percentile string) promql.Expr {
	return promql.Increase(metric.LatencyExceeded, window, promql.Eq(metric.LabelPercentile, percentile)).
		Over(promql.Observations(metric.CommandLatencyHistogram, window).Positive(), ofCommand)
}

var ofCommand = promql.OnMany(metric.LabelJob, metric.LabelInstance, metric.LabelCmd)

var latencyObjectiveMissed = &Alert{
	Name: alert.LatencyObjective, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Value(LatencyMissed.Gauge).Above(config.LatencyObjective).
		And(promql.Rate(metric.CommandCalls, window).Above(config.LatencyCalls), ofCommand),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.cmd }} on Valkey {{ $labels.instance }} is slower than it should be (percentile {{ $labels.percentile }})`,
	Description: `For {for} calls have taken longer than the objective of this command more often than it allows, now {{ $value | humanize }} times as often. It is the time inside the server; clients wait longer.`,
	Runbook: Runbook{
		Meaning: "The section `latency.objectives` of the configuration says how long half of the calls of a command (percentile 50), or 99 of 100 (percentile 99), may take. Those that take longer are more than {latency_objective} as many as that allows.",
		Impact:  "Whoever sends this command waits. As the server executes one command at a time, all others wait for those that take long, too.",
		Diagnosis: []Step{
			{"", "In Grafana, dashboard Server, row \"Is it as fast as it should be?\": one command, or all? Since when? What else rose then?"},
			{"valkey-cli INFO latencystats", "`p50`, `p99` and `p99.9` of the command since the server started. Only `p99` is high: a few keys are large. `p50` as well: all calls are dear, or the machine is slow."},
			{"valkey-cli SLOWLOG GET 10", "The slowest calls with their arguments: which keys, how many members at once."},
			{"valkey-cli --bigkeys -i 0.01", "The keys that make a command on the whole of them slow. `redis_class_largest_key_bytes` says so without a walk of its own."},
			{"valkey-cli --intrinsic-latency 2", "Run it on the server's host: the longest pause that the machine itself causes."},
		},
		Mitigation: []string{
			"Large values or many members at once: send them in portions, and split the keys.",
			"All commands are slow: the machine is. Other processes on the host, a processor limit of the container, swap, huge pages.",
			"If the objective is not what your users need, change it: `latency.objectives`.",
		},
		Why: "The objectives are those of the specification. Others watch `redis_latency_percentiles_usec`, which are percentiles since the server started: after a week no incident moves them, and after one they stay high for days. " +
			"Here the calls of the last five minutes count, and only those that have certainly taken too long. {latency_calls} call a second makes 300 in five minutes, so that a single slow one does not miss a 99th percentile; {for}, because a batch may be slow without harm.",
		Blind: "The server counts by powers of two: of calls that take up to twice as long as they should some, or all, do not count. The network, and the wait behind other commands: see `redis_exporter_ping_duration_seconds`. A server with `latency-tracking no`: it counts nothing by how long it took, and what was counted before stands still. Commands without an objective, and those called less than {latency_calls} time a second. " +
			"A change of an objective may look like many slow calls for five minutes, which is shorter than the alert waits.",
	},
}

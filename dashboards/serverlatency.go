package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// latencyLines are how fast commands are, how fast they should be, and what was slow.
func latencyLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{missedObjectives(), objectives()}},
		{Height: graphs, Panels: append(slowlogPanels(), roundTrips())},
	}
}

func missedObjectives() grafana.Panel {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Calls slower than their objective, times as many as it allows", NoValue: "no objectives, or no calls", Width: wide,
			What: "Of the last five minutes. The objectives are in the configuration of the exporter, `latency.objectives`.",
			Bad:  "Above 1 for percentile 99: more than 1 of 100 calls is too slow. For percentile 50: more than half.",
		},
		Unit: units.Short, Lines: line(recorded(rules.LatencyMissed).Top(most), "{{cmd}}, percentile {{percentile}} · {{instance}}"),
		Marks: []grafana.Mark{grafana.Above(alert.LatencyObjective, config.LatencyObjective)}, Far: true,
	}
}

// objectives has a row for each command that has an objective and was called.
func objectives() grafana.Panel {
	is := func(q float64, percentile string) grafana.Query {
		quantile := promql.QuantileOfAll(q, metric.CommandLatencyHistogram, promql.RateInterval, promql.Without{}).Known()
		return grafana.Q(quantile.Scaled(1e-6).And(objective(percentile), promql.On(metric.LabelCmd, metric.LabelJob, metric.LabelInstance)), "")
	}
	return grafana.Table{
		Head: grafana.Head{
			Title: "Commands, and how fast they should be", Of: metric.LatencyObjective, NoValue: "no objectives", Width: wide,
			What: "Of the last minutes, inside the server. The server counts by powers of two, so a time may be twice too long or too short.",
		},
		By: []grafana.Key{{Label: metric.LabelCmd, Title: "Command"}, {Label: metric.LabelInstance, Title: "Instance", Width: 150}},
		Columns: []grafana.Column{
			{Title: "Half take at most", Query: is(0.5, "50"), Unit: units.Seconds, Width: 110},
			{Title: "Should", Query: grafana.Q(objective("50"), ""), Unit: units.Seconds, Width: 80},
			{Title: "99 of 100 take at most", Query: is(0.99, "99"), Unit: units.Seconds, Width: 110},
			{Title: "Should they", Query: grafana.Q(objective("99"), ""), Unit: units.Seconds, Width: 80},
		},
	}
}

func objective(percentile string) promql.Expr {
	return the(metric.LatencyObjective, promql.Eq(metric.LabelPercentile, percentile))
}

// slowlogPanels are what came into the slow log.
func slowlogPanels() []grafana.Panel {
	const unread = "slow log not readable"
	longest := func(q float64) promql.Expr {
		return promql.QuantileOfAll(q, metric.SlowlogDuration, promql.RateInterval, promql.Without{}).Known().Top(most)
	}
	perMinute := func(c metric.Counter) promql.Expr {
		return promql.Increase(c, slowlogWindow).Scaled(1 / slowlogWindow.Minutes()).Top(most)
	}
	return []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Slow commands per minute, by command", Of: metric.SlowlogEntries, NoValue: "none yet",
				What:   "Those that came into the slow log, without those of exporters.",
				Alerts: []alert.Name{alert.SlowCommands},
			},
			Unit: units.Short, Lines: line(perMinute(metric.SlowlogEntries), byCommand),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "How long do slow commands take?", NoValue: "none lately",
				What: "Half of those of the last minutes, and 99 of 100, took at most so long.",
				Bad:  "Seconds: everybody waits for each of them.",
			},
			Unit: units.Seconds, Lines: append(line(longest(0.5), "half · {{instance}}"), line(longest(0.99), "99 of 100 · {{instance}}")...),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Slow commands not seen, and the exporter's own, per minute", Of: metric.SlowlogLost, NoValue: unread,
				Bad:   "They leave the slow log before the exporter looks.",
				First: "Raise `slowlog-max-len`, or `slowlog-log-slower-than`.",
			},
			Unit: units.Short, Lines: append(line(perMinute(metric.SlowlogLost), "not seen · {{instance}}"), line(perMinute(metric.SlowlogOwn), "own · {{instance}}")...),
		},
	}
}

func roundTrips() grafana.Panel {
	trip := func(q float64) promql.Expr {
		return promql.QuantileOfAll(q, metric.PingDuration, promql.RateInterval, promql.Without{}).Known().Top(most)
	}
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Round trip of a PING", Of: metric.PingDuration, NoValue: "not timed",
			What: "From the exporter to the server and back: the network, and the wait behind the commands of others.",
			Bad:  "Much more than a command takes: the network is slow, or the server is busy with others.",
		},
		Unit: units.Seconds, Lines: append(line(trip(0.5), "half · {{instance}}"), line(trip(0.99), "99 of 100 · {{instance}}")...),
	}
}

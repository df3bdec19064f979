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

func server(c config.Validated) grafana.Dashboard {
	return grafana.Dashboard{
		UID: toServer, Title: "Valkey / Server", From: from(c),
		About: "Why is this server slow or full?",
		Rows: []grafana.Row{
			{Title: "How is it?", Lines: tileLines(serverTiles())},
			{Title: "Is it full?", Lines: memoryLines()},
			{Title: "Is it slow?", Lines: speedLines()},
			{Title: "Is it as fast as it should be? (latency objectives, slow log)", Folded: true, Lines: latencyLines()},
			{Title: "Who is connected?", Lines: clientLines()},
			{Title: "Do commands fail?", Lines: errorLines()},
			{Title: "What do the processor and the network do?", Folded: true, Lines: machineLines()},
			{Title: "Would the data survive? (persistence)", Folded: true, Lines: persistenceLines()},
			{Title: "Are the replicas in step? (replication)", Folded: true, Lines: replicationLines()},
			{Title: "Is it set up as intended? (configuration and security)", Folded: true, Lines: auditLines()},
			{Title: "What else uses memory? (buffers, scripts, defragmentation)", Folded: true, Lines: buffersLines()},
		},
	}
}

func serverTiles() []grafana.Panel {
	return []grafana.Panel{
		grafana.Tile{
			Head: grafana.Head{
				Title: "Role, policy", NoValue: "no server",
				What: "Whether it is a primary (master) or a replica (slave), and what it does at its memory limit.",
			},
			Unit: units.NoUnit, Value: line(the(metric.InstanceInfo).By("max", metric.LabelRole, metric.LabelMaxmemoryPolicy), "{{role}}, {{maxmemory_policy}}"), Label: true,
		},
		grafana.Tile{
			Head: grafana.Head{
				Title: "Up for", NoValue: "down",
				What: "That of the server that started last.",
				Bad:  "A short time without a deployment: a crash, or the kernel's OOM killer.", Alerts: []alert.Name{alert.CrashLooping},
			},
			Unit: units.DurationSeconds, Value: value(the(metric.Uptime).By("min")),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Memory, share of the limit", NoValue: "no limit", Bad: "Close to 100 % keys are evicted or writes refused, depending on the policy."},
			Unit: units.PercentUnit, Value: value(recorded(rules.MemoryUsed).By("max")), Marks: filling(),
		},
		grafana.Tile{
			Head: grafana.Head{
				Title: "Memory lasts for", Of: metric.MemoryUsed, NoValue: "not full soon",
				What: "When the limit is reached, if memory goes on growing as in the last two hours. As for the alert, only servers count that have run for so long, are well filled already, and are no pure caches, which are always full.",
				Bad:  "A few hours: act before it is full.",
			},
			Unit: units.Seconds, Value: value(timeToFull().By("min")),
			Marks: []grafana.Mark{grafana.Below(alert.MemoryFullSoon, config.MemoryFullWithin)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Commands per second", NoValue: "no server", What: "Of the busiest server.", Alerts: []alert.Name{alert.TrafficStopped}},
			Unit: units.Short, Value: value(recorded(rules.CommandRate).By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.CommandRateHigh, config.CommandRate)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Main thread, share of a processor", NoValue: "not told", What: "That of the busiest server. Redis before 7.0 does not tell.", Bad: "Near 100 % all clients wait: there is only one such thread."},
			Unit: units.PercentUnit, Value: value(recorded(rules.MainThread).By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.MainThreadSaturated, config.MainThread)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Average time of a command", NoValue: "no commands", What: "That of the slowest server.", Bad: "Hundredths of a millisecond are usual. Look for slow commands, or for a machine that is overcommitted."},
			Unit: units.Seconds, Value: value(recorded(rules.CommandTime).By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.CommandLatencyHigh, config.CommandLatency)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Clients, share of the limit", NoValue: "no server", Bad: "At 100 % the next connection is refused."},
			Unit: units.PercentUnit, Value: value(clientShare().By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.ClientsNearLimit, config.ClientsOfLimit)},
		},
	}
}

// clientShare is how many of the connections that the server accepts are open.
func clientShare() promql.Expr {
	return the(metric.ConnectedClients).Over(the(metric.MaxClients).Positive())
}

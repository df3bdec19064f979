package dashboards

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// eventWindow is within which a change is an event. It holds two looks, see
// grafana.Event; where more than a day or two is shown Grafana looks less often,
// and misses some.
const eventWindow = 2 * time.Minute

// Events are marked on all graphs.
func Events() []grafana.Event {
	return []grafana.Event{
		{
			Name: "Critical", Colour: "red",
			Expr:  begun(config.Critical),
			Title: "{{alertname}}", Text: "{{instance}} {{queue}}",
		},
		{
			Name: "Warnings", Colour: "orange",
			Expr:  begun(config.Warning),
			Title: "{{alertname}}", Text: "{{instance}} {{queue}}",
		},
		{
			Name: "Restarts", Colour: "purple",
			Expr:  the(metric.Uptime).BelowSpan(eventWindow),
			Title: "Restart", Text: "The server process of {{instance}} has started anew.",
		},
		{
			Name: "Failovers", Colour: "dark-purple", Expr: changed(metric.LabelRole),
			Title: "Role change", Text: "{{instance}} is now {{role}}: a failover, or somebody's command.",
		},
		{
			Name: "Changes", Colour: "blue",
			Expr: changed(metric.LabelMaxmemoryPolicy).By("max", metric.TargetLabels()...).
				Or(promql.Changes(metric.ConfigMaxmemory, eventWindow).Positive()).
				Or(promql.Changes(metric.ConfigMaxclients, eventWindow).Positive()).
				Or(promql.Changes(metric.ConfigReloadTimestamp, eventWindow).Positive()),
			Title: "Configuration change", Text: "maxmemory, its policy or maxclients of the server behind {{instance}}, or the file of the exporter, has changed.",
		},
	}
}

// begun has a series for each thing that an alert has just begun to fire for. Those
// that go on for hours would cover the graphs.
func begun(s config.Severity) promql.Expr {
	return rules.Firing(s, promql.OrNoTarget()).Unless(rules.Firing(s, promql.OrNoTarget(), promql.Ago(eventWindow))).
		By("max", rules.LabelAlertName, metric.LabelInstance, metric.LabelQueue)
}

// changed has a series while a label of the instance has a value that it did not
// have before.
func changed(l metric.Label) promql.Expr {
	now := the(metric.InstanceInfo)
	before := promql.Value(metric.InstanceInfo, promql.Ago(eventWindow))
	return now.Unless(before, promql.On(metric.LabelJob, metric.LabelInstance, l)).
		And(before, promql.OnInstance())
}

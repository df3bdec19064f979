package rules

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// Labels of alerts that no metric of the catalogue has.
const (
	LabelAlertName  metric.Label = "alertname"
	LabelAlertState metric.Label = "alertstate"
	LabelSeverity   metric.Label = "severity"
	LabelComponent  metric.Label = "component"
)

// Alerting is what Prometheus itself says of alerts.
var Alerting = metric.Recorded("ALERTS", metric.Bool,
	"1 for each thing that an alert has found to be wrong. It is pending while it waits, and fires when it has been wrong for long enough.",
	[]metric.Label{LabelAlertName, LabelAlertState, LabelSeverity, LabelComponent, metric.LabelQueue})

// Firing has a series for each thing that is wrong, of alerts of a severity; those
// of rules that are not ours are left out.
func Firing(s config.Severity, parts ...promql.Part) promql.Expr {
	var components []string
	for _, c := range alert.Components() {
		components = append(components, string(c))
	}
	return promql.Value(Alerting, append([]promql.Part{
		promql.OrNoTarget(),
		promql.Eq(LabelAlertState, "firing"), promql.Eq(LabelSeverity, string(s)), promql.In(LabelComponent, components...),
	}, parts...)...)
}

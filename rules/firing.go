package rules

import (
	"strings"

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

// Firing has a series for each thing that is wrong, of alerts of some severities;
// those of rules that are not ours are left out.
func Firing(severities ...config.Severity) promql.Expr {
	var names, components []string
	for _, s := range severities {
		names = append(names, string(s))
	}
	for _, c := range alert.Components() {
		components = append(components, string(c))
	}
	return promql.Value(Alerting, promql.OrNoTarget(),
		promql.Eq(LabelAlertState, "firing"), promql.In(LabelSeverity, names...),
		promql.Like(LabelComponent, strings.Join(components, "|")))
}

package rules

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
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

// ours matches the names of our alerts, and as good as no others.
const ours = "(Valkey|Queue|DeadLetter).+|Watchdog"

// Firing has a series for each thing that is wrong, of alerts of a severity; those
// of rules that are not ours are left out. Some have no instance and no job, see
// promql.OrNoTarget.
func Firing(s config.Severity, parts ...promql.Part) promql.Expr {
	return promql.Value(Alerting, append([]promql.Part{
		promql.Eq(LabelAlertState, "firing"), promql.Eq(LabelSeverity, string(s)), promql.Like(LabelAlertName, ours),
	}, parts...)...)
}

// Since is when each alert began to wait, with the labels of Alerting but for the
// state: seconds since 1970.
var Since = metric.Recorded("ALERTS_FOR_STATE", metric.Timestamp,
	"When an alert began to wait for its time.",
	[]metric.Label{LabelAlertName, LabelSeverity, LabelComponent, metric.LabelQueue})

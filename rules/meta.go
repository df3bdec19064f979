package rules

import (
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var metaAlerts = []*Alert{watchdog}

var watchdog = &Alert{
	Name: alert.Watchdog, Component: alert.Meta, Severity: config.None,
	Expr:        promql.Always(),
	Summary:     `Alerting works: this alert always fires`,
	Description: `It goes to a service outside of this monitoring that raises the alarm when it stops arriving. Silence means that Prometheus or Alertmanager is down, or that its notifications do not get out, and then no other alert does either.`,
	Runbook: Runbook{
		Meaning: "Nothing is wrong: this alert fires at all times. Something is wrong when it stops. The service that waits for it then says so.",
		Impact:  "None while it fires. When it stops, no alert reaches anybody, whatever happens to the servers.",
		Diagnosis: []Step{
			{"", "Is Prometheus up, and does its page of alerts show `Watchdog`? If not, see its log: the rule file is missing or not accepted (`promtool check rules`)."},
			{"", "Does Alertmanager show it? If not, see `prometheus_notifications_dropped_total`, and whether Prometheus lists every Alertmanager."},
			{"", "Does Alertmanager deliver it? If not, see `alertmanager_notifications_failed_total` by integration, and silences or routes that catch all alerts."},
			{"valkey-cli PING", "While alerting is down nobody else looks: ask the servers yourself. A healthy one says `PONG`."},
			{"valkey-cli LLEN queue:high", "The same for the queue that users wait for."},
		},
		Mitigation: []string{
			"Start what is down: Prometheus, Alertmanager, the way out to the internet.",
			"Undo the last change of rules, routes or silences.",
			"Until it arrives again, somebody watches the dashboards.",
		},
		Why: "It has no condition and waits for nothing, so that it fires from the first evaluation on. It has the severity `none`, because it must never wake anybody: " +
			"that is for the service that misses it. Without such a service the alert is worth nothing.",
		Blind: "Whether the other alerts can fire. It reads no metric, so that it goes on firing while every exporter is gone: see `ValkeyExporterDown` and `ValkeyMetricsAbsent`.",
	},
}

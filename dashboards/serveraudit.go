package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules/promql"
)

// unknown stands beside 1 for what is in order and 0 for what is not.
const unknown = 2

func auditLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			settings(),
			grafana.Timeline{
				Head: grafana.Head{
					Title: "Does it pass the checks of its security?", Of: metric.SecurityCheck, NoValue: "not told", Width: wide,
					Bad:    "`no` on a server that strangers can reach. `unknown` is no pass: the exporter may not look.",
					First:  "See beside whether they can; the runbook says what each check is about.",
					Alerts: []alert.Name{alert.Unprotected, alert.Insecure},
				},
				States: line(securityChecks(), "{{check}} · {{instance}}"),
				Words: grafana.Words{
					{Value: 1, Text: "ok", Colour: "green"}, {Value: 0, Text: "no", Colour: "orange"}, {Value: unknown, Text: "unknown", Colour: "yellow"},
				},
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Timeline{
				Head: grafana.Head{
					Title: "Are settings wrong together?", Of: metric.ConfigFinding, NoValue: "not told", Width: wide,
					Bad:    "Queues that may be evicted, or that a restart loses.",
					Alerts: []alert.Name{alert.QueuesNotPersisted, alert.QueueEvictable, alert.MemoryUnbounded},
				},
				States: line(the(metric.ConfigFinding).Top(most), "{{finding}} · {{instance}}"),
				Words:  grafana.Words{{Value: 0, Text: "no", Colour: "green"}, {Value: 1, Text: "yes", Colour: "orange"}},
			},
			grafana.Timeline{
				Head: grafana.Head{
					Title: "Can strangers reach it?", Of: metric.SecurityExposed, NoValue: "not told", Width: wide,
					What:   "By the addresses that it listens to; what a firewall does is not known here.",
					Alerts: []alert.Name{alert.Unprotected},
				},
				States: line(the(metric.SecurityExposed).Top(most), byInstance),
				Words:  grafana.YesNo,
			},
		}},
	}
}

// settings has a row for each setting of which something is expected.
func settings() grafana.Panel {
	return grafana.Table{
		Head: grafana.Head{
			Title: "Settings, and what is expected of them", Of: metric.ConfigCompliant, NoValue: "not told", Width: wide,
			What:   "What is expected is in the configuration of the exporter, `audit.baseline`.",
			First:  "Undo the change, or make it the baseline.",
			Alerts: []alert.Name{alert.ConfigDrift},
		},
		By: []grafana.Key{{Label: metric.LabelParameter, Title: "Setting"}, {Label: metric.LabelInstance, Title: "Instance", Width: 150}},
		Columns: []grafana.Column{
			{Title: "As expected", Query: grafana.Q(the(metric.ConfigCompliant), ""), Unit: units.NoUnit, Words: grafana.Words{{Value: 1, Text: "yes", Colour: "green"}, {Value: 0, Text: "no", Colour: "orange"}}, Width: 100},
			{Query: grafana.Q(the(metric.ConfigParameterInfo), ""), Texts: []grafana.Key{{Label: metric.LabelActual, Title: "Is", Width: 150}, {Label: metric.LabelExpected, Title: "Expected", Width: 150}}},
		},
	}
}

// securityChecks are those that can be made, and those that cannot.
func securityChecks() promql.Expr {
	by := []metric.Label{metric.LabelCheck, metric.LabelInstance}
	return the(metric.SecurityCheck).By("max", by...).Or(the(metric.SecurityCheckUnknown).By("max", by...).Becomes(unknown))
}

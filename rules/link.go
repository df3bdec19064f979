package rules

import (
	"slices"
	"strings"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config/alert"
)

// Dashboards are the uids of the dashboards that answer for a component.
var dashboards = map[alert.Component]string{
	alert.Server:   "valkey-server",
	alert.Cache:    "valkey-cache",
	alert.Queue:    "valkey-queues",
	alert.Exporter: "valkey-exporter",
	alert.Meta:     "valkey-overview",
}

// oneQueue is the uid of the dashboard of a single queue.
const oneQueue = "valkey-queue"

// variables are the labels of an alert that a dashboard has a variable for.
var variables = []metric.Label{metric.LabelJob, metric.LabelInstance, metric.LabelQueue}

func (b builder) runbookURL(name alert.Name) string {
	return strings.ReplaceAll(b.alerts.RunbookURL, "{name}", string(name))
}

// grafanaURL leads to the dashboard of the component with the alert's own
// instance and queue chosen. urlquery is built into Go's templates, and so works
// in every version of Prometheus.
func (b builder) grafanaURL(component alert.Component, labels []metric.Label) string {
	uid := dashboards[component]
	if slices.Contains(labels, metric.LabelQueue) {
		uid = oneQueue
	}
	var query []string
	for _, l := range variables {
		if slices.Contains(labels, l) {
			query = append(query, "var-"+string(l)+"={{ $labels."+string(l)+" | urlquery }}")
		}
	}
	url := b.alerts.GrafanaURL + "/d/" + uid
	if len(query) > 0 {
		url += "?" + strings.Join(query, "&")
	}
	return url
}

// Package dashboards describes the dashboards for Grafana: which question each
// answers, by which panels, in which order. Package grafana makes files of them.
package dashboards

import (
	"valkey-exporter/config"
	"valkey-exporter/dashboards/grafana"
)

// All are the dashboards for a configuration, the one to begin with first.
func All(c config.Validated) []grafana.Dashboard {
	return []grafana.Dashboard{overview(c), server(c), cache(c), queues(c), queue(c), exporter(c)}
}

// from is where the time that is shown begins.
func from(c config.Validated) string { return "now-" + c.Dashboards().Range.String() }

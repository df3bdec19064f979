package collector

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
)

func (d *reporter) deaths(reasons []health.Reason) {
	for _, r := range reasons {
		d.gauge(metric.DeadLettersSampled, r.Count, d.db, d.queue, d.pair(metric.LabelReason, r.Text), d.role)
	}
}

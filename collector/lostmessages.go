package collector

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
)

func (d *reporter) losses(r *health.Report) {
	d.gauge(metric.QueueEvictable, r.Evictable, d.db, d.queue, d.role)
	d.counter(metric.QueueVanished, r.Vanished, d.db, d.queue, d.role)
}

func describeCauses(b *builder, causes []health.Cause) {
	for _, c := range causes {
		b.counter(metric.VanishedByCause, c.Count, b.pair(metric.LabelCause, c.Text))
	}
}

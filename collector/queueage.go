package collector

import (
	"math"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
)

// roleWork is the role of queues whose messages wait for a worker.
const roleWork = "work"

func (d *reporter) age(a *health.Age) {
	d.gauge(metric.OldestMessageTimestamp, moment(a.Oldest), d.db, d.queue, d.role)
	d.gauge(metric.NextMessageTimestamp, moment(a.Next), d.db, d.queue, d.role)
	d.gauge(metric.OldestMessageAge, a.Seconds, d.db, d.queue, d.role)
	d.gauge(metric.TargetAge, a.Target, d.db, d.queue, d.role)
	d.gauge(metric.TimestampOffset, a.Offset, d.db, d.queue, d.role)
	if a.Source != "" {
		d.gauge(metric.TimestampInfo, 1, d.db, d.queue, d.role, d.shared.get(metric.LabelSource, a.Source))
	}
	for _, f := range a.Failures {
		d.counter(metric.TimestampFailures, f.Count, d.db, d.queue, d.shared.get(metric.LabelReason, f.Reason), d.role)
	}
}

func (d *reporter) order(order string) {
	if order != "" {
		d.gauge(metric.OrderInfo, 1, d.db, d.shared.get(metric.LabelOrder, order), d.queue, d.role)
	}
}

// freshness is that of queues which are to be fresh. The others are not looked
// at for it, and counters that stay at 0 would say that they never are.
func (d *reporter) freshness(r *health.Report) {
	if r.Queue.Role != roleWork || math.IsNaN(r.Age.Target) {
		return
	}
	d.counter(metric.FreshnessProbes, r.Freshness.Probes, d.db, d.queue, d.role)
	d.counter(metric.FreshnessGood, r.Freshness.Good, d.db, d.queue, d.role)
}

package collector

import (
	"strconv"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
)

// flow describes the counters from the first look on, also of a queue that has
// never existed: what comes first would otherwise be missing in every increase.
func (d *reporter) flow(f *health.Flow) {
	d.gauge(metric.QueueStalled, f.Stalled, d.db, d.queue, d.role)
	d.gauge(metric.QueueDrain, f.Drain, d.db, d.queue, d.role)
	d.counter(metric.QueueEnqueued, f.Enqueued, d.db, d.queue, d.role)
	d.counter(metric.QueueDequeued, f.Dequeued, d.db, d.queue, d.role)
	d.counter(metric.QueueFlowGaps, f.Gaps, d.db, d.queue, d.role)
	if f.Method == "" {
		return // nothing has come or gone yet
	}
	exact := d.shared.get(metric.LabelExact, strconv.FormatBool(f.Exact))
	d.gauge(metric.QueueFlowInfo, 1, d.db, exact, d.shared.get(metric.LabelMethod, f.Method), d.queue, d.role)
}

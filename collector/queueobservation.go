package collector

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue"
)

func describeLooks(b *builder, l queue.Looks, now time.Time) {
	b.summary(metric.LookDuration, l.Count, l.Took.Seconds(), 0)
	b.counter(metric.LookServerTime, l.ServerTime.Seconds())
	b.counter(metric.LookFailures, l.Failures)
	if l.Last.IsZero() {
		return // no round over all queues has ended
	}
	b.gauge(metric.LookAge, now.Sub(l.Last).Seconds())
	b.gauge(metric.QueuesObserved, float64(l.Observed))
	b.gauge(metric.QueuesUnobserved, float64(l.Unobserved))
}

func describeStateFile(b *builder, f *StateFile) {
	if f == nil {
		return
	}
	b.gauge(metric.StateSaveSuccessful, yes(f.OK))
	b.gauge(metric.StateSaved, moment(f.Saved))
}

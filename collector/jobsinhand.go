package collector

import (
	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
)

// inHand describes a queue of the role processing. One that the configuration
// names by its key is no worker's own, and has no such label.
func (d *reporter) inHand(p *health.Processing) {
	if p == nil {
		return
	}
	labels := append(make([]*dto.LabelPair, 0, 4), d.db, d.queue, d.role)
	if p.Worker != "" {
		labels = append(labels, d.pair(metric.LabelWorker, p.Worker))
	}
	d.gauge(metric.ProcessingMessages, p.Messages, labels...)
	d.gauge(metric.ProcessingOldestAge, p.OldestAge, labels...)
	d.gauge(metric.ProcessingIdle, p.Idle, labels...)
	d.gauge(metric.ProcessingTTL, p.TTL, labels...)
	d.durations(&p.Durations, labels)
}

// durations has every bucket from the start: one that appears with its first
// job would hide that job from a rate.
func (d *reporter) durations(h *health.Histogram, labels []*dto.LabelPair) {
	s := d.histogram(metric.ProcessingDuration, h.Count, h.Sum, len(health.DurationBounds), labels...)
	for i, bound := range health.DurationBounds {
		count := uint64(0)
		if i < len(h.Buckets) {
			count = h.Buckets[i]
		}
		s.Bucket = append(s.Bucket, d.bucket(bound, count))
	}
}

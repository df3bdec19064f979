package collector

import (
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/latency"
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// Latency is how fast commands should be, and what was seen of the speed between
// scrapes.
type Latency struct {
	Objectives []latency.Objective
	// Watched is nil when nothing is looked at between scrapes.
	Watched *latency.Status
	// Calls are those of the last minutes, of commands with an objective.
	Calls []latency.Calls
	Over  time.Duration // that Calls cover
}

// describeLatency describes objectives with what misses them, round trips, and what
// came into the slow log.
func describeLatency(b *builder, s valkey.Snapshot, l *Latency) {
	if l == nil {
		return
	}
	for _, o := range l.Objectives {
		b.gauge(metric.LatencyObjective, o.Limit.Seconds(), b.objective(o)...)
	}
	for _, c := range latency.Judge(l.Objectives, s.Histograms) {
		b.counter(metric.LatencyExceeded, float64(c.Exceeded), b.objective(c.Objective)...)
	}
	if l.Watched == nil {
		return
	}
	b.durations(metric.PingDuration, l.Watched.RoundTrips)
	if slow := l.Watched.Slowlog; slow.Known {
		for _, c := range slow.Commands {
			b.counter(metric.SlowlogEntries, float64(c.Count), b.labels(metric.SlowlogEntries, c.Command)...)
		}
		b.durations(metric.SlowlogDuration, slow.Took)
		b.counter(metric.SlowlogLost, float64(slow.Lost))
		b.counter(metric.SlowlogOwn, float64(slow.Own))
	}
}

// objective is the labels of one.
func (b *builder) objective(o latency.Objective) []*dto.LabelPair {
	return b.labels(metric.LatencyObjective, o.Command, strconv.Itoa(int(o.Percentile)))
}

// durations has every bucket from the start: one that appears with its first
// duration would hide that one from a rate.
func (b *builder) durations(m metric.Histogram, h latency.Histogram) {
	s := b.histogram(m, h.Count, h.Sum, len(h.Bounds))
	total := uint64(0)
	for i, bound := range h.Bounds {
		total += h.Counts[i]
		s.Bucket = append(s.Bucket, b.bucket(bound, total))
	}
}

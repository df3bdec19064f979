package collector

import (
	"math"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// describeCommands describes commandstats, latencystats and the latency
// histograms, which share their labels and, by name, their sums.
func describeCommands(b *builder, s valkey.Snapshot) {
	n := len(s.Info.Commands)
	for _, m := range []metric.Family{
		metric.CommandCalls, metric.CommandDuration, metric.CommandRejected, metric.CommandFailed,
		metric.CommandLatencyPercentiles, metric.CommandLatencyHistogram,
	} {
		b.reserve(m, n)
	}
	stats := make(map[string]described, n)
	for _, c := range s.Info.Commands {
		labels := b.labels(metric.CommandCalls, c.Name)
		stats[c.Name] = described{c, labels}
		b.counter(metric.CommandCalls, c.Calls, labels...)
		b.counter(metric.CommandDuration, c.Micros/1e6, labels...)
		b.counter(metric.CommandRejected, c.Rejected, labels...)
		b.counter(metric.CommandFailed, c.Failed, labels...)
	}
	for _, l := range s.Info.Latencies {
		describePercentiles(b, l, stats[l.Command])
	}
	for _, h := range s.Histograms {
		describeHistogram(b, h, stats[h.Command])
	}
}

// described is a command with the labels that all its samples share.
type described struct {
	valkey.Command
	labels []*dto.LabelPair
}

// describePercentiles keeps redis_exporter's form: a summary with quantiles 50,
// 99 and 99.9.
func describePercentiles(b *builder, l valkey.Latency, c described) {
	if c.labels == nil || math.IsNaN(c.Calls) || math.IsNaN(c.Micros) {
		return // a summary is nothing without its count and sum
	}
	s := b.summary(metric.CommandLatencyPercentiles, uint64(c.Calls), c.Micros, len(l.Quantiles), c.labels...)
	for _, q := range l.Quantiles {
		s.Quantile = append(s.Quantile, b.quantile(q.Percentile, q.Micros))
	}
}

// describeHistogram takes the sum from commandstats, which LATENCY HISTOGRAM
// lacks; where INFO did not have it either, it is no number. Both name a
// subcommand "config|get".
func describeHistogram(b *builder, h valkey.Histogram, c described) {
	labels, sum := c.labels, c.Micros
	if labels == nil {
		labels, sum = b.labels(metric.CommandLatencyHistogram, h.Command), valkey.NotSent
	}
	s := b.histogram(metric.CommandLatencyHistogram, h.Calls, sum, len(h.Buckets), labels...)
	for _, x := range h.Buckets {
		s.Bucket = append(s.Bucket, b.bucket(x.Micros, x.Calls))
	}
}

func describeSpikes(b *builder, spikes []valkey.Spike) {
	for _, s := range spikes {
		labels := b.labels(metric.LatencySpikeLast, s.Event)
		b.gauge(metric.LatencySpikeLast, s.UnixTime, labels...)
		b.gauge(metric.LatencySpikeDuration, s.LastMillis/1e3, labels...)
	}
}

// describeSlowlog reads 0 for an empty log, as redis_exporter does.
func describeSlowlog(b *builder, s valkey.Snapshot) {
	b.gauge(metric.SlowlogLength, s.Slowlog.Length)
	if o := s.Sources[valkey.SourceSlowlog]; !o.Asked || o.Err != nil {
		return
	}
	last := valkey.SlowEntry{}
	if s.Slowlog.Last != nil {
		last = *s.Slowlog.Last
	}
	b.gauge(metric.SlowlogLastID, last.ID)
	b.gauge(metric.LastSlowDuration, last.Micros/1e6)
}

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
	summary := &dto.Summary{
		SampleCount: b.count(uint64(c.Calls)),
		SampleSum:   b.value(c.Micros),
		Quantile:    make([]*dto.Quantile, 0, len(l.Quantiles)),
	}
	for _, q := range l.Quantiles {
		quantile := b.quantiles.next()
		quantile.Quantile, quantile.Value = b.value(q.Percentile), b.value(q.Micros)
		summary.Quantile = append(summary.Quantile, quantile)
	}
	b.add(metric.CommandLatencyPercentiles.Base(), c.labels).Summary = summary
}

// describeHistogram takes the sum from commandstats, which LATENCY HISTOGRAM
// lacks. It names a subcommand as commandstats does: "config|get".
func describeHistogram(b *builder, h valkey.Histogram, c described) {
	labels := c.labels
	if labels == nil {
		labels = b.labels(metric.CommandLatencyHistogram, h.Command)
	}
	histogram := &dto.Histogram{
		SampleCount: b.count(h.Calls),
		SampleSum:   b.value(c.Micros),
		Bucket:      make([]*dto.Bucket, 0, len(h.Buckets)),
	}
	for _, x := range h.Buckets {
		bucket := b.buckets.next()
		bucket.UpperBound, bucket.CumulativeCount = b.value(x.Micros), b.count(x.Calls)
		histogram.Bucket = append(histogram.Bucket, bucket)
	}
	b.add(metric.CommandLatencyHistogram.Base(), labels).Histogram = histogram
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

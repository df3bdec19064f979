package collector

import (
	"math"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
)

// header is what never changes about a family.
type header struct {
	name, help string
	kind       dto.MetricType
}

// catalogue holds the headers by metric ID, and the order of an exposition.
var (
	headers = makeHeaders()
	byName  = metric.SortedIDs()
)

func makeHeaders() []header {
	all := metric.All()
	headers := make([]header, len(all))
	for i, m := range all {
		headers[i] = header{m.Name(), m.Help(), m.Type()}
	}
	return headers
}

// builder collects samples into families. It makes the protocol's own
// messages, because a registry of constant metrics costs six times as much per
// series; that they are consistent is proved by tests instead.
type builder struct {
	families []*dto.MetricFamily // by metric ID; nil while a family has no sample
	sorted   []*dto.MetricFamily // those with samples, by name

	family        slab[dto.MetricFamily]
	gauges        slab[gauge]
	counters      slab[counter]
	summaries     slab[summary]
	histograms    slab[histogram]
	quantiles     slab[quantile]
	buckets       slab[bucket]
	labelPairs    slab[label]
	members       slab[*dto.Metric]
	pairLists     slab[*dto.LabelPair]
	quantileLists slab[*dto.Quantile]
	bucketLists   slab[*dto.Bucket]

	problems FieldErrors
}

func newBuilder() *builder {
	return &builder{families: make([]*dto.MetricFamily, len(headers))}
}

// reset forgets everything but the memory.
func (b *builder) reset() {
	clear(b.families)
	b.sorted, b.problems = b.sorted[:0], nil
	for _, s := range []interface{ reset() }{
		&b.family, &b.gauges, &b.counters, &b.summaries, &b.histograms, &b.quantiles, &b.buckets,
		&b.labelPairs, &b.members, &b.pairLists, &b.quantileLists, &b.bucketLists,
	} {
		s.reset()
	}
}

// labels pairs the labels that a metric declares with values in the same
// order. A label without a value is left out, which means the same.
func (b *builder) labels(m metric.Family, values ...string) []*dto.LabelPair {
	list := b.pairLists.take(len(values))[:0]
	for i, name := range m.Base().Labels() {
		if values[i] != "" {
			list = append(list, b.pair(name, values[i]))
		}
	}
	return list
}

// gauge adds a sample. A number that was not sent (NaN) adds none.
func (b *builder) gauge(m metric.Gauge, v float64, labels ...*dto.LabelPair) {
	b.sample(m.Base(), v, labels)
}

// counter adds a sample. A number that was not sent (NaN) adds none.
func (b *builder) counter(m metric.Counter, v float64, labels ...*dto.LabelPair) {
	b.sample(m.Base(), v, labels)
}

func (b *builder) sample(m *metric.Metric, v float64, labels []*dto.LabelPair) {
	switch {
	case math.IsNaN(v):
	case m.Type() == dto.MetricType_COUNTER:
		s := b.counters.next()
		s.value = v
		s.counter.Value, s.Counter = &s.value, &s.counter
		b.add(m, &s.Metric, labels)
	default:
		s := b.gauges.next()
		s.value = v
		s.gauge.Value, s.Gauge = &s.value, &s.gauge
		b.add(m, &s.Metric, labels)
	}
}

// summary adds a sample with room for n quantiles.
func (b *builder) summary(m metric.Summary, count uint64, sum float64, n int, labels ...*dto.LabelPair) *dto.Summary {
	s := b.summaries.next()
	s.count, s.sum = count, sum
	s.summary.SampleCount, s.summary.SampleSum, s.Summary = &s.count, &s.sum, &s.summary
	s.summary.Quantile = b.quantileLists.take(n)[:0]
	b.add(m.Base(), &s.Metric, labels)
	return &s.summary
}

// histogram adds a sample with room for n buckets.
func (b *builder) histogram(m metric.Histogram, count uint64, sum float64, n int, labels ...*dto.LabelPair) *dto.Histogram {
	s := b.histograms.next()
	s.count, s.sum = count, sum
	s.histogram.SampleCount, s.histogram.SampleSum, s.Histogram = &s.count, &s.sum, &s.histogram
	s.histogram.Bucket = b.bucketLists.take(n)[:0]
	b.add(m.Base(), &s.Metric, labels)
	return &s.histogram
}

// add appends a sample to its family.
func (b *builder) add(m *metric.Metric, s *dto.Metric, labels []*dto.LabelPair) {
	s.Label = b.keep(labels)
	f := b.families[m.ID()]
	if f == nil {
		f = b.begin(m.ID())
		f.Metric = b.members.take(1)[:0]
	}
	f.Metric = append(f.Metric, s)
}

// keep copies labels from the caller's stack.
func (b *builder) keep(labels []*dto.LabelPair) []*dto.LabelPair {
	if len(labels) == 0 {
		return nil
	}
	kept := b.pairLists.take(len(labels))
	copy(kept, labels)
	return kept
}

func (b *builder) begin(id int) *dto.MetricFamily {
	f := b.family.next()
	h := &headers[id]
	f.Name, f.Help, f.Type = &h.name, &h.help, &h.kind
	b.families[id] = f
	return f
}

// reserve makes room for n samples of a metric that will have many.
func (b *builder) reserve(m metric.Family, n int) {
	if id := m.Base().ID(); n > 0 && b.families[id] == nil {
		b.begin(id).Metric = b.members.take(n)[:0]
	}
}

// result is the families that have samples, by name.
func (b *builder) result() []*dto.MetricFamily {
	for _, id := range byName {
		if f := b.families[id]; f != nil && len(f.Metric) > 0 {
			b.sorted = append(b.sorted, f)
		}
	}
	return b.sorted
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

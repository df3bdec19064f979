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

	family    slab[dto.MetricFamily]
	metrics   slab[dto.Metric]
	gauges    slab[dto.Gauge]
	counters  slab[dto.Counter]
	values    slab[float64]
	pairs     slab[dto.LabelPair]
	texts     slab[string]
	lists     slab[*dto.LabelPair]
	members   slab[*dto.Metric]
	quantiles slab[dto.Quantile]
	buckets   slab[dto.Bucket]
	counts    slab[uint64]

	problems []error // what could not be understood
}

func newBuilder() *builder {
	return &builder{families: make([]*dto.MetricFamily, len(headers))}
}

// pair is one label with its value. It may be used for any number of samples.
func (b *builder) pair(name metric.Label, value string) *dto.LabelPair {
	p := b.pairs.next()
	text := b.texts.take(2)
	text[0], text[1] = string(name), value
	p.Name, p.Value = &text[0], &text[1]
	return p
}

// labels pairs the labels that a metric declares with values in the same
// order. A label without a value is left out, which means the same.
func (b *builder) labels(m metric.Family, values ...string) []*dto.LabelPair {
	list := b.lists.take(len(values))[:0]
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
	if math.IsNaN(v) {
		return
	}
	value := b.value(v)
	s := b.add(m, labels)
	if m.Type() == dto.MetricType_COUNTER {
		s.Counter = b.counters.next()
		s.Counter.Value = value
		return
	}
	s.Gauge = b.gauges.next()
	s.Gauge.Value = value
}

func (b *builder) value(v float64) *float64 {
	p := b.values.next()
	*p = v
	return p
}

func (b *builder) count(n uint64) *uint64 {
	p := b.counts.next()
	*p = n
	return p
}

// add begins a sample of any type.
func (b *builder) add(m *metric.Metric, labels []*dto.LabelPair) *dto.Metric {
	s := b.metrics.next()
	s.Label = b.keep(labels)
	f := b.families[m.ID()]
	if f == nil {
		f = b.begin(m.ID())
		f.Metric = b.members.take(1)[:0]
	}
	f.Metric = append(f.Metric, s)
	return s
}

// keep copies labels from the caller's stack.
func (b *builder) keep(labels []*dto.LabelPair) []*dto.LabelPair {
	if len(labels) == 0 {
		return nil
	}
	kept := b.lists.take(len(labels))
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
		b.begin(id).Metric = make([]*dto.Metric, 0, n)
	}
}

// result is the families that have samples, by name.
func (b *builder) result() []*dto.MetricFamily {
	families := make([]*dto.MetricFamily, 0, len(b.families))
	for _, id := range byName {
		if f := b.families[id]; f != nil && len(f.Metric) > 0 {
			families = append(families, f)
		}
	}
	return families
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

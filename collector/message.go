package collector

import (
	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
)

// The messages refer to everything by pointer. Each of these is a message with
// what it refers to beside it.
type (
	label struct {
		dto.LabelPair
		name, value string
	}
	gauge struct {
		dto.Metric
		gauge dto.Gauge
		value float64
	}
	counter struct {
		dto.Metric
		counter dto.Counter
		value   float64
	}
	summary struct {
		dto.Metric
		summary dto.Summary
		count   uint64
		sum     float64
	}
	histogram struct {
		dto.Metric
		histogram dto.Histogram
		count     uint64
		sum       float64
	}
	quantile struct {
		dto.Quantile
		percentile, value float64
	}
	bucket struct {
		dto.Bucket
		bound float64
		count uint64
	}
)

// pair is one label with its value. It may be used for any number of samples.
func (b *builder) pair(name metric.Label, value string) *dto.LabelPair {
	l := b.labelPairs.next()
	l.name, l.value = string(name), metric.LabelValue(value)
	l.Name, l.Value = &l.name, &l.value
	return &l.LabelPair
}

func (b *builder) quantile(percentile, value float64) *dto.Quantile {
	q := b.quantiles.next()
	q.percentile, q.value = percentile, value
	q.Quantile.Quantile, q.Value = &q.percentile, &q.value
	return &q.Quantile
}

func (b *builder) bucket(bound float64, count uint64) *dto.Bucket {
	x := b.buckets.next()
	x.bound, x.count = bound, count
	x.UpperBound, x.CumulativeCount = &x.bound, &x.count
	return &x.Bucket
}

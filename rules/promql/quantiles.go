package promql

import (
	"time"

	"valkey-exporter/collector/metric"
)

// QuantileOfAll is the value below which a share of the observations of a time
// are, those of all series taken together that differ in nothing but these
// labels. The quantile of each series alone would be that of the few
// observations that one of many workers makes.
func QuantileOfAll(q float64, h metric.Histogram, over time.Duration, w Without, parts ...Part) Expr {
	s := newSelector(h.Metric, over, parts)
	s.suffix = "_bucket"
	all := Expr{call{"rate", []node{s}}, s.labels()}
	if len(w) > 0 {
		all = Sum(all, w)
	}
	return Expr{call{"histogram_quantile", []node{number(q), all.node}}, all.labels}
}

// QuantileOver is the value that a gauge was at or below for a share of a time.
// At 0.9 it is the highest value, save for what lasted less than a tenth.
func QuantileOver(q float64, g metric.Gauge, over time.Duration, parts ...Part) Expr {
	s := newSelector(g.Metric, over, parts)
	return Expr{call{"quantile_over_time", []node{number(q), s}}, s.labels()}
}

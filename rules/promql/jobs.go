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
	all := Sum(Expr{call{"rate", []node{s}}, s.labels()}, w)
	return Expr{call{"histogram_quantile", []node{number(q), all.node}}, all.labels}
}

package promql

import (
	"time"

	"valkey-exporter/collector/metric"
)

// QuantileOver is the value that a gauge was at or below for a share of a time.
// At 0.9 it is the highest value, save for what lasted less than a tenth.
func QuantileOver(q float64, g metric.Gauge, over time.Duration, parts ...Part) Expr {
	s := newSelector(g.Metric, over, parts)
	return Expr{call{"quantile_over_time", []node{number(q), s}}, s.labels()}
}

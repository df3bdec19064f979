package rules

import (
	"slices"
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules/promql"
)

// Recording is a recording rule. To other rules it is a gauge like those of the
// catalogue.
type Recording struct {
	metric.Gauge
	Expr promql.Expr
}

// record declares a recording rule; its name says level:what:operation.
func record(name string, unit metric.Unit, help string, expr promql.Expr) *Recording {
	labels := slices.DeleteFunc(expr.Labels(), func(l metric.Label) bool { return slices.Contains(metric.TargetLabels(), l) })
	return &Recording{metric.Recorded(name, unit, help, labels), expr}
}

// Recordings are all recording rules in the order of the groups.
func Recordings() []*Recording {
	var all []*Recording
	for _, g := range Groups() {
		all = append(all, g.Records...)
	}
	return all
}

// window is over how long rates are taken that alerts compare. It holds five
// samples at a scrape interval of a minute, so that two may be missing.
const window = 5 * time.Minute

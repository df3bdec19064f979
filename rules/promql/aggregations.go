package promql

import (
	"slices"

	"valkey-exporter/collector/metric"
)

// Without are labels that an aggregation drops: it combines series that differ in
// nothing else.
type Without []metric.Label

// Sum adds series up.
func Sum(e Expr, w Without) Expr {
	need(w, e.labels, "sum")
	left := slices.DeleteFunc(e.Labels(), func(l metric.Label) bool { return slices.Contains(w, l) })
	return Expr{call{"sum without (" + join(sorted(w)) + ") ", []node{e.node}}, left}
}

// ByInstance is what an aggregation leaves when nothing but the exporter counts.
func (e Expr) ByInstance(op string) Expr {
	keep := metric.TargetLabels()
	return Expr{call{op + " by (" + join(keep) + ") ", []node{e.node}}, keep}
}

// CountBy is how many series there are for each combination of some labels.
func CountBy(e Expr, labels ...metric.Label) Expr {
	need(labels, e.labels, "count")
	keep := sorted(labels)
	return Expr{call{"count by (" + join(keep) + ") ", []node{e.node}}, keep}
}

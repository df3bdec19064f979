package promql

import (
	"slices"
	"strings"
	"time"

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

// By combines all series that have the same values of some labels, by an
// operator such as sum or max; without labels all series.
func (e Expr) By(op string, labels ...metric.Label) Expr {
	need(labels, e.labels, op)
	keep := sorted(labels)
	if len(keep) > 0 {
		op += " by (" + join(keep) + ") "
	}
	return Expr{call{op, []node{e.node}}, keep}
}

// Top keeps the series with the highest values, at each moment.
func (e Expr) Top(n int) Expr {
	return Expr{call{"topk", []node{number(float64(n)), e.node}}, e.labels}
}

// Bottom keeps the series with the lowest values, at each moment.
func (e Expr) Bottom(n int) Expr {
	return Expr{call{"bottomk", []node{number(float64(n)), e.node}}, e.labels}
}

// Buckets is how many observations a second fall into each bucket of a
// histogram, and into those below it: what a heat map shows.
func Buckets(h metric.Histogram, over time.Duration, parts ...Part) Expr {
	s := newSelector(h.Metric, over, parts)
	s.suffix = "_bucket"
	return Expr{call{"sum by (le) ", []node{call{"rate", []node{s}}}}, nil}
}

// Only leaves these labels and no name: what a row of a table is known by. Of
// series that differ in nothing else the highest value counts.
func (e Expr) Only(labels ...metric.Label) Expr {
	keep := sorted(labels)
	if c, ok := e.node.(call); ok && strings.HasSuffix(c.name, " by ("+join(keep)+") ") {
		return e
	}
	return e.By("max", keep...)
}

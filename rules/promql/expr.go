package promql

import (
	"fmt"
	"slices"
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
)

// Expr is an expression that yields an instant vector. It is immutable.
type Expr struct {
	node
	labels []metric.Label // of the resulting series, sorted
}

// Labels are those that each resulting series has, apart from its name, sorted.
// The caller owns the slice.
func (e Expr) Labels() []metric.Label { return slices.Clone(e.labels) }

// Scope is what an expression is written for.
type Scope struct {
	Jobs       []string          // scrape jobs that every selector is limited to
	Thresholds config.Thresholds // values of the thresholds
	Pace       int               // windows are so many times shorter; 0 and 1 leave them
}

// span is a time as the scope has it.
func (s Scope) span(d time.Duration) time.Duration { return d / time.Duration(max(1, s.Pace)) }

// Text is the expression as Prometheus reads it, over several lines when it is
// long.
func (e Expr) Text(s Scope) string { return e.write(s, "") }

// Thresholds are those that the expression compares with, in the order of its
// text.
func (e Expr) Thresholds() []config.Threshold {
	var all []config.Threshold
	e.visit(func(n node) {
		if t, ok := n.(threshold); ok && !slices.Contains(all, config.Threshold(t)) {
			all = append(all, config.Threshold(t))
		}
	})
	return all
}

// Metrics are those that the expression reads, recording rules included, each
// once.
func (e Expr) Metrics() []*metric.Metric {
	var all []*metric.Metric
	e.visit(func(n node) {
		if s, ok := n.(selector); ok && !slices.Contains(all, s.metric) {
			all = append(all, s.metric)
		}
	})
	return all
}

// node is a part of an expression.
type node interface {
	// write is the part as text. What does not fit on a line goes on in further
	// ones, which begin with indent.
	write(s Scope, indent string) string
	// visit calls f for the part and for all parts of it.
	visit(f func(node))
	// binds is how tightly the part's operator binds: parts that bind less than
	// what they are a part of need parentheses.
	binds() int
}

// How tightly operators bind, as in Prometheus.
const (
	bindsOr = iota + 1
	bindsAnd
	bindsCompare
	bindsSum
	bindsProduct
	bindsAtom
)

// lineLength is what fits on a line.
const lineLength = 110

// sameLabels panics when two vectors could never match.
func sameLabels(a, b Expr, what string) {
	if !slices.Equal(a.labels, b.labels) {
		panic(fmt.Sprintf("promql: %s of %q and %q: say On which labels they match", what, a.labels, b.labels))
	}
}

// need panics when an expression lacks one of the labels.
func need(labels []metric.Label, from []metric.Label, what string) {
	for _, l := range labels {
		if !slices.Contains(from, l) {
			panic(fmt.Sprintf("promql: %s: there is no label %s in %q", what, l, from))
		}
	}
}

func sorted(labels []metric.Label) []metric.Label {
	all := slices.Clone(labels)
	slices.Sort(all)
	return slices.Compact(all)
}

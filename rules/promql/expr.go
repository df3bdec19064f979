package promql

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

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

	// Panel is set for a panel of a dashboard: selectors are limited to what its
	// variables job and instance say instead of Jobs.
	Panel bool
}

// Two windows that Grafana fills in, for panels only.
const (
	// RateInterval is the shortest window that holds enough scrapes for a rate at
	// the panel's resolution: $__rate_interval.
	RateInterval time.Duration = -1
	// Shown is the time that the dashboard shows: $__range.
	Shown time.Duration = -2
)

// span is a time as the scope has it.
func (s Scope) span(d time.Duration) time.Duration { return d / time.Duration(max(1, s.Pace)) }

// window is a range of time as it stands in brackets.
func (s Scope) window(d time.Duration) string {
	switch {
	case d > 0:
		return model.Duration(s.span(d)).String()
	case !s.Panel:
		panic("promql: $__rate_interval and $__range are for panels")
	case d == RateInterval:
		return "$__rate_interval"
	}
	return "$__range"
}

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

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// matchers leaves out a matcher of a label, and turns it round.
func matchers(n *parser.VectorSelector) []variant {
	var all []variant
	for i, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel {
			continue
		}
		removed := *n
		removed.LabelMatchers = slices.Delete(slices.Clone(n.LabelMatchers), i, i+1)
		all = append(all, plainVariant(matcher, n, &removed))
		if inverse, err := m.Inverse(); err == nil {
			negated := *n
			negated.LabelMatchers = slices.Clone(n.LabelMatchers)
			negated.LabelMatchers[i] = inverse
			all = append(all, plainVariant(matcher, n, &negated))
		}
	}
	return all
}

// longer and shorter are what a range or an offset becomes.
func longerAndShorter(d time.Duration) []time.Duration {
	if d == 0 {
		return nil
	}
	return []time.Duration{2 * d, time.Duration(half(model.Duration(d)))}
}

func offsets(n *parser.VectorSelector) []variant {
	var all []variant
	for _, d := range longerAndShorter(n.OriginalOffset) {
		is := *n
		is.OriginalOffset = d
		all = append(all, variant{period, fmt.Sprintf("%s -> offset %s", n, model.Duration(d)), &is})
	}
	return all
}

func ranges(n *parser.MatrixSelector) []variant {
	var all []variant
	for _, d := range longerAndShorter(n.Range) {
		is := *n
		is.Range = d
		all = append(all, variant{period, fmt.Sprintf("%s -> [%s]", n, model.Duration(d)), &is})
	}
	return all
}

func subqueries(n *parser.SubqueryExpr) []variant {
	var all []variant
	for _, d := range longerAndShorter(n.Range) {
		is := *n
		is.Range = d
		all = append(all, variant{period, fmt.Sprintf("%s%s -> [%s]", outline(n.Expr), n.ShortString(), model.Duration(d)), &is})
	}
	for _, d := range longerAndShorter(n.OriginalOffset) {
		is := *n
		is.OriginalOffset = d
		all = append(all, variant{period, fmt.Sprintf("%s%s -> offset %s", outline(n.Expr), n.ShortString(), model.Duration(d)), &is})
	}
	return all
}

// otherFunctions take the same arguments as the function whose place they take.
var otherFunctions = map[string][]string{
	"max_over_time": {"min_over_time"},
	"min_over_time": {"max_over_time"},
	"avg_over_time": {"max_over_time", "min_over_time"},
	"rate":          {"increase"},
	"increase":      {"rate"},
}

// functions takes another function, or does without it.
func functions(n *parser.Call) []variant {
	was := n.Func.Name + "(" + outlines(n.Args) + ")"
	var all []variant
	for _, name := range otherFunctions[n.Func.Name] {
		is := *n
		is.Func = parser.Functions[name]
		all = append(all, variant{function, fmt.Sprintf("%s -> %s", was, name), &is})
	}
	switch n.Func.Name {
	case "last_over_time":
		// After a scrape that failed there is no latest value.
		if m, ok := n.Args[0].(*parser.MatrixSelector); ok {
			all = append(all, variant{function, fmt.Sprintf("%s -> the latest value", was), m.VectorSelector})
		}
	case "clamp_min", "clamp_max":
		all = append(all, variant{function, fmt.Sprintf("%s -> without %s", was, n.Func.Name), &parser.ParenExpr{Expr: n.Args[0]}})
	}
	return all
}

func outlines(args parser.Expressions) string {
	all := make([]string, len(args))
	for i, a := range args {
		all[i] = outline(a)
	}
	return strings.Join(all, ", ")
}

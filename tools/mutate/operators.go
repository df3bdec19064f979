package main

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// otherOperators are those that take the place of one.
var otherOperators = map[parser.ItemType][]parser.ItemType{
	parser.GTR:     {parser.GTE, parser.LSS},
	parser.LSS:     {parser.LTE, parser.GTR},
	parser.GTE:     {parser.GTR, parser.LSS},
	parser.LTE:     {parser.LSS, parser.GTR},
	parser.EQLC:    {parser.NEQ},
	parser.NEQ:     {parser.EQLC},
	parser.LAND:    {parser.LUNLESS},
	parser.LUNLESS: {parser.LAND},
	parser.ADD:     {parser.SUB},
	parser.SUB:     {parser.ADD},
	parser.MUL:     {parser.DIV},
	parser.DIV:     {parser.MUL},
}

// operators changes an operator into another, or leaves one of its sides.
func operators(n *parser.BinaryExpr) []variant {
	k := arithmetic
	switch {
	case n.Op.IsComparisonOperator():
		k = comparison
	case n.Op.IsSetOperator():
		k = setOperator
	}
	was := fmt.Sprintf("%s %s %s", outline(n.LHS), n.Op, outline(n.RHS))
	var all []variant
	for _, op := range otherOperators[n.Op] {
		is := *n
		is.Op = op
		all = append(all, variant{k, fmt.Sprintf("%s -> %s", was, op), &is})
	}
	if k != setOperator {
		return all
	}
	all = append(all, variant{k, was + " -> left side only", n.LHS})
	if n.Op == parser.LOR {
		all = append(all, variant{k, was + " -> right side only", n.RHS})
	}
	return all
}

// matchLabels leaves out one label of on, ignoring, group_left and group_right.
func matchLabels(n *parser.BinaryExpr) []variant {
	if n.VectorMatching == nil {
		return nil
	}
	where := fmt.Sprintf("%s %s %s", outline(n.LHS), n.ShortString(), outline(n.RHS))
	var all []variant
	add := func(name string, change func(*parser.VectorMatching)) {
		is, matching := *n, *n.VectorMatching
		change(&matching)
		is.VectorMatching = &matching
		all = append(all, variant{grouping, fmt.Sprintf("%s -> without %s", where, name), &is})
	}
	for _, l := range n.VectorMatching.MatchingLabels {
		add(l, func(m *parser.VectorMatching) { m.MatchingLabels = without(m.MatchingLabels, l) })
	}
	for _, l := range n.VectorMatching.Include {
		add(l+" from the other side", func(m *parser.VectorMatching) { m.Include = without(m.Include, l) })
	}
	return all
}

// aggregations leaves out one label, and takes another aggregation.
func aggregations(n *parser.AggregateExpr) []variant {
	was := fmt.Sprintf("%s(%s)", n.ShortString(), outline(n.Expr))
	var all []variant
	for _, l := range n.Grouping {
		is := *n
		is.Grouping = without(n.Grouping, l)
		all = append(all, variant{grouping, fmt.Sprintf("%s -> without the label %s", was, l), &is})
	}
	others := map[parser.ItemType]parser.ItemType{parser.SUM: parser.MAX, parser.MAX: parser.MIN, parser.MIN: parser.MAX}
	if op, ok := others[n.Op]; ok {
		is := *n
		is.Op = op
		all = append(all, variant{function, fmt.Sprintf("%s -> %s", was, op), &is})
	}
	return all
}

func without(labels []string, label string) []string {
	return slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == label })
}

// numbers are twice and half as large; next to nothing and one that would say
// little, and they become one and two.
func numbers(n *parser.NumberLiteral) []variant {
	values := []float64{n.Val * 2, n.Val / 2}
	if n.Val == 0 || n.Val == 1 {
		values = []float64{n.Val + 1}
	}
	var all []variant
	for _, v := range values {
		is := *n
		is.Val = v
		all = append(all, plainVariant(number, n, &is))
	}
	return all
}

package main

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// change is an expression with one change.
type change struct {
	kind  kind
	text  string
	expr  string
	equal equivalence
}

// variant is another node in the place of one.
type variant struct {
	kind kind
	text string // was -> is
	node parser.Expr
}

// changes are all of an expression, in the order of its text.
func (s *ruleSet) changes(expr string) ([]change, error) {
	w := walker{set: s}
	var err error
	if w.root, err = parse(expr); err != nil {
		return nil, err
	}
	w.original = w.root.String()
	w.walk(&w.root, nil)
	everywhere, err := s.everywhere(expr)
	return append(w.found, everywhere...), err
}

type walker struct {
	set      *ruleSet
	root     parser.Expr
	original string
	found    []change
}

// walk puts each variant of a node in its place, writes the whole expression down,
// and goes on to the parts of the node.
func (w *walker) walk(slot *parser.Expr, path []parser.Expr) {
	node := *slot
	for _, v := range variants(node) {
		*slot = v.node
		text := w.root.String()
		*slot = node
		if text == w.original {
			continue
		}
		if v.kind == number && len(path) > 0 {
			v.text = outline(path[len(path)-1]) + ": " + v.text
		}
		w.found = append(w.found, change{v.kind, v.text, text, w.set.equivalent(v, node, path)})
	}
	for _, child := range slots(node) {
		w.walk(child, append(slices.Clip(path), node))
	}
}

// slots are the places of the parts of a node.
func slots(node parser.Expr) []*parser.Expr {
	switch n := node.(type) {
	case *parser.BinaryExpr:
		return []*parser.Expr{&n.LHS, &n.RHS}
	case *parser.AggregateExpr:
		if n.Param != nil {
			return []*parser.Expr{&n.Param, &n.Expr}
		}
		return []*parser.Expr{&n.Expr}
	case *parser.Call:
		all := make([]*parser.Expr, len(n.Args))
		for i := range n.Args {
			all[i] = &n.Args[i]
		}
		return all
	case *parser.MatrixSelector:
		return []*parser.Expr{&n.VectorSelector}
	case *parser.SubqueryExpr:
		return []*parser.Expr{&n.Expr}
	case *parser.ParenExpr:
		return []*parser.Expr{&n.Expr}
	case *parser.UnaryExpr:
		return []*parser.Expr{&n.Expr}
	}
	return nil
}

// variants are what a node is changed into.
func variants(node parser.Expr) []variant {
	switch n := node.(type) {
	case *parser.BinaryExpr:
		return append(operators(n), matchLabels(n)...)
	case *parser.AggregateExpr:
		return aggregations(n)
	case *parser.Call:
		return functions(n)
	case *parser.MatrixSelector:
		return ranges(n)
	case *parser.SubqueryExpr:
		return subqueries(n)
	case *parser.VectorSelector:
		return append(matchers(n), offsets(n)...)
	case *parser.NumberLiteral:
		return numbers(n)
	}
	return nil
}

// plainVariant says what was and what is in full.
func plainVariant(k kind, was, is parser.Expr) variant {
	return variant{k, fmt.Sprintf("%s -> %s", was, is), is}
}

// outline is a node in few words: without matchers, and the middle of what is long.
func outline(node parser.Expr) string {
	const most, ends = 60, 28
	text := node.String()
	if bare, err := parse(text); err == nil {
		parser.Inspect(bare, func(n parser.Node, _ []parser.Node) error {
			if s, ok := n.(*parser.VectorSelector); ok {
				s.LabelMatchers = nil
			}
			return nil
		})
		text = bare.String()
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:ends]) + "…" + string(r[len(r)-ends:])
	}
	return text
}

package main

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// equivalence is why a change makes no difference, in words; empty when it may
// make one.
type equivalence string

const (
	otherSideDecides equivalence = "A matcher less, and the series that come with it find no partner: the other side of the operator has the same matcher, and the label is among those that both sides must have in common."
	recordedAlready  equivalence = "A matcher less, on a series that a recording rule of this file makes: it has that label value only."
	constantLabel    equivalence = "A label less in `on (...)`: both sides have it with one value only."
	onlySign         equivalence = "`rate` instead of `increase`, the reverse, or `max` instead of `sum`, where all that counts is whether counters have grown at all."
	onlyProportion   equivalence = "`rate` instead of `increase`, or the reverse, in `histogram_quantile`, which looks at proportions."
	onlyPresence     equivalence = "Another function over the same time, where all that counts is whether there is a value."
)

// equivalences in the order of the page.
var equivalences = []equivalence{otherSideDecides, recordedAlready, constantLabel, onlySign, onlyProportion, onlyPresence}

// equivalent says whether it follows from the rules alone that a variant of a node
// gives the same alerts. The path leads from the root to the node.
func (s *ruleSet) equivalent(v variant, node parser.Expr, path []parser.Expr) equivalence {
	switch was := node.(type) {
	case *parser.VectorSelector:
		if m := removedMatcher(was, v.node); m != nil {
			return s.matcherInVain(m, was, path)
		}
	case *parser.BinaryExpr:
		is, ok := v.node.(*parser.BinaryExpr)
		if ok && v.kind == grouping && was.Op.IsSetOperator() && was.VectorMatching.On && s.sameConstant(was, is) {
			return constantLabel
		}
	case *parser.AggregateExpr:
		if v.kind == function && was.Op == parser.SUM && growth(was.Expr) && signOnly(was, path) {
			return onlySign
		}
	case *parser.Call:
		if is, ok := v.node.(*parser.Call); ok && is.Func != was.Func {
			return functionInVain(was, path)
		}
	}
	return ""
}

// removedMatcher is the matcher of one value that a variant lacks.
func removedMatcher(was *parser.VectorSelector, node parser.Expr) *labels.Matcher {
	is, ok := node.(*parser.VectorSelector)
	if !ok || len(is.LabelMatchers) >= len(was.LabelMatchers) {
		return nil
	}
	for _, m := range was.LabelMatchers {
		if !slices.Contains(is.LabelMatchers, m) && m.Type == labels.MatchEqual {
			return m
		}
	}
	return nil
}

// matcherInVain goes up from a selector. Without the matcher there are additional
// series, all with another value of the label. As long as the label stays, so does
// this, until the series have to be matched with others that all have the value.
func (s *ruleSet) matcherInVain(m *labels.Matcher, node *parser.VectorSelector, path []parser.Expr) equivalence {
	if s.recorded(node.Name, m) {
		return recordedAlready
	}
	var child parser.Expr = node
	for _, parent := range slices.Backward(path) {
		if !keepsLabel(parent, m.Name) {
			return ""
		}
		if b, ok := parent.(*parser.BinaryExpr); ok && b.VectorMatching != nil {
			other := b.LHS
			if child == b.LHS {
				other = b.RHS
			}
			passes := b.Op == parser.LOR || b.Op == parser.LUNLESS && child == b.LHS
			if !passes && s.pinned(other, m) {
				return otherSideDecides
			}
		}
		child = parent
	}
	return ""
}

// keepsLabel says whether series that differ in a label do so in the result, and
// have nothing to do with each other on the way.
func keepsLabel(node parser.Expr, label string) bool {
	switch n := node.(type) {
	case *parser.AggregateExpr:
		return n.Without != slices.Contains(n.Grouping, label)
	case *parser.BinaryExpr:
		return n.VectorMatching == nil || n.VectorMatching.On == slices.Contains(n.VectorMatching.MatchingLabels, label)
	case *parser.Call:
		switch n.Func.Name {
		case "absent", "absent_over_time", "scalar", "label_join", "vector", "time":
			return false
		case "label_replace":
			written, ok := n.Args[1].(*parser.StringLiteral)
			return ok && written.Val != label
		}
	}
	return true
}

// pinned says whether all series of an expression have the value of the matcher.
func (s *ruleSet) pinned(node parser.Expr, m *labels.Matcher) bool {
	switch n := node.(type) {
	case *parser.VectorSelector:
		return wants(n, m) || s.recorded(n.Name, m)
	case *parser.BinaryExpr:
		return s.pinnedBoth(n, m)
	case *parser.NumberLiteral, *parser.StringLiteral:
		return false
	case *parser.Call:
		if n.Func.Name == "absent" { // has the labels that the selector asks for
			selector, ok := n.Args[0].(*parser.VectorSelector)
			return ok && wants(selector, m)
		}
	}
	if !keepsLabel(node, m.Name) {
		return false
	}
	return slices.ContainsFunc(slots(node), func(part *parser.Expr) bool { return s.pinned(*part, m) })
}

// wants says whether a selector has the same matcher.
func wants(n *parser.VectorSelector, m *labels.Matcher) bool {
	return slices.ContainsFunc(n.LabelMatchers, func(o *labels.Matcher) bool {
		return o.Type == labels.MatchEqual && o.Name == m.Name && o.Value == m.Value
	})
}

func (s *ruleSet) pinnedBoth(n *parser.BinaryExpr, m *labels.Matcher) bool {
	left, right := s.pinned(n.LHS, m), s.pinned(n.RHS, m)
	switch {
	case n.VectorMatching == nil: // one side is a number
		return left || right
	case n.Op == parser.LOR:
		return left && right
	case n.Op == parser.LUNLESS:
		return left
	case n.Op == parser.LAND:
		return left || right && keepsLabel(n, m.Name)
	}
	return keepsLabel(n, m.Name) && (left || right)
}

// recorded says whether a name is that of recording rules whose series all have
// the value.
func (s *ruleSet) recorded(name string, m *labels.Matcher) bool {
	found := false
	for _, r := range s.rules {
		if r.Record != name {
			continue
		}
		if !s.pinned(r.expr, m) {
			return false
		}
		found = true
	}
	return found
}

// sameConstant says whether the label that is no longer in `on` has one value on
// both sides.
func (s *ruleSet) sameConstant(was, is *parser.BinaryExpr) bool {
	for _, label := range was.VectorMatching.MatchingLabels {
		if slices.Contains(is.VectorMatching.MatchingLabels, label) {
			continue
		}
		for _, m := range matchersOf(was.LHS, label) {
			if s.pinned(was.LHS, m) && s.pinned(was.RHS, m) {
				return true
			}
		}
	}
	return false
}

// matchersOf are those matchers of a label that want one value.
func matchersOf(node parser.Expr, label string) []*labels.Matcher {
	var all []*labels.Matcher
	for _, selector := range parser.ExtractSelectors(node) {
		for _, m := range selector {
			if m.Name == label && m.Type == labels.MatchEqual {
				all = append(all, m)
			}
		}
	}
	return all
}

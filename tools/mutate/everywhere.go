package main

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// everywhere removes a matcher that several selectors have from all of them: one
// alone is often in vain, because the others make up for it.
func (s *ruleSet) everywhere(expr string) ([]change, error) {
	root, err := parse(expr)
	if err != nil {
		return nil, err
	}
	var all []change
	for _, m := range commonMatchers(root) {
		text := m.String()
		changed, err := parse(expr)
		if err != nil {
			return nil, err
		}
		parser.Inspect(changed, func(n parser.Node, _ []parser.Node) error {
			if v, ok := n.(*parser.VectorSelector); ok {
				v.LabelMatchers = slices.DeleteFunc(v.LabelMatchers, func(o *labels.Matcher) bool { return o.String() == text })
			}
			return nil
		})
		all = append(all, change{matcher, text + " -> nowhere", changed.String(), s.stillPinned(changed, m)})
	}
	return all, nil
}

// commonMatchers are those that more than one selector has, in the order of the
// text.
func commonMatchers(root parser.Expr) []*labels.Matcher {
	count := map[string]int{}
	var common []*labels.Matcher
	for _, selector := range parser.ExtractSelectors(root) {
		for _, m := range selector {
			if m.Name == model.MetricNameLabel {
				continue
			}
			if count[m.String()]++; count[m.String()] == 2 {
				common = append(common, m)
			}
		}
	}
	return common
}

// stillPinned says whether recording rules alone see to it that all that matters
// has the value of a matcher.
func (s *ruleSet) stillPinned(root parser.Expr, m *labels.Matcher) equivalence {
	kept := true
	parser.Inspect(root, func(n parser.Node, _ []parser.Node) error {
		if e, ok := n.(parser.Expr); ok {
			kept = kept && keepsLabel(e, m.Name)
		}
		return nil
	})
	if m.Type == labels.MatchEqual && kept && s.pinned(root, m) {
		return recordedAlready
	}
	return ""
}

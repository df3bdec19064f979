package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// kind is a sort of change, as the page names it.
type kind string

// The kinds in the order of the page.
const (
	comparison  kind = "comparison"
	number      kind = "number"
	arithmetic  kind = "arithmetic operator"
	matcher     kind = "label matcher"
	period      kind = "range or offset"
	setOperator kind = "and, or, unless"
	grouping    kind = "labels of an aggregation or match"
	function    kind = "function"
	waiting     kind = "for"
	keepFiring  kind = "keep_firing_for"
	label       kind = "label of the alert"
	annotation  kind = "annotation"
)

var kinds = []kind{comparison, number, arithmetic, matcher, period, setOperator, grouping, function, waiting, keepFiring, label, annotation}

// verdict is what became of a mutant.
type verdict int

const (
	survived verdict = iota // no test noticed
	killed                  // a test failed
	invalid                 // Prometheus would not load it
)

// mutant is a rule with one change.
type mutant struct {
	rule    *rule
	kind    kind
	text    string // what was changed, into what: with the title, a key
	changed rulefmt.Rule

	// equal says why no test can notice, where that follows from the rules.
	equal equivalence
	trial *trial
	verdict
}

// mutants are those of all rules, or of the rules of one name, in the order of the
// file.
func (s *ruleSet) mutants(name string) ([]*mutant, error) {
	var all []*mutant
	trials := map[string]*trial{}
	for _, r := range s.rules {
		if name != "" && name != r.name() {
			continue
		}
		if trials[r.name()] == nil {
			trial, err := s.trial(r)
			if err != nil {
				return nil, err
			}
			trials[r.name()] = trial
		}
		changes, err := s.exprMutants(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.title, err)
		}
		changes = append(changes, fieldMutants(r)...)
		number := map[string]int{}
		for _, m := range changes {
			m.rule, m.trial = r, trials[r.name()]
			// The same change may be possible in several places.
			if number[m.text]++; number[m.text] > 1 {
				m.text = fmt.Sprintf("%s (%d)", m.text, number[m.text])
			}
		}
		all = append(all, changes...)
	}
	return all, nil
}

// exprMutants are changes of the expression.
func (s *ruleSet) exprMutants(r *rule) ([]*mutant, error) {
	changes, err := s.changes(r.Expr)
	if err != nil {
		return nil, err
	}
	var all []*mutant
	for _, c := range changes {
		m := &mutant{kind: c.kind, text: c.text, changed: r.Rule, equal: c.equal}
		m.changed.Expr = c.expr
		all = append(all, m)
	}
	return all, nil
}

// fieldMutants are changes of everything but the expression.
func fieldMutants(r *rule) []*mutant {
	var all []*mutant
	add := func(k kind, text string, change func(*rulefmt.Rule)) {
		m := &mutant{kind: k, text: text, changed: r.Rule}
		change(&m.changed)
		all = append(all, m)
	}
	for _, d := range otherDurations(r.For) {
		add(waiting, fmt.Sprintf("for: %s -> %s", r.For, d), func(c *rulefmt.Rule) { c.For = d })
	}
	for _, d := range otherDurations(r.KeepFiringFor) {
		add(keepFiring, fmt.Sprintf("keep_firing_for: %s -> %s", r.KeepFiringFor, d), func(c *rulefmt.Rule) { c.KeepFiringFor = d })
	}
	if old := r.Labels["severity"]; old != "" {
		is := "critical"
		if old == is {
			is = "warning"
		}
		add(label, fmt.Sprintf("severity: %s -> %s", old, is), func(c *rulefmt.Rule) {
			c.Labels = maps.Clone(c.Labels)
			c.Labels["severity"] = is
		})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Annotations)) {
		add(annotation, name+" -> empty", func(c *rulefmt.Rule) {
			c.Annotations = maps.Clone(c.Annotations)
			c.Annotations[name] = ""
		})
	}
	return all
}

// otherDurations are twice as long, half as long, and none.
func otherDurations(d model.Duration) []model.Duration {
	if d == 0 {
		return nil
	}
	return []model.Duration{2 * d, half(d), 0}
}

// half of a duration, in the milliseconds that Prometheus can write.
func half(d model.Duration) model.Duration {
	return model.Duration(time.Duration(d / 2).Truncate(time.Millisecond))
}

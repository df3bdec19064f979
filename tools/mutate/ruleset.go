package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

// Where rules and tests are below their folder, and below that of a mutant: the
// tests name the rules by a relative path.
const (
	rulesFile   = "generated/valkey.rules.yml"
	testsFolder = "tests"
)

// ruleSet is a rule file, and the tests of it.
type ruleSet struct {
	groups []rulefmt.RuleGroup
	rules  []*rule
	tests  []testFile
}

// rule is one rule of the file.
type rule struct {
	rulefmt.Rule
	title string // the name; with severity and window when others have the same
	group int
	index int
	expr  parser.Expr
	reads []string // names of the series that the expression reads
}

// name of the alert or of the series that is recorded.
func (r *rule) name() string { return r.Record + r.Alert }

func parse(expr string) (parser.Expr, error) {
	return parser.NewParser(parser.Options{}).ParseExpr(expr)
}

// checked reads rules as `promtool check rules` does.
func checked(content []byte) (*rulefmt.RuleGroups, error) {
	groups, errs := rulefmt.Parse(content, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	return groups, errors.Join(errs...)
}

func readRules(path string) (*ruleSet, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	set, err := newRuleSet(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return set, nil
}

func newRuleSet(content []byte) (*ruleSet, error) {
	groups, err := checked(content)
	if err != nil {
		return nil, err
	}
	set := &ruleSet{groups: groups.Groups}
	count := map[string]int{}
	for g, group := range set.groups {
		for i, r := range group.Rules {
			expr, err := parse(r.Expr)
			if err != nil {
				return nil, err
			}
			set.rules = append(set.rules, &rule{Rule: r, group: g, index: i, expr: expr, reads: seriesNames(expr)})
			count[r.Record+r.Alert]++
		}
	}
	for _, r := range set.rules {
		r.title = r.name()
		if count[r.name()] > 1 {
			r.title += " (" + strings.Join(r.variant(), ", ") + ")"
		}
	}
	return set, set.distinct()
}

// variant is what tells rules of one name apart.
func (r *rule) variant() []string {
	var values []string
	for _, label := range []string{"severity", "window"} {
		if v, ok := r.Labels[label]; ok {
			values = append(values, v)
		}
	}
	return values
}

// distinct fails if reasons could not say which rule they mean.
func (s *ruleSet) distinct() error {
	seen := map[string]bool{}
	for _, r := range s.rules {
		if seen[r.title] {
			return fmt.Errorf("there are two rules %s", r.title)
		}
		seen[r.title] = true
	}
	return nil
}

// seriesNames are the metrics and recordings that an expression reads.
func seriesNames(expr parser.Expr) []string {
	var names []string
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
		return nil
	})
	return names
}

// affected are the names of what may change when a rule does: the rule itself,
// and all rules that read it, directly or through others.
func (s *ruleSet) affected(r *rule) []string {
	names := []string{r.name()}
	for grown := r.Record != ""; grown; {
		grown = false
		for _, other := range s.rules {
			if !slices.Contains(names, other.name()) && meet(other.reads, names) {
				names, grown = append(names, other.name()), true
			}
		}
	}
	return names
}

// needed are the names that must be evaluated for others to be.
func (s *ruleSet) needed(names []string) []string {
	all := slices.Clone(names)
	for i := 0; i < len(all); i++ {
		for _, r := range s.rules {
			if r.name() != all[i] {
				continue
			}
			for _, read := range r.reads {
				if !slices.Contains(all, read) {
					all = append(all, read)
				}
			}
		}
	}
	return all
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// file is the rule file with one rule in the place of another, and without the
// rules that are not needed, whose evaluation would be in vain.
func (s *ruleSet) file(old *rule, changed rulefmt.Rule, needed []string) ([]byte, error) {
	var out rulefmt.RuleGroups
	for g, group := range s.groups {
		var rules []rulefmt.Rule
		for i, r := range group.Rules {
			switch {
			case g == old.group && i == old.index:
				rules = append(rules, changed)
			case slices.Contains(needed, r.Record+r.Alert):
				rules = append(rules, r)
			}
		}
		if len(rules) > 0 {
			group.Rules = rules
			out.Groups = append(out.Groups, group)
		}
	}
	return yaml.Marshal(out)
}

package main

import (
	"slices"
	"testing"
)

const rulesOfTests = `
groups:
  - name: one
    rules:
      - record: used:ratio
        expr: last_over_time(used_bytes{job="a"}[3m]) / (last_over_time(max_bytes{job="a"}[3m]) > 0)
      - record: used:ratio_max
        expr: max without (instance) (used:ratio{job="a"})
      - alert: High
        expr: used:ratio{job="a"} > 0.8
        for: 5m
        keep_firing_for: 1m
        labels: {severity: warning}
        annotations: {summary: much}
      - alert: HighEverywhere
        expr: used:ratio_max{job="a"} > 0.8
        labels: {severity: critical}
  - name: two
    rules:
      - alert: Deep
        expr: depth{job="a",queue="high"} > 10
        labels: {severity: critical}
      - alert: Deep
        expr: depth{job="a",queue="low"} > 100
        labels: {severity: warning}
`

func newSet(t *testing.T) *ruleSet {
	t.Helper()
	set, err := newRuleSet([]byte(rulesOfTests))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// called is the rule of a title.
func (s *ruleSet) called(t *testing.T, title string) *rule {
	t.Helper()
	i := slices.IndexFunc(s.rules, func(r *rule) bool { return r.title == title })
	if i < 0 {
		t.Fatalf("there is no rule %s", title)
	}
	return s.rules[i]
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, s := range got {
		if !slices.Contains(want, s) {
			t.Errorf("%s: not wanted: %s", what, s)
		}
	}
	for _, s := range want {
		if !slices.Contains(got, s) {
			t.Errorf("%s: missing: %s", what, s)
		}
	}
}

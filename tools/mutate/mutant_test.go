package main

import (
	"strings"
	"testing"
)

func TestRulesOfOneNameAreToldApart(t *testing.T) {
	set := newSet(t)
	for _, title := range []string{"used:ratio", "High", "Deep (critical)", "Deep (warning)"} {
		set.called(t, title)
	}
}

func TestTwoRulesThatNothingTellsApartAreAnError(t *testing.T) {
	_, err := newRuleSet([]byte("groups: [{name: g, rules: [{alert: A, expr: x}, {alert: A, expr: y}]}]"))
	if err == nil || !strings.Contains(err.Error(), "two rules A") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNotTheExpressionIsChangedToo(t *testing.T) {
	var got []string
	for _, m := range fieldMutants(newSet(t).called(t, "High")) {
		got = append(got, m.text)
	}
	equal(t, "High", got, []string{
		"for: 5m -> 10m", "for: 5m -> 2m30s", "for: 5m -> 0s",
		"keep_firing_for: 1m -> 2m", "keep_firing_for: 1m -> 30s", "keep_firing_for: 1m -> 0s",
		"severity: warning -> critical", "summary -> empty",
	})
}

func TestAMutantChangesItsOwnRuleOnly(t *testing.T) {
	set := newSet(t)
	before := *set.called(t, "High")
	mutants, err := set.mutants("")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, m := range mutants {
		key := m.rule.title + ": " + m.text
		if keys[key] {
			t.Errorf("two mutants are called %s", key)
		}
		keys[key] = true
	}
	after := set.called(t, "High")
	if after.Expr != before.Expr || after.For != before.For || after.Labels["severity"] != "warning" || after.Annotations["summary"] != "much" {
		t.Errorf("the rule itself was changed: %+v", after.Rule)
	}
}

func TestRecordingsAffectWhatReadsThem(t *testing.T) {
	set := newSet(t)
	equal(t, "affected", set.affected(set.called(t, "used:ratio")), []string{"used:ratio", "used:ratio_max", "High", "HighEverywhere"})
	equal(t, "affected", set.affected(set.called(t, "High")), []string{"High"})
	equal(t, "needed", set.needed([]string{"HighEverywhere"}), []string{"HighEverywhere", "used:ratio_max", "used:ratio", "used_bytes", "max_bytes"})
}

func TestTheFileOfAMutantHasWhatIsNeeded(t *testing.T) {
	set := newSet(t)
	high := set.called(t, "High")
	changed := high.Rule
	changed.Expr = "used:ratio > 7"
	content, err := set.file(high, changed, set.needed([]string{"High"}))
	if err != nil {
		t.Fatal(err)
	}
	again, err := newRuleSet(content)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range again.rules {
		got = append(got, r.title+": "+r.Expr)
	}
	equal(t, "rules", got, []string{"used:ratio: " + set.called(t, "used:ratio").Expr, "High: used:ratio > 7"})
}

func TestASampleIsSpreadEvenly(t *testing.T) {
	all := make([]*mutant, 10)
	for i := range all {
		all[i] = &mutant{}
	}
	picked := spread(all, 5)
	if len(picked) != 5 || picked[1] != all[2] || picked[4] != all[8] {
		t.Errorf("picked %v", picked)
	}
	if len(spread(all, 0)) != 10 || len(spread(all, 11)) != 10 {
		t.Error("0, or more than there are, is all")
	}
}

package main

import (
	"bytes"
	"strings"
	"testing"
)

func outcome() []*mutant {
	r := &rule{title: "High"}
	tested := &trial{units: []*unit{{}}}
	all := []*mutant{
		{rule: r, kind: comparison, text: "a", verdict: killed},
		{rule: r, kind: comparison, text: "b", verdict: killed},
		{rule: r, kind: matcher, text: `c{x=~"y|z"} -> c`, verdict: survived},
		{rule: r, kind: matcher, text: "d", verdict: survived, equal: otherSideDecides},
		{rule: r, kind: matcher, text: "e", verdict: invalid},
		{rule: r, kind: matcher, text: "f", verdict: killed, equal: otherSideDecides},
	}
	for _, m := range all {
		m.trial = tested
	}
	return all
}

func TestWhatIsLeftToDoIsSaid(t *testing.T) {
	untested := &mutant{rule: &rule{title: "Forgotten"}, text: "x", trial: &trial{}}
	var out bytes.Buffer
	if err := judge(append(outcome(), untested), nil, true).conclude(&out, 0); err == nil {
		t.Error("no error")
	}
	for _, want := range []string{
		"7 mutants: 3 killed, 2 survived, 1 equivalent, 1 invalid; score 60.0 %\n",
		"no test asks about: Forgotten\n",
		"High:\n    - mutations:\n        - c{x=~\"y|z\"} -> c\n      reason: \"\"\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestASurvivorNeedsAReasonAndAReasonASurvivor(t *testing.T) {
	survivor := `c{x=~"y|z"} -> c`
	for _, c := range []struct {
		name  string
		known reasons
		least float64
		whole bool
		want  string
	}{
		{"with a reason", reasons{"High": {survivor: "because"}}, 0.75, true, ""},
		{"too low", reasons{"High": {survivor: "because"}}, 0.76, true, "notice 75.0 %"},
		{"without a reason", reasons{}, 0.5, true, "survivors without a reason: 1"},
		{"a reason for what was killed", reasons{"High": {survivor: "because", "a": "why"}}, 0.5, true, "reasons without a survivor: 1"},
		{"a reason for nothing", reasons{"High": {survivor: "because"}, "Gone": {"a": "why"}}, 0.5, true, "reasons without a survivor: 1"},
		{"a reason for what was not run", reasons{"High": {survivor: "because"}, "Gone": {"a": "why"}}, 0.5, false, ""},
	} {
		var out bytes.Buffer
		err := judge(outcome(), c.known, c.whole).conclude(&out, c.least)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestThePageCountsAndNamesSurvivors(t *testing.T) {
	page := string(judge(outcome(), reasons{"High": {`c{x=~"y|z"} -> c`: "a | b\nc"}}, true).page())
	for _, want := range []string{
		"**Score: 75.0 %** of 4 mutants",
		"| comparison | 2 | 2 | 0 | 0 | 0 |\n| label matcher | 4 | 1 | 1 | 1 | 1 |\n| all | 6 | 3 | 1 | 1 | 1 |\n",
		"- 1: A matcher less",
		`| High | ` + "`" + `c{x=~"y\|z"} -> c` + "`" + ` | a \| b c |`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in:\n%s", want, page)
		}
	}
}

func TestReasonsAreWrittenForOneMutantOrForSeveral(t *testing.T) {
	got, err := parseReasons([]byte("High:\n  - {mutations: [a, b], reason: because}\n"))
	if err != nil || got["High"]["a"] != "because" || got["High"]["b"] != "because" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, wrong := range []string{
		"High: [{mutations: [a]}]",
		"High: [{reason: because}]",
		"High: [{mutations: [a, a], reason: because}]",
		"High: [{mutation: a, reason: because}]",
	} {
		if _, err := parseReasons([]byte(wrong)); err == nil {
			t.Errorf("%s: no error", wrong)
		}
	}
	if got, err := parseReasons([]byte("# nothing yet\n")); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

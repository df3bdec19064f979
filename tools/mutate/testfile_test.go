package main

import (
	"strings"
	"testing"
)

const testsOfTests = `
rule_files: [../generated/valkey.rules.yml]
tests:
  - name: High fires
    interval: 1m
    input_series:
      - {series: used_bytes, values: 0x30}
    alert_rule_test:
      - {eval_time: 5m, alertname: High, exp_alerts: [{exp_labels: &labels {severity: warning}}]}
  - name: Deep fires where High does not
    alert_rule_test:
      - {eval_time: 5m, alertname: High}
      - {eval_time: 5m, alertname: Deep, exp_alerts: [{exp_labels: {<<: *labels, queue: low}}]}
  - name: the ratio is right
    promql_expr_test:
      - {eval_time: 1m, expr: 'sum(used:ratio)'}
`

func TestOfATestFileWhatAsksAboutANameIsKept(t *testing.T) {
	file, err := parseTests("x.yml", []byte(testsOfTests))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		names []string
		want  [][]string // of each test, what has to be in it
		asked []string
	}{
		{
			[]string{"High"},
			[][]string{{"rule_files:", "High fires", "values: 0x30"}, {"rule_files:", "Deep fires", "severity: warning", "queue: low"}},
			[]string{"High", "Deep"},
		},
		{[]string{"Deep"}, [][]string{{"Deep fires", "severity: warning"}}, []string{"High", "Deep"}},
		{[]string{"used:ratio", "HighEverywhere"}, [][]string{{"the ratio"}}, []string{"used:ratio"}},
		{[]string{"Nothing"}, nil, nil},
	} {
		units, err := file.about(c.names)
		if err != nil {
			t.Fatal(err)
		}
		if len(units) != len(c.want) {
			t.Errorf("%v: got %d tests, want %d", c.names, len(units), len(c.want))
			continue
		}
		var asked []string
		for i, u := range units {
			asked = append(asked, u.asked...)
			for _, s := range c.want[i] {
				if !strings.Contains(string(u.content), s) {
					t.Errorf("%v: %q is missing in:\n%s", c.names, s, u.content)
				}
			}
			if strings.Count(string(u.content), "- name: ") != 1 || strings.ContainsAny(string(u.content), "&*") {
				t.Errorf("%v: not one test without aliases:\n%s", c.names, u.content)
			}
		}
		equal(t, strings.Join(c.names, " "), asked, c.asked)
	}
}

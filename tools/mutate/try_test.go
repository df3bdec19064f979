package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fake is a promtool that a script stands in for. It is run in the folder of the
// mutant, as promtool is.
func fake(t *testing.T, script string) options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "promtool")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return options{promtool: path, jobs: 2, timeout: time.Minute}
}

func mutantsOf(t *testing.T, name string) (*ruleSet, []*mutant) {
	t.Helper()
	set := newSet(t)
	tests, err := parseTests("x.yml", []byte(testsOfTests))
	if err != nil {
		t.Fatal(err)
	}
	set.tests = []testFile{tests}
	mutants, err := set.mutants(name)
	if err != nil {
		t.Fatal(err)
	}
	return set, mutants
}

func TestAMutantIsKilledWhenATestFails(t *testing.T) {
	o := fake(t, `[ "$*" = "test rules tests/x.yml" ] || exit 3
grep -q alertname tests/x.yml || exit 4
grep -q '> 0.8' generated/valkey.rules.yml || { echo '  FAILED:' >&2; exit 1; }`)
	set, mutants := mutantsOf(t, "High")
	if err := try(t.Context(), o, set, mutants); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mutants {
		if m.verdict == killed {
			got = append(got, m.text)
		}
	}
	equal(t, "killed", got, []string{
		"used:ratio > 0.8 -> >=", "used:ratio > 0.8 -> <", "used:ratio > 0.8: 0.8 -> 1.6", "used:ratio > 0.8: 0.8 -> 0.4",
	})
}

func TestWhatIsNoVerdictIsAnError(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"tests that fail without a change", "echo FAILED; exit 1", "tests fail on rules as they are, first make them pass: High"},
		{"promtool that does not run the tests", "echo what is that; exit 1", "what is that"},
		{"promtool that takes too long", "exec sleep 60", "more than 50ms"},
	} {
		o := fake(t, c.script)
		if strings.Contains(c.script, "sleep") {
			o.timeout = 50 * time.Millisecond
		}
		set, mutants := mutantsOf(t, "High")
		if err := try(t.Context(), o, set, mutants); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestAMutantThatPrometheusRefusesIsInvalid(t *testing.T) {
	set, mutants := mutantsOf(t, "High")
	m := mutants[0]
	m.changed.Expr = "rate(x)"
	if err := try(t.Context(), fake(t, "exit 0"), set, mutants[:1]); err != nil {
		t.Fatal(err)
	}
	if m.verdict != invalid {
		t.Errorf("got verdict %d", m.verdict)
	}
}

package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// narrowed is a test file with the groups of rules that its alerts are in, or
// read, and no others: promtool evaluates all rules at every step of every test,
// and asks only for the alerts that are named.
func narrowed(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const whole = "rule_files: [../generated/valkey.rules.yml]"
	if !strings.Contains(string(text), whole) {
		t.Fatalf("%s: want the line %s", path, whole)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "rules.yml"), needed(t, testFiles(t)[path]))
	test := filepath.Join(dir, filepath.Base(path))
	write(t, test, []byte(strings.Replace(string(text), whole, "rule_files: [rules.yml]", 1)))
	return test
}

// needed are the groups of the committed rules that a test file needs.
func needed(t *testing.T, f testFile) []byte {
	t.Helper()
	text, err := os.ReadFile("generated/valkey.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all ruleFile
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	wanted := f.asksFor(all) // and what that reads
	some := ruleFile{}
	for added := true; added; {
		added = false
		for _, g := range all.Groups {
			if g.defines(wanted) && !some.has(g.Name) {
				some.Groups = append(some.Groups, g)
				g.reads(all, wanted)
				added = true
			}
		}
	}
	out, err := yaml.Marshal(some)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// asksFor are the alerts and recordings that tests name.
func (f testFile) asksFor(all ruleFile) map[string]bool {
	names := map[string]bool{}
	for _, test := range f.Tests {
		for _, a := range test.Alerts {
			names[a.Name] = true
		}
		for _, q := range test.Queries {
			for _, g := range all.Groups {
				g.readBy(q.Expr, names)
			}
		}
	}
	return names
}

func (f ruleFile) has(name string) bool {
	return slices.ContainsFunc(f.Groups, func(g fileGroup) bool { return g.Name == name })
}

// defines says whether a group has one of these rules.
func (g fileGroup) defines(names map[string]bool) bool {
	return slices.ContainsFunc(g.Rules, func(r fileRule) bool { return names[r.Alert+r.Record] })
}

// reads adds the recordings that the rules of a group read.
func (g fileGroup) reads(all ruleFile, names map[string]bool) {
	for _, r := range g.Rules {
		for _, other := range all.Groups {
			other.readBy(r.Expr, names)
		}
	}
}

// readBy adds the recordings of a group that an expression reads.
func (g fileGroup) readBy(expr string, names map[string]bool) {
	for _, r := range g.Rules {
		if r.Record != "" && strings.Contains(expr, r.Record) {
			names[r.Record] = true
		}
	}
}

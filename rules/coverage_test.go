package rules_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

var update = flag.Bool("update", false, "rewrite ../docs/rule-coverage.md")

// proof is one of the five things that the tests have to show of each alert.
type proof int

const (
	fires    proof = iota // with its exact labels and texts
	quiet                 // one step below
	resolves              // when all is well again
	survives              // a scrape that fails
	healthy               // says nothing on a healthy server
	proofs
)

func (p proof) String() string {
	return [...]string{"fires", "stays quiet one step below", "resolves", "survives a missed scrape", "is quiet on a healthy server"}[p]
}

// exempt is what need not, or cannot, be shown of an alert, and why.
var exempt = map[alert.Name]map[proof]string{
	alert.Watchdog: {
		quiet:    "it always fires",
		resolves: "it always fires",
		survives: "it reads no metric",
		healthy:  "it always fires, also there",
	},
}

// shown is what the tests by hand show of each alert.
func shown(t *testing.T) map[alert.Name]map[proof]bool {
	t.Helper()
	all := map[alert.Name]map[proof]bool{}
	for _, name := range alert.Names() {
		all[name] = map[proof]bool{}
	}
	for path, f := range testFiles(t) {
		for _, test := range f.Tests {
			for _, name := range test.about() {
				if all[name] == nil {
					t.Errorf("%s: %q is about %s, which does not exist", path, test.Name, name)
					continue
				}
				test.show(name, all[name])
			}
		}
	}
	for name, families := range unseenWhenHealthy(t) {
		all[name][healthy] = len(families) == 0 && name != alert.Watchdog
	}
	return all
}

// about are the alerts that a test asks for.
func (test ruleTest) about() []alert.Name {
	names := map[alert.Name]bool{}
	for _, a := range test.Alerts {
		names[alert.Name(a.Name)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// show notes what a test shows of an alert.
func (test ruleTest) show(name alert.Name, shown map[proof]bool) {
	fired, ended, silent := false, false, true
	for _, a := range test.Alerts {
		switch {
		case a.Name != string(name):
		case len(a.Expect) > 0:
			silent = false
			fired = fired || a.exact()
		default:
			ended = ended || fired
		}
	}
	shown[fires] = shown[fires] || fired
	shown[resolves] = shown[resolves] || ended
	begins := func(claim string) bool { return strings.HasPrefix(test.Name, string(name)+" "+claim) }
	shown[quiet] = shown[quiet] || silent && begins("stays quiet")
	shown[survives] = shown[survives] || fired && begins("survives a missed scrape") && test.misses()
}

// exact says whether labels and all texts of each alert are given.
func (a alertTest) exact() bool {
	for _, e := range a.Expect {
		for _, text := range []string{"summary", "description", "runbook_url", "dashboard_url"} {
			if e.Annotations[text] == "" {
				return false
			}
		}
		if e.Labels["severity"] == "" || e.Labels["component"] == "" || e.Labels["team"] == "" {
			return false
		}
	}
	return true
}

// misses says whether a scrape fails, as Prometheus marks that.
func (test ruleTest) misses() bool {
	for _, s := range test.InputSeries {
		if strings.Contains(s.Values, "stale") {
			return true
		}
	}
	return false
}

func TestEachAlertIsProvedInEachWay(t *testing.T) {
	all := shown(t)
	for _, name := range alert.Names() {
		for p := range proofs {
			reason := exempt[name][p]
			switch {
			case !all[name][p] && reason == "":
				t.Errorf("no test shows that %s %s", name, p)
			case all[name][p] && reason != "":
				t.Errorf("%s %s, although it is exempt because %s", name, p, reason)
			}
		}
	}
	page := coverage(all)
	if t.Failed() {
		t.Logf("\n%s", page)
		return
	}
	compare(t, "../docs/rule-coverage.md", page)
}

// coverage is the page that shows it.
func coverage(all map[alert.Name]map[proof]bool) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- written by the tests of package rules, by `make golden` -->\n\n# What is proved of each alert\n\n" +
		"By tests for promtool in `rules/tests`, written by hand, and by the replay of recorded healthy days in `testdata/healthy`. " +
		"They run with the newest and the oldest version of Prometheus that the rules are made for.\n\n| alert |")
	for p := range proofs {
		fmt.Fprintf(&b, " %s |", p)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", int(proofs)) + "|\n")
	for _, name := range alert.Names() {
		fmt.Fprintf(&b, "| [%s](runbooks/%s.md) |", name, name)
		for p := range proofs {
			if all[name][p] {
				b.WriteString(" yes |")
			} else {
				fmt.Fprintf(&b, " %s |", exempt[name][p])
			}
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

func compare(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale (%v): run make golden", path, err)
	}
}

// The alerts that the tests fire are rules with the severities and teams of the
// default configuration, so that a test cannot go on about a rule that is gone.
func TestEveryExpectedLabelIsOneThatTheRuleHas(t *testing.T) {
	labels := map[alert.Name][]string{}
	for _, a := range rules.Alerts() {
		for _, l := range a.Labels(config.Default()) {
			labels[a.Name] = append(labels[a.Name], string(l))
		}
	}
	for path, f := range testFiles(t) {
		for _, test := range f.Tests {
			for _, a := range test.Alerts {
				for _, e := range a.Expect {
					for l := range e.Labels {
						if !slices.Contains(labels[alert.Name(a.Name)], l) {
							t.Errorf("%s: %q expects a label %s", path, test.Name, l)
						}
					}
				}
			}
		}
	}
}

package firststeps_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config/alert"
	"valkey-exporter/internal/firststeps"
	"valkey-exporter/rules"
)

var update = flag.Bool("update", false, "rewrite steps.json")

// The file says what the runbooks say.
func TestStepsAreThoseOfTheRunbooks(t *testing.T) {
	all := map[alert.Name][]firststeps.Step{}
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, a := range rules.Alerts() {
		for _, m := range a.Runbook.Mitigation {
			if p := placeholder.FindString(m); p != "" {
				t.Errorf("a mitigation of %s names %s, whose value is the configuration's: it cannot be in a file", a.Name, p)
			}
			all[a.Name] = append(all[a.Name], firststeps.Parse(m))
		}
	}
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(all); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("steps.json", want.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile("steps.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("steps.json is not what the runbooks say: go test ./internal/firststeps -update")
	}
}

func TestStepsOfAnAlert(t *testing.T) {
	if *update {
		return // what is embedded is the file as it was before
	}
	for _, name := range alert.Names() {
		if steps := firststeps.Of(name); len(steps) == 0 && name != alert.QueueUnreadable && name != alert.Watchdog {
			t.Errorf("nothing is said to do about %s", name)
		}
	}
	denied := firststeps.Of(alert.QueueUnreadable, "denied")
	if len(denied) == 0 || slices.Equal(denied, firststeps.Of(alert.QueueUnreadable, "wrong_type")) {
		t.Errorf("what to do about a queue that may not be read is %q, want what is said of that reason", denied)
	}
	tls, both := firststeps.Of(alert.Insecure, "tls"), firststeps.Of(alert.Insecure, "tls", "command_keys")
	if !strings.HasPrefix(tls[0], "Set tls-port") || !strings.HasPrefix(both[0], "ACL SETUSER default") || !strings.HasPrefix(both[1], "Set tls-port") {
		t.Errorf("without TLS it says %q, and with a dangerous command %q", tls, both)
	}
	if steps := firststeps.Of("NoSuchAlert"); steps != nil {
		t.Errorf("of an alert that does not exist: %q", steps)
	}
}

func TestParse(t *testing.T) {
	s := firststeps.Parse("`no_such_db` and `moved`: run `LLEN queue:high` **now**.")
	if want := "no_such_db and moved: run LLEN QUEUE now."; s.Text != want || !slices.Equal(s.Reasons, []string{"no_such_db", "moved"}) {
		t.Errorf("%q for %q, want %q", s.Text, s.Reasons, want)
	}
	if s := firststeps.Parse("`a`, `b` and `c_d`: stop."); !slices.Equal(s.Reasons, []string{"a", "b", "c_d"}) {
		t.Errorf("three reasons are %q", s.Reasons)
	}
	if s := firststeps.Parse("`OOM`: raise it."); s.Reasons != nil {
		t.Errorf("OOM is taken for a reason: %q", s.Reasons)
	}
}

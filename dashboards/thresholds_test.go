package dashboards_test

import (
	"fmt"
	"strings"
	"testing"

	"valkey-exporter/config"
)

// stepsOf are the thresholds of a panel as text, the lowest first.
func stepsOf(t *testing.T, c config.Validated, uid, title string) string {
	t.Helper()
	var all []string
	for _, step := range panelOf(t, c, uid, title).FieldConfig.Defaults.Thresholds.Steps {
		all = append(all, fmt.Sprintf("%v from %v", step["color"], step["value"]))
	}
	return strings.Join(all, ", ")
}

func panelOf(t *testing.T, c config.Validated, uid, title string) boardPanel {
	t.Helper()
	for _, b := range built(t, c) {
		for _, p := range b.all() {
			if b.UID == uid && p.Title == title {
				return p
			}
		}
	}
	t.Fatalf("no panel %q in %s", title, uid)
	return boardPanel{}
}

// The line in a graph is the number at which the alert fires, in the colour of
// what happens then.
func TestLinesAreThoseOfTheAlerts(t *testing.T) {
	for _, c := range []struct {
		name, config, uid, title, want string
	}{
		{"a warning and a page", "", "valkey-overview", "Memory, share of the limit", "transparent from <nil>, orange from 0.8, red from 0.95"},
		{"a tile is green where it is good", "", "valkey-overview", "Servers down", "green from <nil>, red from 1"},
		{"a tile of all servers is not red because of a pure cache", "", "valkey-overview", "Fullest memory", "green from <nil>, orange from 0.8"},
		{"bad is what is below", "", "valkey-cache", "Hit rate", "orange from <nil>, transparent from 0.7"},
		{"another threshold", "alerts: {thresholds: {memory_high: 0.7}}", "valkey-overview", "Memory, share of the limit", "transparent from <nil>, orange from 0.7, red from 0.95"},
		{"another severity", "alerts: {severity: {ValkeyHighMemory: critical}}", "valkey-overview", "Memory, share of the limit", "transparent from <nil>, red from 0.8, red from 0.95"},
		{"for the record", "alerts: {severity: {ValkeyHighMemory: info}}", "valkey-overview", "Memory, share of the limit", "transparent from <nil>, yellow from 0.8, red from 0.95"},
		{"an alert that is off", "alerts: {severity: {ValkeyMemoryCritical: off}}", "valkey-overview", "Memory, share of the limit", "transparent from <nil>, orange from 0.8"},
		{"a threshold that is off", "alerts: {thresholds: {memory_high: off, memory_critical: off}}", "valkey-overview", "Fullest memory", "blue from <nil>"},
		{"nobody judges", "", "valkey-overview", "Oldest job", "blue from <nil>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := stepsOf(t, parsed(t, c.config), c.uid, c.title); got != c.want {
				t.Errorf("%s: %s, want %s", c.title, got, c.want)
			}
		})
	}
}

// The limits of queues are those of the configuration, each in the colour of its
// queue's severity.
func TestLimitsAreThoseOfTheQueues(t *testing.T) {
	c := parsed(t, "queues: [{key: a, max_length: 7, max_age: off, severity: critical}, {key: b, max_length: 9, max_age: off, severity: warning}]")
	p := panelOf(t, c, "valkey-queues", "Entries in the queue")
	colours := map[string]string{}
	for _, o := range p.FieldConfig.Overrides {
		for _, prop := range o.Properties {
			if prop.ID == "color" {
				colours[o.Matcher.Options] = fmt.Sprint(prop.Value)
			}
		}
	}
	for _, want := range []struct{ limit, queue, colour string }{{"+ 7", `queue="a"`, "red"}, {"+ 9", `queue="b"`, "orange"}} {
		found := false
		for _, target := range p.Targets {
			if strings.Contains(target.Expr, want.limit) {
				found = true
				if !strings.Contains(target.Expr, want.queue) || !strings.Contains(colours[target.RefID], want.colour) {
					t.Errorf("%s is %s in %s", target.Expr, colours[target.RefID], target.RefID)
				}
			}
		}
		if !found {
			t.Errorf("no query with the limit %s", want.limit)
		}
	}
}

func TestDescriptionsNameTheAlertWithItsThresholdAndRunbook(t *testing.T) {
	c := parsed(t, "alerts: {thresholds: {memory_high: 0.75}, runbook_url: 'https://wiki.example/{name}'}")
	text := panelOf(t, c, "valkey-overview", "Memory, share of the limit").Description
	for _, want := range []string{
		"Share of maxmemory that is in use", "**Bad:** Close to 100 %", "**First:** See what grows",
		"[ValkeyHighMemory](https://wiki.example/ValkeyHighMemory) (warning, after 5m): ", "more than 75 % of the memory",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	off := panelOf(t, parsed(t, "alerts: {severity: {ValkeyHighMemory: off}}"), "valkey-overview", "Memory, share of the limit").Description
	if strings.Contains(off, "ValkeyHighMemory") {
		t.Errorf("an alert that is off is told of:\n%s", off)
	}
}

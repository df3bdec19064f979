//go:build unix

package main

import (
	"os"
	"strings"
	"testing"

	"valkey-exporter/internal/fault"
)

// The page is written by hours of work, so that a test can only see whether it is
// about the faults that there are and what they want.
func TestThePageIsAboutAllFaults(t *testing.T) {
	text, err := os.ReadFile("../docs/detection.md")
	if err != nil {
		t.Fatalf("%v: run make e2e-full", err)
	}
	page := string(text)
	for _, f := range fault.Faults() {
		if !strings.Contains(page, "| `"+f.Name+"` | "+f.Does+" |") {
			t.Errorf("%s: its sentence is missing or another: run make e2e-full", f.Name)
		}
		for _, w := range f.Wants {
			if row := "| " + where(found{Want: w}) + " | " + string(w.Severity) + " |"; !strings.Contains(page, row) {
				t.Errorf("%s: %s is missing: run make e2e-full", f.Name, row)
			}
		}
	}
	if strings.Contains(page, "Not all of it was as it must be") || strings.Contains(page, "times faster than in life: times") {
		t.Error("it is the page of a run that failed, or of a fast one: run make e2e-full")
	}
}

func TestWavesHaveAllFaultsOnce(t *testing.T) {
	all := fault.Faults()
	seen := map[string]int{}
	for _, wave := range waves(all, 9) {
		if len(wave) > 9 {
			t.Errorf("a wave of %d", len(wave))
		}
		for _, f := range wave {
			seen[f.Name]++
		}
	}
	for _, f := range all {
		if seen[f.Name] != 1 {
			t.Errorf("%s is in %d waves", f.Name, seen[f.Name])
		}
	}
	if got := waves(nil, 9); len(got) != 1 {
		t.Errorf("without faults there are %d waves, want one for what is healthy", len(got))
	}
	if got := waves(all, 0); len(got) != 1 || len(got[0]) != len(all) {
		t.Errorf("all at once are %d waves", len(got))
	}
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--pace=0", "at least 1"},
		{"--at-once=-1", "not below 0"},
		{"--nonsense", "--help"},
	} {
		if _, err := parse(strings.Fields(c.args)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", c.args, err, c.want)
		}
	}
	if _, err := (flags{faults: []string{"nonsense"}}).wanted(); err == nil || !strings.Contains(err.Error(), "memory-85") {
		t.Errorf("an unknown fault: %v, want those that there are", err)
	}
}

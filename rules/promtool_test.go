//go:build unix

package rules_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config"
)

// promtools are the versions that the rules are proved with.
func promtools(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"newest": os.Getenv("PROMTOOL"), "oldest": os.Getenv("PROMTOOL_OLDEST")}
	for name, path := range all {
		switch {
		case path == "none" && name == "oldest" && os.Getenv("CI") == "":
			delete(all, name) // this platform has no package of it
		case path == "" || path == "none":
			t.Fatalf("PROMTOOL and PROMTOOL_OLDEST are not set: run make test")
		}
	}
	return all
}

// promtool runs it and returns what it says.
func promtool(t *testing.T, path string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestPromtoolAcceptsTheRules(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"default": "", "two jobs": "alerts: {jobs: [a, b.c]}", "no queues": "queues: []",
		"many queues":  "queues: [{key: a}, {key: b, db: 3, severity: critical}, {pattern: 'x[0-9]*', severity: none}, {pattern: '*', role: dead_letter}, {key: 'it''s \"{{ odd }}\"', severity: info}]",
		"braces":       "queues: [{key: '{{{{x}}'}, {key: '{{{x', severity: critical}, {key: 'a{{\"}}', severity: info}, {pattern: '{{*', db: 1}]",
		"one severity": "alerts: {severity: {QueueBackup: info, QueueOldestMessageTooOld: info, QueueLatencySLOBurn: info, QueueNotBeingProcessed: info}}",
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".yml")
		if err := os.WriteFile(path, prometheusFile(t, parsed(t, text)), 0o600); err != nil {
			t.Fatal(err)
		}
		for version, tool := range promtools(t) {
			if out, err := promtool(t, tool, "check", "rules", "--lint=all", "--lint-fatal", path); err != nil {
				t.Errorf("%s, %s promtool: %v\n%s", name, version, err, out)
			}
		}
	}
}

// What the tests test is what is committed; that it is current is tested in
// cmd/bundle.
func TestRules(t *testing.T) {
	paths, err := filepath.Glob("tests/*.yml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no test files", err)
	}
	slices.Sort(paths)
	for version, tool := range promtools(t) {
		for _, path := range paths {
			t.Run(version+"/"+filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				if out, err := promtool(t, tool, "test", "rules", narrowed(t, path)); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// The queues of the configuration are part of the proof: the tests are written
// for the default.
func TestTheCommittedRulesAreThoseOfTheDefault(t *testing.T) {
	committed, err := os.ReadFile("generated/valkey.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(committed), string(prometheusFile(t, config.Default()))) {
		t.Error("generated/valkey.rules.yml is stale: run make generate")
	}
}

package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/config/alert"
)

func TestTheDefaultAlertsAreThoseOfTheSpecification(t *testing.T) {
	a := Default().Alerts()
	if !slices.Equal(a.Jobs, []string{"valkey"}) || a.Team == "" || len(a.Teams)+len(a.Labels)+len(a.Severity) > 0 {
		t.Errorf("got %+v", a)
	}
	for threshold, want := range map[Threshold]float64{MemoryHigh: 0.8, EvictionRate: 100, HitRateLow: 0.7, FragmentationWaste: 128 << 20, Stalled: 300, CommandLatency: 0.001} {
		if got, on := a.Thresholds.Get(threshold); !on || got != want {
			t.Errorf("%s: want %g, got %g, on: %v", threshold, want, got, on)
		}
	}
}

func TestTheDefaultFileLeavesNoSettingOfTheAlertsOut(t *testing.T) {
	r := &report{file: "default.yml"}
	var v Validated
	have := topLevel.fill(r, document(r, defaultFile), &v)
	inside := alertFields.fill(r, have["alerts"].node, &v.alerts)
	checkComplete(t, "alerts.", alertFields.names(), inside)
	checkComplete(t, "alerts.thresholds.", thresholdFields.names(), thresholdFields.fill(r, inside["thresholds"].node, &v.alerts.Thresholds))
	for _, threshold := range AllThresholds() {
		if _, on := v.alerts.Thresholds.Get(threshold); !on {
			t.Errorf("default.yml has %s off", threshold)
		}
	}
}

func TestAlertsAreReadAsWritten(t *testing.T) {
	v := parsed(t, `
alerts:
  jobs: one
  team: ops
  teams: {queue: jobs}
  labels: {cluster: prod}
  runbook_url: https://wiki.example/{name}
  grafana_url: https://grafana.example/
  severity: {ValkeyDown: warning, ValkeyExpiryStorm: off}
  thresholds: {memory_high: 0.9, hit_rate_low: off, stalled: 1h30m, fragmentation_waste: 1MiB, eviction_rate: 0.5}
`)
	roundTrip(t, v)
	got := v.Alerts()
	want := Default().Alerts()
	want.Jobs, want.Team, want.Teams = []string{"one"}, "ops", map[alert.Component]string{alert.Queue: "jobs"}
	want.Labels = map[string]string{"cluster": "prod"}
	want.RunbookURL, want.GrafanaURL = "https://wiki.example/{name}", "https://grafana.example"
	want.Severity = map[alert.Name]Limit[Severity]{alert.Down: At(Warning), alert.ExpiryStorm: {}}
	want.Thresholds[MemoryHigh], want.Thresholds[HitRateLow] = At(0.9), Limit[float64]{}
	want.Thresholds[Stalled], want.Thresholds[FragmentationWaste], want.Thresholds[EvictionRate] = At(5400.0), At(1048576.0), At(0.5)
	if d := cmp.Diff(want, got, compareFields); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got.TeamOf(alert.Queue) != "jobs" || got.TeamOf(alert.Cache) != "ops" {
		t.Errorf("teams: %q and %q", got.TeamOf(alert.Queue), got.TeamOf(alert.Cache))
	}
	if v.Equal(Default()) || !v.Equal(parsed(t, printed(t, v))) {
		t.Error("Equal does not see the alerts")
	}
}

func printed(t *testing.T, v Validated) string {
	t.Helper()
	text, err := v.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheAlertsHandedOutAreTheCallersOwn(t *testing.T) {
	a := Default().Alerts()
	a.Jobs[0] = "changed"
	a.Labels["changed"] = "yes"
	a.Severity[alert.Down] = At(Info)
	if b := Default().Alerts(); b.Jobs[0] != "valkey" || len(b.Labels)+len(b.Severity) > 0 {
		t.Errorf("the default was changed: %+v", b)
	}
}

func TestEveryThresholdHasItsName(t *testing.T) {
	seen := map[string]bool{}
	for _, threshold := range AllThresholds() {
		name := threshold.String()
		if name == "" || seen[name] || strings.ToLower(name) != name {
			t.Errorf("threshold %d is called %q", threshold, name)
		}
		seen[name] = true
	}
}

func TestNamesOfAlertsAreUnique(t *testing.T) {
	names := alert.Names()
	seen := map[alert.Name]bool{}
	for _, n := range names {
		seen[n] = true
	}
	if len(seen) != len(names) {
		t.Errorf("%d names, %d different ones", len(names), len(seen))
	}
}

package rules_test

import (
	"strings"
	"testing"

	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// Looks may be rare on purpose. Three missed ones are late then, not a minute;
// without looks there is nothing to be late.
func TestLooksAreLateByTheirOwnInterval(t *testing.T) {
	for text, want := range map[string]string{
		"":                         `last_over_time(redis_exporter_queue_look_age_seconds{job="valkey"}[3m]) > 60`,
		"observe: {interval: 20s}": `last_over_time(redis_exporter_queue_look_age_seconds{job="valkey"}[3m]) > 60`,
		"observe: {interval: 5m}":  `last_over_time(redis_exporter_queue_look_age_seconds{job="valkey"}[3m]) > 900 and last_over_time(redis_exporter_queue_look_age_seconds{job="valkey"}[3m]) > 60`,
		"observe: {interval: off}": "",
		"alerts: {thresholds: {look_age: off}}\nobserve: {interval: 5m}": "",
	} {
		if got := expressions(t, text, alert.QueueLooksFailing); got != want {
			t.Errorf("%q: got\n%s\nwant\n%s", text, got, want)
		}
	}
}

// The description says which limit counts.
func TestALongIntervalOfLooksIsSaid(t *testing.T) {
	for _, g := range rules.Build(parsed(t, "observe: {interval: 5m}")) {
		for _, r := range g.Rules {
			if r.Alert == alert.QueueLooksFailing && !strings.HasSuffix(r.Description, " Limits: three times observe.interval 15m.") {
				t.Errorf("it says %q", r.Description)
			}
		}
	}
}

// absent over several jobs would wait for the last of them.
func TestEachJobHasAnAbsenceOfItsOwn(t *testing.T) {
	got := expressions(t, "alerts: {jobs: [a, b]}", alert.MetricsAbsent)
	for _, want := range []string{
		`absent(redis_up{job="a"}) unless on (job) max_over_time(up{job=~"a|b"}[3m]) == 0`,
		`absent(redis_up{job="b"}) unless on (job) max_over_time(up{job=~"a|b"}[3m]) == 0`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

// expressions are those of an alert, each on one line.
func expressions(t *testing.T, configuration string, name alert.Name) string {
	t.Helper()
	var all []string
	for _, g := range rules.Build(parsed(t, configuration)) {
		for _, r := range g.Rules {
			if r.Alert == name {
				all = append(all, strings.Join(strings.Fields(r.Expr), " "))
			}
		}
	}
	return strings.Join(all, "\n")
}

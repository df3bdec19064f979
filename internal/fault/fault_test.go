//go:build unix

package fault_test

import (
	"slices"
	"strings"
	"testing"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/fault"
	"valkey-exporter/rules"
)

// What can go wrong with a cache and a job queue, of which each has a fault here.
var asked = map[string]string{
	"memory to 85 %":                    "memory-85",
	"memory to 97 %":                    "memory-97",
	"an eviction storm":                 "eviction-storm",
	"a queue evicted under allkeys-lru": "queue-evicted",
	"a cold cache":                      "cold-cache",
	"a key class that leaks":            "missing-ttl",
	"a lock that is never released":     "stuck-lock",
	"a pool that leaks":                 "connection-leak",
	"a subscriber that hangs":           "slow-subscriber",
	"subscribers that hear nothing":     "deaf-subscribers",
	"stalled workers":                   "stalled-workers",
	"slow workers":                      "slow-workers",
	"poison jobs":                       "poison-jobs",
	"dead letters past 100":             "dead-letters",
	"LIFO starvation":                   "lifo-starvation",
	"EXPIRE on processing":              "expiring-jobs",
	"FLUSHDB":                           "flushdb",
	"slow commands":                     "slow-commands",
	"commands slower than they should":  "large-writes",
	"clients to the limit":              "clients-at-limit",
	"AOF directory read-only":           "aof-folder-readonly",
	"failed BGSAVE":                     "bgsave-failed",
	"an AOF that only grows":            "aof-never-rewritten",
	"no snapshot for too long":          "snapshot-never-due",
	"CONFIG SET appendonly no":          "config-drift",
	"server killed":                     "server-killed",
	"server SIGSTOPped":                 "server-frozen",
	"a script that does not end":        "script-blocks",
	"server restarted and loading":      "loading",
	"replica link cut":                  "replica-cut",
	"replica link too slow":             "replica-slow",
	"exporter killed":                   "exporter-killed",
	"Prometheus target removed":         "target-removed",
	"wrong password":                    "wrong-password",
	"clock skew of the jobs":            "clock-skew",
}

func TestEachThingThatGoesWrongHasAFault(t *testing.T) {
	var names []string
	for _, f := range fault.Faults() {
		if slices.Contains(names, f.Name) {
			t.Errorf("two faults are called %s", f.Name)
		}
		names = append(names, f.Name)
	}
	for what, name := range asked {
		if _, ok := fault.Named(name); !ok {
			t.Errorf("%s: there is no fault %s", what, name)
		}
	}
	if len(names) != len(asked) {
		t.Errorf("%d faults, want %d: a new one is listed in this test too", len(names), len(asked))
	}
}

func TestFaultsSayWhatTheyDo(t *testing.T) {
	short := 0
	for _, f := range fault.Faults() {
		if !strings.HasSuffix(f.Does, ".") || len(f.Wants) == 0 || f.Break == nil {
			t.Errorf("%s: needs a sentence, an alert that must arrive, and a way to break something", f.Name)
		}
		for _, w := range f.Wants {
			if w.Within <= 0 || w.Resolved <= 0 {
				t.Errorf("%s: %s has no time within which it arrives, or is over", f.Name, w.Alert)
			}
		}
		if f.Short {
			short++
		}
	}
	if short < 6 || short > 10 {
		t.Errorf("the short proof has %d faults: six show little, and more than ten take too long", short)
	}
}

// A fault can only want what the rules can fire and the routes tell.
func TestWantedAlertsExistWithTheirSeverity(t *testing.T) {
	severities := map[alert.Name][]string{}
	for _, g := range rules.Build(config.Default()) {
		for _, r := range g.Rules {
			severities[r.Alert] = append(severities[r.Alert], r.Labels["severity"])
		}
	}
	for _, f := range fault.Faults() {
		for _, w := range f.Wants {
			if !slices.Contains(severities[w.Alert], string(w.Severity)) {
				t.Errorf("%s: %s is %v, not %s", f.Name, w.Alert, severities[w.Alert], w.Severity)
			}
			if w.Nobody != (w.Severity == config.Info) {
				t.Errorf("%s: %s is %s: only what is for information is told to nobody", f.Name, w.Alert, w.Severity)
			}
		}
	}
}

// What a fault says is muted must be an effect of one of its alerts.
func TestMutedAlertsHaveACause(t *testing.T) {
	mutes := alertmanager.Mutes(config.Default())
	for _, f := range fault.Faults() {
		for _, effect := range f.Muted {
			if !slices.ContainsFunc(mutes, func(m alertmanager.Mute) bool {
				return m.Effect.Name == effect && slices.ContainsFunc(f.Wants, func(w fault.Want) bool {
					return m.Cause.Name == w.Alert && m.Cause.Severity == w.Severity
				})
			}) {
				t.Errorf("%s: nothing that it wants mutes %s", f.Name, effect)
			}
		}
	}
}

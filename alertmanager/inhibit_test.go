//go:build unix

package alertmanager_test

import (
	"slices"
	"strings"
	"testing"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// A circle would keep all of its alerts quiet at once.
func TestInhibitionsHaveNoCycle(t *testing.T) {
	for name, c := range configurations(t, "newest") {
		effects := map[node][]node{}
		for _, m := range alertmanager.Mutes(c) {
			effects[m.Cause] = append(effects[m.Cause], m.Effect)
		}
		done := map[node]bool{}
		var visit func(path []node, n node)
		visit = func(path []node, n node) {
			if slices.Contains(path, n) {
				t.Fatalf("%s: a cycle: %v", name, append(path, n))
			}
			if done[n] {
				return
			}
			for _, next := range effects[n] {
				visit(append(slices.Clone(path), n), next)
			}
			done[n] = true
		}
		for n := range effects {
			visit(nil, n)
		}
	}
}

// To Alertmanager two missing labels are equal: a rule whose labels a source or a
// target lacks would mute what has nothing to do with it.
func TestEveryEqualLabelIsOnEachSourceAndTarget(t *testing.T) {
	for name, c := range configurations(t, "newest") {
		for i, rule := range read(t, c).InhibitRules {
			sources, targets := 0, 0
			for _, n := range nodes(c) {
				labels := labelsOf(c, n, func(string) string { return "x" })
				source, target := matches(t, rule.Source, labels), matches(t, rule.Target, labels)
				if source {
					sources++
				}
				if target {
					targets++
				}
				for _, l := range rule.Equal {
					if _, ok := labels[l]; !ok && (source || target) {
						t.Errorf("%s: rule %d wants the label %s to be equal, and %s has none", name, i, l, n.Name)
					}
				}
				if source && target {
					t.Errorf("%s: rule %d: %s mutes itself", name, i, n.Name)
				}
			}
			if sources == 0 || targets == 0 || len(rule.Equal) == 0 {
				t.Errorf("%s: rule %d has %d sources, %d targets, and %d labels", name, i, sources, targets, len(rule.Equal))
			}
		}
	}
}

func TestNoAlertIsKeptQuietByALesserOne(t *testing.T) {
	order := []config.Severity{config.Critical, config.Warning, config.Info, config.None}
	for name, c := range configurations(t, "newest") {
		for _, m := range alertmanager.Mutes(c) {
			if slices.Index(order, m.Cause.Severity) > slices.Index(order, m.Effect.Severity) {
				t.Errorf("%s: %v keeps %v quiet", name, m.Cause, m.Effect)
			}
		}
	}
}

// In odd.yml nobody is told of warnings, and of the severity info the jobs team
// alone.
func TestACauseThatNobodyIsToldOfMutesNothing(t *testing.T) {
	for _, m := range alertmanager.Mutes(loaded(t, "testdata/odd.yml")) {
		isQueue := strings.HasPrefix(string(m.Cause.Name), "Queue")
		if m.Cause.Severity == config.Warning || m.Cause.Severity == config.None || m.Cause.Severity == config.Info && !isQueue {
			t.Errorf("%v keeps %v quiet, and nobody is told", m.Cause, m.Effect)
		}
	}
}

// What the one who is woken by a cause still has to know. The list is longer in the
// table; these are the ones that must never get into it.
func TestWhatIsNeverMutedByAnOutage(t *testing.T) {
	for _, m := range alertmanager.Mutes(config.Default()) {
		unknown := slices.Contains([]alert.Name{alert.ExporterDown, alert.MetricsAbsent, alert.TargetMissing}, m.Cause.Name)
		reason := slices.Contains([]alert.Name{
			alert.QueueMessagesVanished, alert.CrashLooping, alert.AOFWriteFailed, alert.WritesRejected, alert.MemoryCritical,
			alert.MemoryUnbounded, alert.MemorySwapped, alert.MainThreadSaturated, alert.SlowCommands, alert.ConnectionsRejected,
		}, m.Effect.Name)
		if reason && !unknown {
			t.Errorf("%v keeps %v quiet", m.Cause, m.Effect)
		}
		if m.Effect.Name == alert.Watchdog || m.Effect.Name == alert.MetricsAbsent {
			t.Errorf("%v keeps %v quiet", m.Cause, m.Effect)
		}
	}
}

// The chains that an operator expects, written down by hand.
func TestCausesMuteTheirEffects(t *testing.T) {
	critical, warning := config.Critical, config.Warning
	want := []struct {
		cause, effect node
		same          string
	}{
		{node{alert.MetricsAbsent, critical}, node{alert.Down, critical}, "job"},
		{node{alert.ExporterDown, critical}, node{alert.Down, critical}, "job instance"},
		{node{alert.ExporterDown, critical}, node{alert.QueueBackup, critical}, "job instance"},
		{node{alert.ExporterDown, critical}, node{alert.StateNotSaved, warning}, "job instance"},
		{node{alert.TargetMissing, warning}, node{alert.HighMemory, warning}, "job instance"},
		{node{alert.Down, critical}, node{alert.QueueNotBeingProcessed, critical}, "job instance"},
		{node{alert.Down, critical}, node{alert.QueueLooksFailing, warning}, "job instance"},
		{node{alert.Down, critical}, node{alert.CommandLatencyHigh, warning}, "job instance"},
		{node{alert.Blocked, critical}, node{alert.QueueNotBeingProcessed, critical}, "job instance"},
		{node{alert.Blocked, critical}, node{alert.ScrapeIncomplete, warning}, "job instance"},
		{node{alert.LoadingDataset, warning}, node{alert.CommandLatencyHigh, warning}, "job instance"},
		{node{alert.Down, critical}, node{alert.LatencyObjective, warning}, "job instance"},
		{node{alert.LoadingDataset, warning}, node{alert.QueueOldestMessageOld, warning}, "job instance"},
		{node{alert.MemoryCritical, critical}, node{alert.HighMemory, warning}, "job instance"},
		{node{alert.QueueNotBeingProcessed, critical}, node{alert.QueueOldestMessageOld, critical}, "job instance db queue"},
		{node{alert.QueueNotBeingProcessed, critical}, node{alert.QueueLatencySLOBurn, warning}, "job instance db queue"},
		{node{alert.QueueNotBeingProcessed, warning}, node{alert.QueueBacklogGrowing, warning}, "job instance db queue"},
		{node{alert.QueueBackup, critical}, node{alert.QueueBackup, warning}, "job db instance queue role"},
		{node{alert.QueueLatencySLOBurn, critical}, node{alert.QueueLatencySLOBurn, warning}, "job db instance queue role"},
	}
	got := alertmanager.Mutes(config.Default())
	for _, w := range want {
		if !slices.ContainsFunc(got, func(m alertmanager.Mute) bool {
			return m.Cause == w.cause && m.Effect == w.effect && strings.Join(m.Same, " ") == w.same
		}) {
			t.Errorf("%v does not keep %v quiet with the same %s", w.cause, w.effect, w.same)
		}
	}
}

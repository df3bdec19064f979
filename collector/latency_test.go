package collector_test

import (
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/latency"
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// goldenLatency has objectives of commands that the captured servers have run and of
// one that none has, round trips, and a slow log.
func goldenLatency() *collector.Latency {
	trips := make([]uint64, len(latency.RoundTripBounds))
	slow := make([]uint64, len(latency.SlowBounds))
	trips[1], trips[3], slow[2] = 90, 9, 2
	return &collector.Latency{
		Objectives: []latency.Objective{
			{Command: "get", Percentile: latency.P50, Limit: 2 * time.Microsecond},
			{Command: "get", Percentile: latency.P99, Limit: 500 * time.Microsecond},
			{Command: "json.get", Percentile: latency.P99, Limit: time.Millisecond},
		},
		Watched: &latency.Status{
			RoundTrips: latency.Histogram{Bounds: latency.RoundTripBounds, Counts: trips, Count: 100, Sum: 2.02},
			Slowlog: latency.SlowlogCounts{
				Known:    true,
				Commands: []latency.SlowCount{{Command: "eval", Count: 2}, {Command: "xinfo|stream", Count: 1}},
				Took:     latency.Histogram{Bounds: latency.SlowBounds, Counts: slow, Count: 3, Sum: 12.5},
				Own:      1, Lost: 4,
			},
		},
	}
}

// withoutCommands is a slow log in which nothing has come.
func withoutCommands() latency.SlowlogCounts {
	log := goldenLatency().Watched.Slowlog
	log.Commands = nil
	return log
}

func objectiveOfGet() []latency.Objective {
	return []latency.Objective{{Command: "get", Percentile: latency.P99, Limit: time.Millisecond}}
}

// latencySeries counts what is exposed of a server that has run GET.
func latencySeries(t *testing.T, objectives []latency.Objective, watched latency.Status) int {
	t.Helper()
	state := collector.State{Latency: &collector.Latency{Objectives: objectives}}
	if watched.RoundTrips.Count > 0 {
		state.Latency.Watched = &watched
	}
	page, err := collector.Describe(valkey.Snapshot{Up: true, Histograms: []valkey.Histogram{{Command: "get", Calls: 1}}}, state)
	if err != nil {
		t.Fatal(err)
	}
	return count(page.Families)
}

// A slow log that nobody could look into is unknown, not empty.
func TestASlowLogThatWasNotSeenIsAbsent(t *testing.T) {
	state := collector.State{Latency: goldenLatency()}
	state.Latency.Watched.Slowlog = latency.SlowlogCounts{}
	page, err := collector.Describe(valkey.Snapshot{Up: true}, state)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Families {
		switch f.GetName() {
		case metric.SlowlogLost.Name(), metric.SlowlogDuration.Name(), metric.SlowlogEntries.Name(), metric.SlowlogOwn.Name(), metric.LatencyExceeded.Name():
			t.Errorf("%s is told", f.GetName())
		}
	}
}

package latency

import (
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

func TestBoundsAreThoseOfTheServer(t *testing.T) {
	// What servers have been seen to name them, from Redis 7.0 to Valkey 9.1.
	seen := []float64{1, 2, 4, 8, 16, 33, 66, 132, 264, 528, 1056, 2113, 4227, 8454, 16909, 33816}
	for i, bound := range seen {
		for _, limit := range []float64{bound * 0.98, bound * 0.52} {
			if limit <= 1 {
				continue
			}
			got := Bound(time.Duration(limit * 1e3))
			if got < bound || i+1 < len(seen) && got >= seen[i+1] {
				t.Errorf("%.1f us: up to %.0f, want the bound %.0f", limit, got, bound)
			}
		}
	}
}

func TestWhatExceedsAnObjective(t *testing.T) {
	h := valkey.Histogram{Command: "get", Calls: 1000, Buckets: []valkey.Bucket{
		{Micros: 1, Calls: 900}, {Micros: 66, Calls: 950}, {Micros: 264, Calls: 970}, {Micros: 4227, Calls: 999},
	}}
	for limit, want := range map[time.Duration]uint64{
		time.Microsecond:        100,
		60 * time.Microsecond:   50,
		100 * time.Microsecond:  50, // up to 132 are within: there were none from 66 to 132
		200 * time.Microsecond:  30,
		1500 * time.Microsecond: 30,
		4 * time.Millisecond:    1, // which took more than 4227 us
		time.Second:             1,
	} {
		if got := (Objective{"get", P99, limit}).Exceeded(h); got != want {
			t.Errorf("%v: %d, want %d", limit, got, want)
		}
	}
	if got := (Objective{"get", P99, time.Second}).Exceeded(valkey.Histogram{Calls: 3}); got != 3 {
		t.Errorf("without buckets: %d, want 3", got)
	}
	if P99.Allowed() > 0.0101 || P99.Allowed() < 0.0099 || P50.Allowed() != 0.5 {
		t.Errorf("allowed are %v and %v", P99.Allowed(), P50.Allowed())
	}
}

// scraped is the snapshot of a scrape now.
func scraped(t *testing.T, s *valkey.Scraper) valkey.Snapshot {
	t.Helper()
	snap := s.Scrape(t.Context(), valkey.Request{RetryDenied: time.Hour})
	if snap.Err != nil {
		t.Fatal(snap.Err)
	}
	return snap
}

// On a real server what takes long exceeds, what is quick does not, and CONFIG
// RESETSTAT begins anew.
func TestCallsOfTheLastMinutes(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(slow...)
		s := valkey.NewScraper(open(t, server, ""), valkey.NewLedger(), time.Now)
		quick, never, often := Objective{"debug", P99, time.Millisecond}, Objective{"get", P99, time.Millisecond}, Objective{"set", P50, 50 * time.Millisecond}
		var l Lately
		l.Follow([]Objective{quick, never, often})
		want := func(after time.Duration, calls ...Calls) {
			t.Helper()
			snap := scraped(t, s)
			snap.At = snap.At.Add(after)
			l.Scraped(snap)
			got, _ := l.Report()
			if len(got) != len(calls) {
				t.Fatalf("got %v, want %v", got, calls)
			}
			for i := range got {
				if got[i] != calls[i] {
					t.Errorf("got %v, want %v", got, calls)
				}
			}
		}
		sleeps(t, server, 2)
		want(0)
		sleeps(t, server, 1)
		server.Must(t, "SET", "a", "1")
		want(30*time.Second, Calls{quick, 1, 1}, Calls{often, 1, 0})
		server.Must(t, "SET", "a", "1")
		want(31*time.Second, Calls{quick, 1, 1}, Calls{often, 2, 0})
		server.Must(t, "SET", "a", "1")
		want(60*time.Second, Calls{quick, 1, 1}, Calls{often, 3, 0})
		want(329*time.Second, Calls{quick, 1, 1}, Calls{often, 3, 0})
		want(331*time.Second, Calls{often, 2, 0}) // those after half a minute
		want(400 * time.Second)
		server.Must(t, "CONFIG", "RESETSTAT")
		sleeps(t, server, 1)
		want(420 * time.Second)
		sleeps(t, server, 1)
		want(440*time.Second, Calls{quick, 1, 1})
		l.Follow([]Objective{often})
		want(460 * time.Second)
	})
}

// The server repeats the percentiles of a command that nobody sends any more.
func TestPercentilesOfAnIdleCommandRest(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		s := valkey.NewScraper(open(t, server, ""), valkey.NewLedger(), time.Now)
		r := NewRecency()
		want := func(after time.Duration, told bool) {
			t.Helper()
			snap := scraped(t, s)
			snap.At = snap.At.Add(after)
			r.Rest(&snap)
			found := false
			for _, l := range snap.Info.Latencies {
				if l.Command == "get" {
					found = len(l.Quantiles) > 0
				}
				if l.Command == "info" && len(l.Quantiles) == 0 {
					t.Error("INFO has just been sent")
				}
			}
			if found != told {
				t.Errorf("after %v: told %t, want %t", after, found, told)
			}
		}
		server.Must(t, "GET", "a")
		want(0, true) // for the first time
		want(15*time.Second, true)
		want(59*time.Second, true) // another Prometheus
		want(61*time.Second, false)
		server.Must(t, "GET", "a")
		want(70*time.Second, true)
		want(200*time.Second, false)
		server.Must(t, "CONFIG", "RESETSTAT")
		want(210*time.Second, false)
		server.Must(t, "GET", "a")
		want(220*time.Second, true)
	})
}

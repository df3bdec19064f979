//go:build unix

package collector_test

import (
	"fmt"
	"slices"
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// twenty queues, half of which exist.
func twenty(t *testing.T, server *testserver.Server) []*valkey.Queue {
	t.Helper()
	var queues []*valkey.Queue
	for i := range 20 {
		key := fmt.Sprintf("queue:%d", i)
		queues = append(queues, valkey.NewQueue(i%2*3, key, "work"))
		if i < 10 {
			server.Must(t, "EVAL", "redis.call('SELECT', ARGV[1]) return redis.call('RPUSH', KEYS[1], 'x')", "1", key, fmt.Sprint(i%2*3))
		}
	}
	slices.SortStableFunc(queues, func(a, b *valkey.Queue) int { return a.DB - b.DB })
	return queues
}

func TestHitRateIsExactWhileQueuesAreRead(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		queues := twenty(t, server)
		server.Must(t, "SET", "cached", "x")
		scraper := newScraper(t, server.Addr)
		rate := func() (value float64, ok bool) {
			for _, f := range families(t, scrapeOnce(t, scraper, queues)) {
				if f.GetName() == "redis_hit_rate" {
					return f.GetMetric()[0].GetGauge().GetValue(), true
				}
			}
			return 0, false
		}
		for range 3 {
			if got, ok := rate(); ok {
				t.Errorf("a hit rate of %v, but only the exporter has looked up keys", got)
			}
		}
		for i := range 100 { // an application that finds 90 of 100
			if i < 90 {
				server.Must(t, "GET", "cached")
			} else {
				server.Must(t, "GET", "missing")
			}
			if i%2 == 0 {
				rate()
			}
		}
		if got, ok := rate(); !ok || got != 0.9 {
			t.Errorf("hit rate %v (%v), want 0.9", got, ok)
		}
		server.Must(t, "CONFIG", "RESETSTAT")
		if got, ok := rate(); ok {
			t.Errorf("a hit rate of %v after CONFIG RESETSTAT", got)
		}
	})
}

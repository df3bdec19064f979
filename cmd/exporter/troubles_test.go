package main

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// trouble is one way in which the service of the specification misbehaves, and
// what an operator must see of it.
type trouble struct {
	of    mockapp.Trouble
	shows func(got series) bool
}

// above reports whether a queue's sample of a family exceeds v.
func (s series) above(family, queue string, v float64) bool {
	for id, sample := range s {
		if strings.HasPrefix(id, family+"{") && strings.Contains(id, `queue="`+queue+`"`) && sample > v {
			return true
		}
	}
	return false
}

func troubles() []trouble {
	return []trouble{
		{mockapp.StalledWorkers, func(got series) bool {
			return got.above("redis_queue_stalled_seconds", "queue:low", 2) &&
				got.above("redis_queue_oldest_message_age_seconds", "queue:low", 2) &&
				got.above("redis_queue_processing_oldest_age_seconds", "queue:processing:worker1", 2)
		}},
		{mockapp.CrashingWorkers, func(got series) bool {
			return got.above("redis_queue_processing_oldest_age_seconds", "queue:processing:worker1", 2) &&
				got.above("redis_queue_processing_messages", "queue:processing:worker1", 2)
		}},
		{mockapp.PoisonJobs, func(got series) bool {
			return got.above("redis_queue_enqueued_total", "queue:dead-letter", 30) &&
				got.above("redis_queue_dead_letters_sampled", "queue:dead-letter", 10)
		}},
		{mockapp.LIFOStarvation, func(got series) bool {
			const medium = `db="db0",queue="queue:medium",role="work"`
			oldest := got["redis_queue_oldest_message_timestamp_seconds{"+medium+"}"]
			return got[`redis_queue_order_info{db="db0",order="lifo",queue="queue:medium",role="work"}`] == 1 &&
				got["redis_queue_next_message_timestamp_seconds{"+medium+"}"] > oldest+2 && oldest > 0
		}},
		{mockapp.MissingTTL, func(got series) bool {
			const sessions = `{class="session:*",db="db0"}`
			return got["redis_class_keys_without_ttl"+sessions] > 10 && got["redis_class_max_ttl_seconds"+sessions] == 3600
		}},
		{mockapp.StuckLock, func(got series) bool { return got[`redis_class_stuck_locks{class="lock:*",db="db0"}`] == 1 }},
		{mockapp.ClockSkew, func(got series) bool {
			for id, v := range got {
				if strings.HasPrefix(id, "redis_queue_timestamp_failures_total{") && strings.Contains(id, `reason="future"`) && v > 0 {
					return true
				}
			}
			return false
		}},
	}
}

// The troubles of the demonstration are what an operator will try first.
func TestTroublesOfTheServiceShow(t *testing.T) {
	for _, c := range troubles() {
		t.Run(c.of.String(), func(t *testing.T) {
			t.Parallel()
			server := testserver.Valkey(t)
			troubles := []mockapp.Trouble{c.of}
			if c.of == mockapp.ClockSkew {
				troubles = append(troubles, mockapp.SlowWorkers) // or no job would wait long enough to be seen
			}
			play(t, server, troubles...)
			s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, "observe: {interval: 1s}\ndiscovery: {interval: 1s, max_server_share: 0.5}\nclasses: {interval: 1s}"))
			if got := s.scrape(t); c.shows(got) {
				t.Fatal("it shows before anything happened")
			}
			eventually(t, c.of.String()+" shows", func() bool { return c.shows(s.scrape(t)) })
		})
	}
}

// play runs the mock application at ten times its pace until the test ends.
func play(t *testing.T, server *testserver.Server, troubles ...mockapp.Trouble) {
	t.Helper()
	app, err := mockapp.New(&redis.Options{Addr: server.Addr}, mockapp.Options{Rate: 10, Seed: 1, Troubles: troubles})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := app.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); ended.Wait() })
}

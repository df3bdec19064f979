package mockapp_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// Not parallel: it counts goroutines.
func TestStopLeavesNoGoroutineAndNoJobInHand(t *testing.T) {
	server := testserver.Valkey(t)
	c := client(t, server)
	c.Ping(t.Context())
	before := runtime.NumGoroutine()
	a, stop := start(t, server, mockapp.Options{Rate: 10})
	s := scene{t, a, c}
	eventually(t, "idle workers", func() bool { return stat(t, c, "blocked_clients") > 0 })
	a.Switches().On(mockapp.StalledWorkers)
	eventually(t, "workers with a job", func() bool { return s.processing() == 4 && s.len("queue:processing") == 1 })
	began := time.Now()
	stop()
	t.Logf("stopped in %v", time.Since(began))
	if s.processing() != 0 || s.len("queue:processing") != 0 {
		t.Error("jobs left in processing")
	}
	pushed, popped := s.commands("lpush"), s.commands("blpop")
	if waiting := s.len("queue:high") + s.len("queue:medium") + s.len("queue:low"); waiting < 5 {
		t.Errorf("%d jobs wait after %d pushes and %d pops: those in hand were not put back", waiting, pushed, popped)
	}
	eventually(t, "no more goroutines than before", func() bool { return runtime.NumGoroutine() <= before })
}

func TestStopsWhenTheServerHangs(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	c := client(t, server)
	_, stop := start(t, server, mockapp.Options{Rate: 10})
	eventually(t, "idle workers", func() bool { return stat(t, c, "blocked_clients") > 0 })
	server.Pause()
	defer server.Resume()
	stop()
}

func TestStopsWhenThereIsNoServer(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	server.Stop()
	var j journal
	_, stop := start(t, server, mockapp.Options{Log: j.log()})
	eventually(t, "a line about it", func() bool { return j.count("not available") == 1 })
	stop()
}

func TestSurvivesARestartWithOneLine(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	var j journal
	a, _ := start(t, server, mockapp.Options{Rate: 20, Log: j.log()})
	s := scene{t, a, client(t, server)}
	eventually(t, "jobs complete", func() bool { return s.commands("srem") > 5 })
	for outage := 1; outage <= 2; outage++ {
		server.Stop()
		eventually(t, "the outage is noticed", func() bool { return j.count("not available") == outage })
		time.Sleep(500 * time.Millisecond) // in which further lines would be written
		server.Start()
		eventually(t, "jobs complete again", func() bool { return s.commands("srem") > 5 && s.commands("psubscribe") > 0 })
		eventually(t, "the return is noticed", func() bool { return j.count("available again") == outage })
	}
	if n := j.count("level=WARN"); n != 2 {
		t.Errorf("%d warnings for two outages:\n%s", n, j.text.String())
	}
}

func TestARefusalIsToldOnceAndStopsNothingElse(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	var j journal
	a, _ := start(t, server, mockapp.Options{Rate: 20, Log: j.log()})
	s := scene{t, a, client(t, server)}
	eventually(t, "rankings", func() bool { return s.db.Exists(t.Context(), "ranking:active:users").Val() == 1 })
	server.Must(t, "SET", "ranking:active:users", "not a sorted set")
	eventually(t, "it is told", func() bool { return j.count("WRONGTYPE") == 1 })
	refused, done := stat(t, s.db, "errorstat_WRONGTYPE:count="), s.commands("srem")
	eventually(t, "it goes on", func() bool {
		return stat(t, s.db, "errorstat_WRONGTYPE:count=") > refused+5 && s.commands("srem") > done+20
	})
	if n := j.count("WRONGTYPE"); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestCleanupLeavesNothing(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	a, stop := start(t, server, mockapp.Options{Rate: 50, Cleanup: true, Troubles: []mockapp.Trouble{mockapp.CrashingWorkers, mockapp.StuckLock, mockapp.MissingTTL}})
	s := scene{t, a, client(t, server)}
	eventually(t, "dead letters", func() bool { return s.len("queue:dead-letter") > 0 && s.without("lock:*") })
	stop()
	if left := s.db.Keys(t.Context(), "*").Val(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRunEndsWithADeadline(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	a, err := mockapp.New(&redis.Options{Addr: server.Addr}, mockapp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := a.Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestOptionsOutOfRangeAreAllReported(t *testing.T) {
	t.Parallel()
	_, err := mockapp.New(&redis.Options{}, mockapp.Options{Rate: -1, Workers: -2, Consume: "lpop"})
	for _, part := range []string{"rate -1", "workers -2", `consume "lpop"`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not mention %s", err, part)
		}
	}
}

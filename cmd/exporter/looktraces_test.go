package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

// hundredQueues fills queues of every type, and keys that are none, and
// returns a configuration that watches them and as many that do not exist.
func hundredQueues(t *testing.T, server *testserver.Server) (yaml string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("queues:\n  - {pattern: 'found:*', role: processing}\n")
	for i := range 100 {
		key := fmt.Sprintf("queue:%d", i)
		role := []string{"work", "processing", "dead_letter"}[i%3]
		fmt.Fprintf(&b, "  - {key: %q, role: %s, db: %d}\n", key, role, i%2*3)
		for _, command := range [][]string{
			{"RPUSH", key, `{"timestamp":1700000000}`, "2", "3"},
			{"SADD", key, "a", "b"},
			{"ZADD", key, "1", "a", "2", "b"},
			{"XADD", key, "*", "k", "v"},
			{"SET", key, "text"},
			{"HSET", key, "field", "value"},
			nil, nil,
		}[i%8 : i%8+1] {
			if command == nil {
				continue
			}
			server.Must(t, command...)
			if command[0] == "XADD" {
				server.Must(t, "XGROUP", "CREATE", key, "readers", "0")
				server.Must(t, "XREADGROUP", "GROUP", "readers", "one", "STREAMS", key, ">")
				server.Must(t, "XADD", key, "*", "k", "v")
			}
			if i%2 == 1 {
				server.Must(t, "MOVE", key, "3")
			}
		}
	}
	server.Must(t, "SADD", "found:1", "a")
	b.WriteString("discovery: {interval: 1s}\nobserve: {interval: 1s, max_server_share: 0.5}\n")
	return b.String()
}

// cacheUse is what an application does with its cache.
type cacheUse struct{ hits, misses float64 }

// use does so many look-ups.
func (c *cacheUse) use(t *testing.T, server *testserver.Server, lookups int) {
	t.Helper()
	application := client(t, server)
	for range lookups {
		key := "cache:hit"
		if rand.IntN(4) == 0 {
			key = "cache:miss"
			c.misses++
		} else {
			c.hits++
		}
		_ = application.Get(t.Context(), key).Err() // a miss is an error to the client
	}
}

// want checks that a scrape shows the application's use and nothing else.
func (c *cacheUse) want(t *testing.T, got series) {
	t.Helper()
	hits := got["redis_keyspace_hits_total"] - got["redis_exporter_probe_keyspace_hits_total"]
	misses := got["redis_keyspace_misses_total"] - got["redis_exporter_probe_keyspace_misses_total"]
	if hits != c.hits || misses != c.misses {
		t.Errorf("the page tells of %v hits and %v misses, the application had %v and %v", hits, misses, c.hits, c.misses)
	}
	got.want(t, "redis_hit_rate", c.hits/(c.hits+c.misses))
}

// scraping scrapes until the end of the function that it returns.
func scraping(t *testing.T, s *subject, every time.Duration) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			if _, err := ask(t, "GET", s.url+s.settings.metricsPath); err != nil {
				t.Error(err)
			}
			time.Sleep(every)
		}
	}()
	return func() { cancel(); <-ended }
}

// Looks and scrapes look up hundreds of keys a second. None of that is in the
// application's hit rate.
func TestHitRateStaysExactWhileQueuesAreLookedInto(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		yaml := hundredQueues(t, server)
		server.Must(t, "SET", "cache:hit", "1")
		server.Must(t, "CONFIG", "RESETSTAT")
		s := looking(t, server, yaml)
		wantFound(t, s, 1)
		var use cacheUse
		end := scraping(t, s, 50*time.Millisecond)
		use.use(t, server, 500)
		s.looked(t, 1)
		use.use(t, server, 500)
		end()
		got := s.scrape(t)
		use.want(t, got)
		if n := got["redis_exporter_probe_keyspace_hits_total"]; n < 500 {
			t.Errorf("only %v look-ups of our own", n)
		}

		s.looked(t, 1) // and not in the middle of a look
		server.Must(t, "CONFIG", "RESETSTAT")
		use = cacheUse{}
		end = scraping(t, s, 50*time.Millisecond)
		use.use(t, server, 200)
		s.looked(t, 1)
		use.use(t, server, 200)
		end()
		use.want(t, s.scrape(t))
		wantNoErrors(t, server)
	})
}

// A look that a reload interrupts has been counted by the server.
func TestHitRateStaysExactAcrossReloads(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		yaml := hundredQueues(t, server)
		server.Must(t, "SET", "cache:hit", "1")
		server.Must(t, "CONFIG", "RESETSTAT")
		s := looking(t, server, yaml)
		var use cacheUse
		use.use(t, server, 100)
		for range 50 {
			if err := s.reload(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rand.IntN(5_000)) * time.Microsecond)
		}
		use.want(t, s.scrape(t))
	})
}

// wantNoErrors expects that no command has failed on the server.
func wantNoErrors(t *testing.T, server *testserver.Server) {
	t.Helper()
	if text, _ := server.Must(t, "INFO", "errorstats").(string); strings.Contains(text, "errorstat_") {
		t.Errorf("commands have failed: %q", text)
	}
}

// Who looks must not change what there is to see: no write, no error, no use
// of a key, nothing in the slow log.
func TestLooksLeaveNoTrace(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		t.Parallel()
		server := startServer("--slowlog-log-slower-than", "10000")
		fillEveryKind(t, server)
		server.Must(t, "PERSIST", "inhand:web-1")
		server.Must(t, "SET", "text", "1")
		server.Must(t, "HSET", "hash", "field", "value")
		filled := time.Now()
		changes, offset := field(t, server, "persistence", "rdb_changes_since_last_save"), field(t, server, "replication", "master_repl_offset")
		yaml := strings.Replace(everyKindOfQueue, onRequest, "observe: {interval: 1s}", 1)
		s := looking(t, server, strings.Replace(yaml, "queues:", "queues:\n  - {key: text}\n  - {key: hash, role: processing}", 1))
		end := scraping(t, s, 100*time.Millisecond)
		got := s.looked(t, 4)
		end()
		idle := time.Since(filled).Seconds()
		if leavesIdle(got) {
			for _, key := range []string{"jobs", "later", "dead", "events", "inhand:web-1"} {
				if n, _ := server.Must(t, "OBJECT", "IDLETIME", key).(int64); float64(n) < idle-2 {
					t.Errorf("%s was idle for %d s, want %.1f", key, n, idle)
				}
			}
			got.wantAbout(t, ofQueue("redis_queue_processing_idle_seconds", "inhand:web-1", "processing", `worker="web-1"`), idle, 3)
		}
		wantNoErrors(t, server)
		if n := field(t, server, "persistence", "rdb_changes_since_last_save"); n != changes {
			t.Errorf("%v writes", n-changes)
		}
		if n := field(t, server, "replication", "master_repl_offset"); n != offset {
			t.Errorf("the replication stream has grown by %v", n-offset)
		}
		if n, _ := server.Must(t, "SLOWLOG", "LEN").(int64); n > 1 { // one may be the machine's fault
			t.Errorf("%d entries in the slow log: %v", n, server.Must(t, "SLOWLOG", "GET"))
		}
	})
}

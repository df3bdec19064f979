package statuspage

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
)

// alerts are the names of what needs attention, with their levels.
func (s *scene) alerts() []string {
	var all []string
	for _, p := range s.view().Problems {
		all = append(all, p.Level.Word()+" "+p.Alert)
	}
	return all
}

// Each threshold, at it and one step above it.
func TestProblems(t *testing.T) {
	info := func(fields ...string) func(*scene) {
		return func(s *scene) {
			for i := 0; i < len(fields); i += 2 {
				s.info[fields[i]] = fields[i+1]
			}
		}
	}
	work := func(change func(*health.Report)) func(*scene) {
		return func(s *scene) { change(s.queue("queue:medium", 10, 1)) }
	}
	hand := func(change func(*health.Processing)) func(*scene) {
		return func(s *scene) { change(s.queue("queue:processing:w", 1, 1).Processing) }
	}
	each := func(field string, n float64, more ...string) func(*scene) {
		return func(s *scene) {
			info(more...)(s)
			s.pass(5*time.Minute, func(int) { s.add(field, n) })
		}
	}
	hits := func(hits, misses float64, more ...string) func(*scene) {
		return func(s *scene) {
			info(more...)(s)
			s.pass(5*time.Minute, func(int) { s.add("keyspace_hits", hits); s.add("keyspace_misses", misses) })
		}
	}
	for name, c := range map[string]struct {
		yaml   string
		so     func(*scene)
		alerts []string
	}{
		"nothing":           {"", func(*scene) {}, nil},
		"memory at high":    {"", info("used_memory", "80", "maxmemory", "100"), nil},
		"memory above high": {"", info("used_memory", "81", "maxmemory", "100"), []string{"warning ValkeyHighMemory"}},
		"memory full":       {"", info("used_memory", "96", "maxmemory", "100"), []string{"critical ValkeyMemoryCritical"}},
		"pure cache full":   {"", info("used_memory", "96", "maxmemory", "100", "maxmemory_policy", "allkeys-lru"), []string{"warning ValkeyHighMemory"}},
		"another threshold": {"alerts: {thresholds: {memory_high: 0.9}}", info("used_memory", "90", "maxmemory", "100"), nil},
		"threshold off":     {"alerts: {thresholds: {memory_high: off}}", info("used_memory", "94", "maxmemory", "100"), nil},
		"alert off":         {"alerts: {severity: {ValkeyHighMemory: off}}", info("used_memory", "81", "maxmemory", "100"), nil},
		"another severity":  {"alerts: {severity: {ValkeyHighMemory: critical}}", info("used_memory", "81", "maxmemory", "100"), []string{"critical ValkeyHighMemory"}},
		"no limit, small":   {"", info("maxmemory", "0"), nil},
		"no limit, large":   {"", info("maxmemory", "0", "used_memory_rss", "7000000000"), []string{"warning ValkeyMemoryUnbounded"}},
		"cache and queues full": {"", func(s *scene) {
			info("used_memory", "96", "maxmemory", "100", "maxmemory_policy", "allkeys-lru")(s)
			s.queue("queue:low", 1, 1).Evictable = 1
		}, []string{"critical ValkeyMemoryCritical", "warning QueueOnEvictingInstance"}},
		"evictions at the limit":   {"", each("evicted_keys", 1500), nil},
		"evictions":                {"", each("evicted_keys", 1600), []string{"warning ValkeyHighEviction"}},
		"refused connections":      {"", each("rejected_connections", 1), []string{"critical ValkeyConnectionsRejected"}},
		"hit rate at the limit":    {"", hits(700, 300), nil},
		"hit rate":                 {"", hits(699, 301), []string{"warning ValkeyHitRateLow"}},
		"hit rate of few look-ups": {"", hits(10, 140), nil},
		"hit rate after a restart": {"", hits(100, 900, "uptime_in_seconds", "1700"), nil},
		"clients":                  {"", info("connected_clients", "8001"), []string{"warning ValkeyClientsNearLimit"}},
		"loading":                  {"", info("loading", "1"), []string{"warning ValkeyLoadingDataset"}},
		"snapshot":                 {"", info("rdb_last_bgsave_status", "err"), []string{"warning ValkeySnapshotFailed"}},
		"append-only file":         {"", info("aof_enabled", "1", "aof_last_write_status", "err"), []string{"critical ValkeyAOFWriteFailed"}},
		"no append-only file":      {"", info("aof_enabled", "0", "aof_last_write_status", "err"), nil},
		"cut off":                  {"", info("role", "slave", "master_link_status", "down"), []string{"warning ValkeyReplicaLinkDown"}},
		"queue at its limit":       {"", work(func(r *health.Report) { r.Length = 5000 }), nil},
		"queue over its limit":     {"", work(func(r *health.Report) { r.Length = 5001 }), []string{"warning QueueBackup"}},
		"queue at its age":         {"", work(func(r *health.Report) { r.Age.Seconds = 900 }), nil},
		"queue over its age":       {"", work(func(r *health.Report) { r.Age.Seconds = 901 }), []string{"warning QueueOldestMessageTooOld"}},
		"queue of a replica": {"", func(s *scene) {
			info("role", "slave", "master_link_status", "up")(s)
			s.queue("queue:medium", 5001, 901)
		}, nil},
		"nobody works":            {"", work(func(r *health.Report) { r.Flow.Stalled = 301 }), []string{"warning QueueNotBeingProcessed"}},
		"nobody works on nothing": {"", work(func(r *health.Report) { r.Flow.Stalled, r.Length = 301, 0 }), nil},
		"drains slowly":           {"", work(func(r *health.Report) { r.Flow.Drain, r.Length = 3601, 101 }), []string{"warning QueueDrainTooSlow"}},
		"drains a little":         {"", work(func(r *health.Report) { r.Flow.Drain, r.Length = 3601, 100 }), nil},
		"severity none":           {"queues: [{key: queue:medium, severity: none, max_length: 1, max_age: off}]", work(func(r *health.Report) { r.Length = 5 }), nil},
		"severity info":           {"queues: [{key: queue:medium, severity: info, max_length: 1}]", work(func(r *health.Report) { r.Length = 5 }), []string{"note QueueBackup"}},
		"stream that was read": {"", work(func(r *health.Report) {
			r.Length = 9000
			r.Stream = &valkey.StreamSight{Groups: []valkey.Group{{OldestPendingIdle: valkey.None}}}
		}), nil},
		"stream that is behind": {"", work(func(r *health.Report) {
			r.Stream = &valkey.StreamSight{Groups: []valkey.Group{{Lag: 5001, OldestPendingIdle: valkey.None}}}
		}), []string{"warning QueueStreamLag"}},
		"stream of several groups": {"", work(func(r *health.Report) {
			r.Stream = &valkey.StreamSight{Groups: []valkey.Group{{Lag: 5001, OldestPendingIdle: valkey.None}, {Lag: none, OldestPendingIdle: valkey.None}, {Lag: 1, OldestPendingIdle: valkey.None}}}
		}), []string{"warning QueueStreamLag"}},
		"stream of which a scrape tells": {"", func(s *scene) { s.unlooked("queue:medium", "", 9000); s.read[0].Type = valkey.TypeStream }, nil},
		"down, and nobody wants to know": {"alerts: {severity: {ValkeyDown: info}}", func(s *scene) { s.up, s.err = false, context.DeadlineExceeded }, []string{"note ValkeyDown"}},
		"stream that is stuck": {"", work(func(r *health.Report) {
			r.Stream = &valkey.StreamSight{Groups: []valkey.Group{{OldestPendingIdle: 301 * time.Second}}}
		}), []string{"warning QueueStreamStuck"}},
		"job in hand for long":      {"", hand(func(p *health.Processing) { p.OldestAge = 301 }), []string{"warning QueueProcessingStuck"}},
		"jobs that expire":          {"", hand(func(p *health.Processing) { p.TTL = 119 }), []string{"warning QueueProcessingExpires"}},
		"idle worker":               {"", hand(func(p *health.Processing) { p.Idle = 901 }), []string{"warning QueueWorkerLost"}},
		"idle worker without a job": {"", hand(func(p *health.Processing) { p.Idle, p.Messages = 901, 0 }), nil},
		"dead letters":              {"", func(s *scene) { s.queue("queue:dead-letter", 101, 1) }, []string{"warning DeadLetterQueueHigh"}},
		"old dead letters":          {"", func(s *scene) { s.queue("queue:dead-letter", 1, 86401) }, []string{"warning DeadLetterUnattended"}},
		"starved": {"", func(s *scene) {
			s.queue("queue:low", 5, 1).Flow.Stalled = 1801
			s.queue("queue:medium", 5, 1)
			s.pass(time.Minute, func(int) { s.report("queue:medium").Flow.Dequeued++ })
		}, []string{"warning QueueStarved"}},
		"vanished": {"", func(s *scene) {
			s.queue("queue:low", 5, 1)
			s.pass(time.Minute, func(int) { s.report("queue:low").Vanished++ })
		}, []string{"critical QueueMessagesVanished"}},
		"vanished long ago": {"", func(s *scene) {
			s.queue("queue:low", 5, 1).Vanished = 7
			s.pass(time.Minute, nil)
		}, nil},
		"unreadable":          {"", func(s *scene) { s.unlooked("queue:low", valkey.ReasonWrongType, none) }, []string{"warning QueueUnreadable"}},
		"on another node":     {"", func(s *scene) { s.unlooked("queue:low", valkey.ReasonMoved, none) }, nil},
		"timeout":             {"", func(s *scene) { s.up, s.err = false, context.DeadlineExceeded }, []string{"critical ValkeyDown"}},
		"answers, but not us": {"", func(s *scene) { s.err = reply("NOPERM this user has no permissions") }, []string{"warning ValkeyScrapeIncomplete"}},
		"is loading":          {"", func(s *scene) { s.err = reply("LOADING Valkey is loading the dataset in memory") }, []string{"warning ValkeyLoadingDataset"}},
		"is blocked":          {"", func(s *scene) { s.err = reply("BUSY Valkey is busy running a script") }, []string{"critical ValkeyBlocked"}},
		"part of a scrape":    {"", func(s *scene) { s.fail[valkey.SourceQueues] = context.DeadlineExceeded; delete(s.info, "x") }, []string{"warning ValkeyScrapeIncomplete", "note ValkeyExporterCommandDenied"}},
		"configuration":       {"", func(s *scene) { s.state.Exporter.Config.OK = false }, []string{"warning ValkeyExporterReloadFailed"}},
		"queues turned away": {"", func(s *scene) {
			s.state.Exporter.Discovery = &queue.Status{Walks: []queue.Walked{{Ended: noon, TurnedAway: 2}}}
		}, []string{"warning QueueDiscoveryIncomplete"}},
		"walk that broke off":   {"", func(s *scene) { s.state.Exporter.Discovery = &queue.Status{Walks: []queue.Walked{{Ended: noon}}} }, []string{"warning QueueDiscoveryIncomplete"}},
		"walk that is not done": {"", func(s *scene) { s.state.Exporter.Discovery = &queue.Status{Walks: []queue.Walked{{}}} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, c.yaml)
			c.so(s)
			s.pass(15*time.Second, nil)
			if got := s.alerts(); !slices.Equal(got, c.alerts) {
				t.Errorf("%q, want %q", got, c.alerts)
			}
		})
	}
}

// A page that knows nothing does not say that all is well.
func TestCalmOnlyIfItIsKnown(t *testing.T) {
	calm := "Nothing needs attention."
	for name, c := range map[string]struct {
		so   func(*scene)
		want string
	}{
		"all is known":   {func(s *scene) { s.queue("queue:low", 1, 1); s.pass(time.Minute, s.busy) }, calm},
		"nobody scraped": {func(s *scene) { s.queue("queue:low", 1, 1) }, "Cannot say whether something is wrong."},
		"long ago": {func(s *scene) {
			s.pass(time.Minute, s.busy)
			s.state.Exporter.Now = s.state.Exporter.Now.Add(scrapeOld + time.Second)
		}, "Cannot say whether something is wrong."},
		"not looked into":   {func(s *scene) { s.state.Exporter.Health = nil; s.pass(time.Minute, s.busy) }, "Nothing that can be seen needs attention."},
		"a queue is unseen": {func(s *scene) { s.queue("queue:low", none, none); s.pass(time.Minute, s.busy) }, "Nothing that can be seen needs attention."},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, defaults)
			c.so(s)
			if got := s.view().Headline; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// What is not known is not written as 0.
func TestMissingIsNotZero(t *testing.T) {
	s := nothingScraped(t)
	for _, tile := range s.view().Tiles {
		if tile.Value != unknown || tile.Level != blind {
			t.Errorf("%s: %q, %s", tile.Title, tile.Value, tile.Level.Class())
		}
	}
	s.pass(15*time.Second, nil) // one scrape makes no rate
	for _, tile := range s.view().Tiles[1:4] {
		if tile.Value != unknown {
			t.Errorf("%s: %q", tile.Title, tile.Value)
		}
	}
}

// A scrape that the one who asked for gave up says nothing about the server.
func TestScrapeThatWasGivenUp(t *testing.T) {
	s := healthy(t)
	s.err = context.Canceled
	s.scrape()
	v := s.view()
	if v.State != good || v.Headline != "Nothing needs attention." || v.Scrapes.Lines[0].Words[0] != "given up" {
		t.Errorf("%s, %q, %q", v.StateTo, v.Headline, v.Scrapes.Lines[0].Words)
	}
}

// After a restart, and after CONFIG RESETSTAT, no rate is made of two counters
// that have nothing to do with each other.
func TestCountersThatBeginAnew(t *testing.T) {
	for name, begin := range map[string]func(*scene){
		"restart": func(s *scene) { s.info["run_id"] = "b" },
		"reset":   func(*scene) {},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy(t)
			for _, field := range []string{"total_commands_processed", "keyspace_hits", "keyspace_misses"} {
				s.info[field] = "10"
			}
			begin(s)
			s.pass(15*time.Second, nil)
			v := s.view()
			for _, tile := range v.Tiles[1:4] {
				if strings.HasPrefix(tile.Value, "-") || tile.Title == "Commands" && tile.Value != unknown {
					t.Errorf("%s: %q", tile.Title, tile.Value)
				}
			}
		})
	}
}

// The exporter's own look-ups are no look-ups of the cache.
func TestHitRateWithoutTheExportersOwn(t *testing.T) {
	s := play(t, defaults)
	for i := range 20 {
		s.state.Exporter.Now = s.state.Exporter.Now.Add(15 * time.Second)
		n := float64(i)
		s.info["keyspace_hits"], s.info["keyspace_misses"] = count0(900*n+300*n), count0(100*n+700*n)
		s.page.Scraped(valkey.Snapshot{
			Up: true, At: s.state.Exporter.Now, Info: valkey.Info{Fields: map[string]string{
				"keyspace_hits": s.info["keyspace_hits"], "keyspace_misses": s.info["keyspace_misses"], "run_id": "a",
			}}, Probes: valkey.Lookups{Hits: 300 * n, Misses: 700 * n},
		})
	}
	if tile := s.view().Tiles[1]; tile.Value != "90 %" {
		t.Errorf("%+v", tile)
	}
}

func count0(v float64) string { return strings.ReplaceAll(count(v), ",", "") }

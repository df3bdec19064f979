package statuspage

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// noon is when a scene begins.
var noon = time.Date(2027, time.January, 15, 12, 0, 0, 0, time.UTC)

// scene is a page, and all that it is told.
type scene struct {
	t     testing.TB
	page  *Page
	state State
	info  map[string]string
	read  []valkey.Reading
	err   error // of scrapes
	up    bool
	fail  map[valkey.Source]error

	replicas []valkey.Replica

	config map[string]string // of the server
	access valkey.Access
}

// none is a number that nobody has told.
var none = math.NaN()

// play begins a scene with a configuration of its own.
func play(t testing.TB, yaml string) *scene {
	t.Helper()
	c, err := config.Parse("scene.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{t: t, up: true, fail: map[valkey.Source]error{}, info: map[string]string{
		"server_name": "valkey", "valkey_version": "8.0.1", "role": "master", "server_mode": "standalone", "run_id": "a",
		"uptime_in_seconds": "86400", "maxmemory_policy": "volatile-lru", "used_memory": "419430400", "maxmemory": "1073741824",
		"used_memory_rss": "471859200", "total_system_memory": "8589934592", "connected_clients": "42", "maxclients": "10000",
		"blocked_clients": "4", "total_commands_processed": "1000000", "keyspace_hits": "500000", "keyspace_misses": "50000",
		"evicted_keys": "0", "rejected_connections": "0", "loading": "0", "rdb_last_bgsave_status": "ok",
		"aof_enabled": "1", "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok", "aof_current_size": "500000000", "aof_base_size": "400000000",
	}, config: map[string]string{"appendfsync": "everysec"}}
	s.state = State{
		Target: "valkey://cache.example:6379", Settings: c, Entry: s.entry,
		Exporter: collector.State{
			Now: noon, Build: collector.Build{Version: "1.2.3"}, Config: collector.Config{OK: true, Loaded: noon.Add(-time.Hour)},
			Health: &collector.QueueHealth{Looks: queue.Looks{Last: noon}},
		},
	}
	s.page = New("/metrics", func() State { return s.state })
	return s
}

// entry finds that of a key, or the first pattern.
func (s *scene) entry(q *valkey.Queue) (config.Queue, bool) {
	for _, e := range s.state.Settings.Queues() {
		if e.Key == q.Key && e.DB == q.DB || e.Pattern != "" && queue.Match(e.Pattern, q.Key) {
			return e, true
		}
	}
	return config.Queue{}, false
}

// queue watches a queue that was looked into, with so many entries of which the
// oldest is so old.
func (s *scene) queue(key string, length, age float64) *health.Report {
	q := valkey.NewQueue(0, key, "work")
	entry, ok := s.entry(q)
	if !ok {
		s.t.Fatalf("no entry for %.40q", key)
	}
	q.Role = string(entry.Role)
	r := health.Report{
		Queue: q, Length: length, Evictable: 0,
		Age:  health.Age{Seconds: age, Target: none, Offset: none},
		Flow: health.Flow{Method: "marker", Exact: true, Drain: none},
	}
	if entry.Role == config.Processing {
		r.Processing = &health.Processing{Worker: strings.TrimPrefix(key, "queue:processing:"), Messages: length, OldestAge: age, Idle: 1, TTL: none}
	}
	s.state.Queues = append(s.state.Queues, q)
	s.state.Exporter.Health.Reports = append(s.state.Exporter.Health.Reports, r)
	s.state.Exporter.Health.Looks.Observed++
	return s.report(key)
}

func (s *scene) report(key string) *health.Report {
	for i := range s.state.Exporter.Health.Reports {
		if r := &s.state.Exporter.Health.Reports[i]; r.Queue.Key == key {
			return r
		}
	}
	s.t.Fatalf("no report of %.40q", key)
	return nil
}

// unlooked watches a queue that was never looked into.
func (s *scene) unlooked(key, reason string, length float64) {
	q := valkey.NewQueue(0, key, "work")
	s.state.Queues = append(s.state.Queues, q)
	s.read = append(s.read, valkey.Reading{Queue: q, Type: valkey.TypeList, Length: length, Reason: reason})
}

// add adds to a number of INFO.
func (s *scene) add(field string, n float64) {
	s.info[field] = fmt.Sprintf("%.0f", parse(s.info[field])+n)
}

// scrape scrapes now.
func (s *scene) scrape() {
	snap := valkey.Snapshot{Up: s.up, Err: s.err, At: s.state.Exporter.Now, Took: 2400 * time.Microsecond}
	if s.err == nil {
		snap.Info, snap.Queues = valkey.Info{Fields: maps.Clone(s.info), Replicas: slices.Clone(s.replicas)}, s.read
		snap.Config, snap.Access = maps.Clone(s.config), s.access
		for source, err := range s.fail {
			snap.Sources[source] = valkey.Outcome{Asked: true, Err: err}
			snap.Unavailable = append(snap.Unavailable, valkey.Unavailable{Command: "LATENCY HISTOGRAM", Reason: valkey.ReasonDenied})
		}
	}
	s.page.Scraped(snap)
	s.state.Exporter.Scrape.Count++
}

// pass lets time pass, with a scrape and a look every 15 seconds, before each of
// which something happens.
func (s *scene) pass(d time.Duration, happens func(i int)) {
	for i := range int(d / (15 * time.Second)) {
		s.state.Exporter.Now = s.state.Exporter.Now.Add(15 * time.Second)
		if h := s.state.Exporter.Health; h != nil {
			h.Looks.Last = s.state.Exporter.Now.Add(-2 * time.Second)
		}
		if happens != nil {
			happens(i)
		}
		s.scrape()
		s.page.Observe()
	}
}

// busy is what an application does in 15 seconds.
func (s *scene) busy(i int) {
	s.add("total_commands_processed", 1500+float64(i%7)*30)
	s.add("keyspace_hits", 480)
	s.add("keyspace_misses", 50+float64(i%5))
	s.add("used_memory", 40000*float64(i%11-5))
}

func (s *scene) view() view { return s.page.compose().view() }

// html is the page without style and script, which never change.
func (s *scene) html() string {
	s.t.Helper()
	page, err := s.page.compose().render()
	if err != nil {
		s.t.Fatal(err)
	}
	page = bytes.Replace(page, []byte(styleText), nil, 1)
	return string(bytes.Replace(page, []byte(scriptText), nil, 1))
}

const defaults = ""

func healthy(t testing.TB) *scene {
	t.Helper()
	s := play(t, defaults)
	s.queue("queue:high", 3, 1.5)
	s.queue("queue:medium", 12, 8)
	s.queue("queue:low", 0, 0)
	s.queue("queue:dead-letter", 4, 7200).DeadLetters = []health.Reason{{Text: "timeout", Count: 3}, {Text: "validation: missing field", Count: 1}}
	s.queue("queue:processing:worker1", 1, 2)
	s.queue("queue:processing:worker2", 0, 0).Processing.Idle = none
	s.state.Exporter.Discovery = &queue.Status{Found: 2, MaxQueues: 1000, Walks: []queue.Walked{{Ended: noon, Complete: true}}}
	s.pass(20*time.Minute, func(i int) {
		s.busy(i)
		for _, key := range []string{"queue:high", "queue:medium"} {
			r := s.report(key)
			r.Length = float64((i*7)%5 + 1)
			r.Flow.Enqueued += 30
			r.Flow.Dequeued += 30
		}
	})
	return s
}

func troubled(t testing.TB) *scene {
	t.Helper()
	s := healthy(t)
	s.info["used_memory"] = "1030000000"
	s.unlooked("settings", valkey.ReasonWrongType, none)
	s.state.Exporter.Discovery.Walks[0].TurnedAway = 3
	s.pass(6*time.Minute, func(int) {
		s.add("total_commands_processed", 300)
		s.add("keyspace_hits", 200)
		s.add("keyspace_misses", 300)
		s.add("evicted_keys", 3000)
		high := s.report("queue:high")
		high.Length, high.Age.Seconds, high.Flow.Stalled = high.Length+60, high.Age.Seconds+15, high.Flow.Stalled+15
		high.Flow.Enqueued += 60
		high.Flow.Exact = false
		letters := s.report("queue:dead-letter")
		letters.Length, letters.Flow.Enqueued = letters.Length+8, letters.Flow.Enqueued+8
		s.report("queue:processing:worker1").Processing.OldestAge += 15
		s.report("queue:medium").Flow.Dequeued++
	})
	return s
}

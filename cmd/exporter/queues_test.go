package main

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"valkey-exporter/internal/testserver"
)

func length(queue string) string {
	return fmt.Sprintf("redis_queue_length{db=\"db0\",queue=%q,role=\"work\"}", queue)
}

// A key of the wrong type is looked at with TYPE, which is no error on the
// server; a command for lists would be one at every scrape.
func TestQueueKeyThatIsAString(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "SET", "jobs", "text")
		server.Must(t, "LPUSH", "mail", "1")
		s := watching(t, server.Addr, "--config.file="+configFile(t, "queues: [{key: jobs}, {key: mail}]"))
		for range 3 {
			got := s.scrape(t)
			got.wantUp(t)
			got.wantNone(t, length("jobs"))
			got.want(t, length("mail"), 1)
			got.want(t, `redis_exporter_queue_unreadable{db="db0",queue="jobs",reason="wrong_type"}`, 1)
			got.want(t, `redis_exporter_queue_errors_total{reason="wrong_type"}`, 1)
			got.wantNone(t, `redis_errors_total{err="WRONGTYPE"}`)
		}
		server.Must(t, "DEL", "jobs")
		server.Must(t, "LPUSH", "jobs", "1", "2")
		got := s.scrape(t)
		got.want(t, length("jobs"), 2)
		got.wantNone(t, "redis_exporter_queue_unreadable")
		got.want(t, `redis_exporter_queue_errors_total{reason="wrong_type"}`, 1)
	})
}

// A key whose type changes under us is one error on the server, not more.
func TestQueueKeyThatBecomesAString(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "LPUSH", "jobs", "1")
		s := watching(t, server.Addr)
		s.scrape(t).want(t, length("jobs"), 1)
		server.Must(t, "SET", "jobs", "text")
		for range 4 {
			got := s.scrape(t)
			got.want(t, "redis_up", 1)
			got.wantNone(t, length("jobs"))
			got.want(t, `redis_exporter_queue_unreadable{db="db0",queue="jobs",reason="wrong_type"}`, 1)
			got.want(t, `redis_exporter_queue_errors_total{reason="wrong_type"}`, 1)
		}
		s.scrape(t).want(t, `redis_errors_total{err="WRONGTYPE"}`, 1)
		server.Must(t, "DEL", "jobs")
		got := s.scrape(t)
		got.want(t, length("jobs"), 0)
		got.wantNone(t, "redis_exporter_queue_unreadable")
		server.Must(t, "ZADD", "jobs", "1", "a", "2", "b")
		s.scrape(t).want(t, length("jobs"), 2)
		server.Must(t, "DEL", "jobs")
		server.Must(t, "LPUSH", "jobs", "1")
		s.scrape(t)
		s.scrape(t).want(t, length("jobs"), 1)
		s.scrape(t).want(t, `redis_errors_total{err="WRONGTYPE"}`, 2)
	})
}

// names are keys that have broken an exporter or a scrape before.
func names() []string {
	return []string{
		"caf\xe9", "caf\xe8", // differ in a byte that is not UTF-8
		`caf\xe9`, // is what the first may look like
		"\xff\xfe\x00", "\x00",
		`with "quotes"`, `back\slash`, `ends in \`, "two\nlines", "tab\tand\rreturn", " spaces ",
		"{a=\"b\"} 1", "# EOF", "käse", "行列", "\u2028", "\ufffd", "caf\ufffd",
		"long:" + strings.Repeat("0123456789", 1000),
	}
}

// wantNames checks that each of the names has its series, told apart by its
// length, in every format.
func wantNames(t *testing.T, s *subject) {
	t.Helper()
	got := s.scrape(t)
	lengths := map[float64]bool{}
	for _, id := range got.of("redis_queue_length") {
		lengths[got[id]] = true
	}
	for i, name := range names() {
		if !lengths[float64(i+1)] {
			t.Errorf("no series for %.40q", name)
		}
	}
	if n := len(got.of("redis_queue_length")); n != len(names()) {
		t.Errorf("%d series for %d queues", n, len(names()))
	}
	if n := len(got.of("redis_list_length")); n != len(names()) {
		t.Errorf("%d series for %d lists", n, len(names()))
	}
	for i, name := range names() {
		if utf8.ValidString(name) && name != `caf\xe9` {
			got.want(t, length(name), float64(i+1))
		}
	}
	wantValidOpenMetrics(t, s)
}

// fill makes a list of each name, as long as the name's place in the list.
func fill(t *testing.T, server *testserver.Server, prefix string) {
	t.Helper()
	for i, name := range names() {
		args := []string{"LPUSH", prefix + name}
		for range i + 1 {
			args = append(args, "job")
		}
		server.Must(t, args...)
	}
}

func TestQueueNamesOfTheConfigurationThatAreNotPlain(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "")
	yaml := "queues:\n"
	for _, name := range names() {
		yaml += "  - key: !!binary " + base64.StdEncoding.EncodeToString([]byte(name)) + "\n"
	}
	s := watching(t, server.Addr, "--config.file="+configFile(t, yaml))
	eventually(t, "all queues were looked into", func() bool { return s.scrape(t)["redis_exporter_queues_observed"] == float64(len(names())) })
	wantNames(t, s)
}

func TestQueueNamesFoundByPatternThatAreNotPlain(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "")
	s := watching(t, server.Addr, "--config.file="+configFile(t, "queues: [{pattern: '*'}]\nobserve: {interval: off}"))
	wantFound(t, s, len(names()))
	wantNames(t, s)
}

// wantFound waits until so many queues were found by pattern.
func wantFound(t *testing.T, s *subject, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d queues are found", n), func() bool {
		return s.scrape(t)["redis_exporter_discovered_queues"] == float64(n)
	})
}

func TestQueuesOfEveryType(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "RPUSH", "list", "1")
		server.Must(t, "SADD", "set", "1", "2")
		server.Must(t, "ZADD", "zset", "1", "a", "2", "b", "3", "c")
		for range 4 {
			server.Must(t, "XADD", "stream", "*", "k", "v")
		}
		s := watching(t, server.Addr, "--config.file="+configFile(t,
			"queues: [{key: list}, {key: set}, {key: zset}, {key: stream}, {key: missing}]"))
		for range 2 {
			got := s.scrape(t)
			for queue, n := range map[string]float64{"list": 1, "set": 2, "zset": 3, "stream": 4, "missing": 0} {
				got.want(t, length(queue), n)
			}
			if lists := got.of("redis_list_length"); !slices.Equal(lists, []string{
				`redis_list_length{db="db0",list="list"}`, `redis_list_length{db="db0",list="missing"}`,
			}) {
				t.Errorf("lists are %q", lists)
			}
		}
	})
}

// Our own look-ups are taken off the hit rate, whatever is looked at.
func TestHitRateIsThatOfTheApplication(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "RPUSH", "list", "1")
		server.Must(t, "XADD", "stream", "*", "k", "v")
		server.Must(t, "SET", "text", "1")
		s := watching(t, server.Addr, "--config.file="+configFile(t,
			"queues: [{key: list}, {key: stream}, {key: text}, {key: missing}, {key: list, db: 3}, {pattern: 'x*'}]"))
		for range 5 {
			s.scrape(t).wantNone(t, "redis_hit_rate")
		}
		for range 3 {
			server.Must(t, "GET", "text")
		}
		server.Must(t, "GET", "nothing")
		for range 3 {
			got := s.scrape(t)
			got.want(t, "redis_hit_rate", 0.75)
			if hits := got["redis_keyspace_hits_total"] - got["redis_exporter_probe_keyspace_hits_total"]; hits != 3 {
				t.Errorf("%v hits of the application, want 3", hits)
			}
		}
	})
}

func TestQueuesInOtherDatabases(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		push := func(db int, key string, n int) {
			server.Must(t, "EVAL", "redis.call('SELECT', ARGV[1]); for i = 1, ARGV[2] do redis.call('LPUSH', KEYS[1], i) end", "1",
				key, fmt.Sprint(db), fmt.Sprint(n))
		}
		config := configFile(t, "queues: [{key: jobs}, {key: jobs, db: 3}, {key: jobs, db: 7}, {key: jobs, db: 99}]")
		s := watching(t, server.Addr, "--config.file="+config)
		in := func(db int) string { return fmt.Sprintf(`redis_list_length{db="db%d",list="jobs"}`, db) }

		// Each comes into being at another time, so that the second question
		// of a scrape is about some databases only.
		for _, step := range []struct{ db, n int }{{0, 1}, {7, 2}, {3, 4}} {
			push(step.db, "jobs", step.n)
			got := s.scrape(t)
			got.want(t, in(step.db), float64(step.n))
		}
		for range 3 {
			got := s.scrape(t)
			got.want(t, in(0), 1)
			got.want(t, in(3), 4)
			got.want(t, in(7), 2)
			got.wantNone(t, in(99))
			got.want(t, `redis_exporter_queue_unreadable{db="db99",queue="jobs",reason="no_such_db"}`, 1)
		}

		// The kept connection does not stay in the last database.
		rewrite(t, config, "queues: [{key: jobs}]")
		if err := s.reload(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			s.scrape(t).want(t, in(0), 1)
		}
	})
}

func TestPatternsInSeveralDatabases(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs:here", "1")
	server.Must(t, "LPUSH", "jobs:there", "1", "2")
	server.Must(t, "MOVE", "jobs:there", "3")
	s := watching(t, server.Addr, "--config.file="+configFile(t,
		"queues: [{pattern: 'jobs:*'}, {pattern: 'jobs:*', db: 3}]\ndiscovery: {interval: 1s}"))
	walks := func() string { return server.Must(t, "INFO", "commandstats").(string) }
	eventually(t, "three rounds of two walks", func() bool { return strings.Contains(walks(), "cmdstat_scan:calls=6") })
	eventually(t, "they are found", func() bool { return s.scrape(t)["redis_exporter_discovered_queues"] > 0 })
	got := s.scrape(t)
	want := []string{
		`redis_queue_length{db="db0",queue="jobs:here",role="work"}`, `redis_queue_length{db="db3",queue="jobs:there",role="work"}`,
	}
	if found := got.of("redis_queue_length"); !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	got.want(t, want[0], 1)
	got.want(t, want[1], 2)
	got.want(t, `redis_exporter_discovery_complete{db="db3"}`, 1)
}

// A set of jobs in hand disappears from the server when its worker is done;
// its series reads 0 for a while.
func TestProcessingSetThatIsFoundAndDrained(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	server.Must(t, "SADD", "queue:processing:worker1", "a", "b")
	s := watching(t, server.Addr, "--config.file="+configFile(t,
		"queues: [{pattern: 'queue:processing:*', role: processing}]\ndiscovery: {interval: 1s}"))
	wantFound(t, s, 1)
	const worker = `redis_queue_length{db="db0",queue="queue:processing:worker1",role="processing"}`
	got := s.scrape(t)
	got.want(t, worker, 2)
	got.want(t, `redis_exporter_discovery_keys_seen{db="db0"}`, 1)
	server.Must(t, "DEL", "queue:processing:worker1")
	walks := got["redis_commands_total{cmd=\"scan\"}"]
	eventually(t, "another walk has not found it", func() bool {
		got = s.scrape(t)
		got.want(t, worker, 0)
		return got["redis_commands_total{cmd=\"scan\"}"] > walks+1
	})
	got.want(t, "redis_exporter_discovered_queues", 1)
	server.Must(t, "SADD", "queue:processing:worker1", "c")
	s.scrape(t).want(t, worker, 1)
}

func TestFoundQueueThatStaysEmptyGoes(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	server.Must(t, "SADD", "jobs:drained", "a")
	server.Must(t, "SADD", "jobs:full", "a")
	s := watching(t, server.Addr, "--config.file="+configFile(t,
		"queues: [{key: jobs}, {pattern: 'jobs:*'}]\ndiscovery: {interval: 1s, forget_after: 2s}"))
	wantFound(t, s, 2)
	server.Must(t, "DEL", "jobs:drained")
	s.scrape(t).want(t, length("jobs:drained"), 0)
	wantFound(t, s, 1)
	got := s.scrape(t)
	got.wantNone(t, length("jobs:drained"))
	got.want(t, length("jobs:full"), 1)
	got.want(t, length("jobs"), 0) // is configured, so it stays
}

func TestMoreQueuesThanAllowed(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	for i := range 30 {
		server.Must(t, "LPUSH", fmt.Sprint("jobs:", i), "1")
	}
	s := watching(t, server.Addr, "--config.file="+configFile(t,
		"queues: [{key: jobs}, {pattern: 'jobs:*'}]\ndiscovery: {interval: 1s, max_queues: 10}"))
	wantFound(t, s, 10)
	scans := "redis_commands_total{cmd=\"scan\"}"
	before := s.scrape(t)[scans]
	eventually(t, "two more walks", func() bool { return s.scrape(t)[scans] >= before+2 })
	got := s.scrape(t)
	got.want(t, "redis_exporter_discovered_queues", 10)
	got.want(t, "redis_exporter_discovery_max_queues", 10)
	got.want(t, "redis_exporter_discovery_queues_turned_away", 20)
	got.want(t, `redis_exporter_discovery_complete{db="db0"}`, 0)
	if n := len(got.of("redis_queue_length")); n != 11 {
		t.Errorf("%d queues are read, want 11", n)
	}
	s.log.wantLines(t, 1, "level=WARN", "max_queues=10", "not_watched=20")
	s.log.wantLines(t, 1, "level=WARN")
}

func TestReloadKeepsWhatWasFound(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SADD", "jobs:a", "1")
	server.Must(t, "SADD", "mail:a", "1")
	config := configFile(t, "queues: [{pattern: 'jobs:*'}, {pattern: 'mail:*'}]\ndiscovery: {interval: 1h}")
	s := watching(t, server.Addr, "--config.file="+config)
	wantFound(t, s, 2)
	server.Must(t, "DEL", "jobs:a") // a new walk cannot find it
	rewrite(t, config, "queues: [{pattern: 'jobs:*', role: processing}]\ndiscovery: {interval: 1h}")
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	got := s.scrape(t)
	got.want(t, `redis_queue_length{db="db0",queue="jobs:a",role="processing"}`, 0)
	got.wantNone(t, length("mail:a"))
}

// However often Prometheus asks, the keyspace is walked at its own pace.
func TestWalkIsNeverPartOfAScrape(t *testing.T) {
	server := testserver.Valkey(t)
	s := watching(t, server.Addr, "--config.file="+configFile(t, "queues: [{pattern: 'jobs:*'}]\ndiscovery: {interval: 1h}"))
	eventually(t, "the first walk", func() bool { return len(s.scrape(t).of("redis_exporter_discovery_age_seconds")) == 1 })
	for range 10 {
		s.scrape(t).want(t, `redis_commands_total{cmd="scan"}`, 1)
	}
}

package main

import (
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

const leaking = `
queues: [{key: jobs}, {pattern: 'queue:*'}]
discovery: {interval: 1s, max_server_share: 0.5}
observe: {interval: 1s, max_server_share: 0.5}
classes: {interval: 1s}`

// counted waits for a walk over all keys that has ended after now.
func (s *subject) counted(t *testing.T) series {
	t.Helper()
	begun := time.Now()
	var got series
	eventually(t, "all keys were counted", func() bool {
		got = s.scrape(t)
		age, ok := got[`redis_exporter_class_walk_age_seconds{db="db0"}`]
		took := got[`redis_exporter_class_walk_duration_seconds{db="db0"}`]
		return ok && time.Since(begun).Seconds() > age+took
	})
	return got
}

// One walk feeds both: what it meets are queues, and keys of classes.
func TestOneWalkFindsQueuesAndCountsClasses(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "EVAL", "for i=1,200 do redis.call('SET','session:'..i,'x','EX',1800) end for i=1,50 do redis.call('SET','session:leak'..i,'x') end", "0")
		server.Must(t, "RPUSH", "queue:found", "1")
		server.Must(t, "CONFIG", "RESETSTAT")
		s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, strings.ReplaceAll(leaking, "1s", "1h")))
		got := s.counted(t)
		wantFound(t, s, 1)
		for id, want := range map[string]float64{
			`redis_class_keys{class="session:*",db="db0"}`:                       250,
			`redis_class_keys_without_ttl{class="session:*",db="db0"}`:           50,
			`redis_class_keys_expiring{class="session:*",db="db0",within="15m"}`: 0,
			`redis_class_keys_expiring{class="session:*",db="db0",within="1h"}`:  200,
			`redis_class_keys{class="queue:*",db="db0"}`:                         1,
			`redis_exporter_class_walk_complete{db="db0"}`:                       1,
			`redis_exporter_class_ttl_error_ratio{class="session:*",db="db0"}`:   0,
			`redis_exporter_class_memory_error_ratio{class="other",db="db0"}`:    0,
		} {
			got.want(t, id, want)
		}
		if n := calls(t, server, "scan"); n < 2 || n > 7 { // a hundred places of a table of 512 each
			t.Errorf("%d times SCAN, want those of one walk", n)
		}
	})
}

// What the walk looks up is not in the application's hit rate.
func TestHitRateStaysExactWhileKeysAreCounted(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "EVAL", `for i=1,300 do redis.call('SET','session:'..i,'x') redis.call('SADD','cache:tags:'..i,'gone'..i)
			redis.call('ZADD','rate:'..i,1700000000,'a') end`, "0")
		server.Must(t, "SET", "cache:hit", "1")
		server.Must(t, "CONFIG", "RESETSTAT")
		s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, leaking))
		var use cacheUse
		end := scraping(t, s, 20*time.Millisecond)
		use.use(t, server, 500)
		s.counted(t)
		use.use(t, server, 500)
		s.counted(t)
		end()
		got := s.scrape(t)
		use.want(t, got)
		if n := got["redis_exporter_probe_keyspace_misses_total"]; n < 300 {
			t.Errorf("only %v of our own look-ups missed: no tag was looked at", n)
		}
	})
}

func TestClassesAreReconfigured(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SET", "mutex:1", "x")
	path := configFile(t, leaking)
	s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+path)
	s.counted(t).want(t, `redis_class_keys{class="other",db="db0"}`, 1)

	rewrite(t, path, strings.Replace(leaking, "[{key: jobs}", "[{key: others}", 1))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	s.scrape(t).want(t, `redis_class_keys{class="other",db="db0"}`, 1) // it asks the same of classes

	rewrite(t, path, strings.Replace(leaking, "classes: {interval: 1s}", "classes: {interval: 1s, patterns: [{pattern: 'mutex:*', kind: lock, max_ttl: 1m}]}", 1))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	got := s.counted(t)
	got.want(t, `redis_class_stuck_locks{class="mutex:*",db="db0"}`, 1)
	got.want(t, `redis_class_keys{class="other",db="db0"}`, 0)

	rewrite(t, path, strings.Replace(leaking, "classes: {interval: 1s}", "classes: {interval: off}", 1))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	got = s.scrape(t)
	got.wantNone(t, "redis_class_keys")
	got.wantNone(t, "redis_exporter_class_walk_complete")
}

// Without a pattern for queues the walk is for classes alone.
func TestClassesNeedNoQueues(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SET", "session:1", "x")
	s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, "queues: []\nclasses: {interval: 1s}"))
	got := s.counted(t)
	got.want(t, `redis_class_keys_without_ttl{class="session:*",db="db0"}`, 1)
	got.wantNone(t, "redis_exporter_discovery_complete")
	server.Must(t, "SET", "session:2", "x")
	s.counted(t).want(t, `redis_class_keys_without_ttl{class="session:*",db="db0"}`, 2)
}

// What is old because SCAN is denied is told so, whether or not queues are found by it.
func TestSCANDeniedIsNamedWithoutPatterns(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SET", "session:1", "x")
	server.Must(t, "ACL", "SETUSER", "seer", "on", ">secret", "~*", "+@all", "-scan")
	s := start(t, environment{"VALKEY_PASSWORD": "secret"}, "--valkey.addr="+server.Addr, "--valkey.user=seer", "--config.file="+configFile(t, "queues: [{key: jobs}]"))
	id := `redis_exporter_command_unavailable{command="SCAN",reason="denied"}`
	eventually(t, "SCAN is named", func() bool { return s.scrape(t)[id] == 1 })
}

func TestTheLargestKeyIsNamedOnThePageOnly(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SET", "session:0badcafe", "x")
	path := configFile(t, leaking)
	s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+path)
	s.counted(t)
	if strings.Contains(s.seen(t), "0badcafe") {
		t.Error("the page names a key, and was not asked to")
	}
	rewrite(t, path, strings.Replace(leaking, "classes: {interval: 1s}", "classes: {interval: 1s, largest_key: on}", 1))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	s.wantSeen(t, "session:0badcafe") // what was counted before stays known
	for id := range s.scrape(t) {
		if strings.Contains(id, "0badcafe") {
			t.Errorf("a label names a key: %s", id)
		}
	}
}

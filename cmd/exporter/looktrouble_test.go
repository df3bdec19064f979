package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

const noScripts = `redis_exporter_command_unavailable{command="EVAL_RO",reason="denied"}`

// Without the right to run scripts there are lengths. The server is asked once
// and not at every look: each attempt is an entry in its log.
func TestUserWhoMayNotRunScripts(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "LPUSH", "jobs", "1", "2")
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-eval_ro")
		s := watchingAs(t, server, "queues: [{key: jobs}]", onRequest)
		eventually(t, "EVAL_RO is named", func() bool { return s.scrape(t)[noScripts] == 1 })
		for range 3 {
			before := s.current().looks().Failures
			if err := s.reload(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "another look has failed", func() bool { return s.current().looks().Failures > before })
			got := s.scrape(t)
			got.wantUp(t)
			got.want(t, length("jobs"), 2)
			got.want(t, noScripts, 1)
			got.wantNone(t, "redis_queue_oldest_message_age_seconds")
			got.wantNone(t, "redis_exporter_queue_look_age_seconds")
		}
		if n, log := refusals(t, server); n != 1 {
			t.Errorf("%d refusals, want 1: %v", n, log)
		}
	})
}

func TestRightToRunScriptsThatIsGrantedLater(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs", "1", "2")
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-eval_ro")
	s := watchingAs(t, server, "queues: [{key: jobs}]", "observe: {interval: 1s}", "scrape: {retry_denied_after: 1s}")
	eventually(t, "it was refused twice", func() bool { return s.current().looks().Failures >= 2 })
	s.log.wantLines(t, 1, "level=WARN", "looking into queues failed", "reason=denied", "docs/acl.md")
	server.Must(t, "ACL", "SETUSER", "watcher", "+eval_ro")
	got := s.looked(t, 1)
	got.wantNone(t, "redis_exporter_command_unavailable")
	got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work"), 1, 4)
	s.log.wantLines(t, 1, "level=WARN")
	s.log.wantLines(t, 1, "looking into queues works again")
}

func TestServerWithoutScripts(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--rename-command", "EVAL_RO", "")
		server.Must(t, "LPUSH", "jobs", "a secret of a customer")
		s := looking(t, server, "queues: [{key: jobs}]", "observe: {interval: 1s}")
		eventually(t, "it was refused", func() bool { return s.current().looks().Failures >= 1 })
		got := s.scrape(t)
		got.wantUp(t)
		got.want(t, length("jobs"), 1)
		got.want(t, `redis_exporter_command_unavailable{command="EVAL_RO",reason="unknown"}`, 1)
		s.log.wantLines(t, 1, "level=WARN", "looking into queues failed", "reason=unknown")
		s.log.wantLines(t, 1, "level=WARN")
		s.log.wantLines(t, 0, "secret of a customer")
	})
}

// A key that the user may not read costs itself only, and is left alone.
func TestKeyThatMayNotBeLookedInto(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "LPUSH", "jobs", job(1, time.Minute))
		server.Must(t, "LPUSH", "private", job(1, time.Minute))
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "%R~jobs", "+@all")
		s := watchingAs(t, server, "queues: [{key: private}, {key: jobs}]", onRequest)
		s.look(t)
		refusedSoFar, _ := refusals(t, server)
		for range 3 {
			got := s.look(t)
			got.wantUp(t)
			got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work"), 64, 8)
			got.wantNone(t, ofQueue("redis_queue_oldest_message_age_seconds", "private", "work"))
			got.wantNone(t, "redis_exporter_command_unavailable")
			got.want(t, `redis_exporter_queue_unreadable{db="db0",queue="private",reason="denied"}`, 1)
			got.want(t, "redis_exporter_queue_look_failures_total", 0)
		}
		if n, log := refusals(t, server); n != refusedSoFar {
			t.Errorf("refused %d times more: %v", n-refusedSoFar, log)
		}
	})
}

// What a server loses in a crash has vanished; it was not taken.
func TestServerThatLosesItsQueues(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		t.Parallel()
		server := startServer()
		server.Must(t, "LPUSH", "jobs", "1", "2", "3", "4", "5")
		s := looking(t, server, "queues: [{key: jobs}]", "observe: {interval: 1s}")
		s.looked(t, 1)
		server.Must(t, "RPOP", "jobs")
		s.looked(t, 2).want(t, ofQueue("redis_queue_dequeued_total", "jobs", "work"), 1)

		server.Stop()
		failures := s.current().looks().Failures
		eventually(t, "a look has failed", func() bool { return s.current().looks().Failures > failures })
		got := s.scrape(t)
		got.want(t, "redis_up", 0)
		got.want(t, ofQueue("redis_queue_dequeued_total", "jobs", "work"), 1)
		got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work"), 5, 8) // for 30 seconds

		server.Start()
		end := scraping(t, s, 20*time.Millisecond) // they see it empty first
		got = s.looked(t, 1)
		end()
		got.want(t, length("jobs"), 0)
		got.want(t, ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work"), 0)
		got.want(t, ofQueue("redis_queue_dequeued_total", "jobs", "work"), 1)
		got.want(t, ofQueue("redis_queue_vanished_messages_total", "jobs", "work"), 4)
		got.want(t, `redis_queue_vanished_messages_by_cause_total{cause="restarted"}`, 4)
		s.log.wantLines(t, 1, "level=WARN", "scrape failed") // the looks say nothing more
		s.log.wantLines(t, 1, "level=WARN")
	})
}

// A look that waits for a server that hangs keeps nobody waiting longer than
// Prometheus waits, nor the program from ending.
func TestServerThatHangsDuringALook(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs", "1")
	s := looking(t, server, "queues: [{key: jobs}]", onRequest)
	s.look(t)
	server.Pause()
	if err := s.reload(); err != nil { // begins a look
		t.Fatal(err)
	}
	begun := time.Now()
	got := s.scrape(t, "X-Prometheus-Scrape-Timeout-Seconds: 1")
	got.want(t, "redis_up", 0)
	got.wantError(t, valkey.KindTimeout)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the scrape took %v", took)
	}
	begun = time.Now()
	s.current().end()
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the look ended after %v", took)
	}
	server.Resume()
	s.look(t).wantUp(t)
}

// reconfigure changes the file and reads it.
func (s *subject) reconfigure(t *testing.T, yaml ...string) {
	t.Helper()
	rewrite(t, s.settings.configFile, strings.Join(yaml, "\n"))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
}

// A change of the configuration is in effect at once, and what is known of the
// queues stays known.
func TestReloadKeepsWhatIsKnownOfQueues(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs", "1", "2")
	server.Must(t, "SADD", "inhand", "a", "b")
	server.Must(t, "LPUSH", "old", "1")
	s := looking(t, server, "queues: [{key: jobs, max_age: 1m}, {key: inhand, role: processing}, {key: old}]", onRequest)
	s.look(t)
	server.Must(t, "RPOP", "jobs")
	server.Must(t, "SREM", "inhand", "a")
	first := s.look(t)
	check := noNewGoroutines(t)
	dequeued, since := ofQueue("redis_queue_dequeued_total", "jobs", "work"), ofQueue("redis_queue_oldest_message_timestamp_seconds", "jobs", "work")
	count := "redis_exporter_queue_look_duration_seconds_count"
	first.want(t, dequeued, 1)
	first.want(t, ofQueue("redis_queue_target_age_seconds", "jobs", "work"), 60)
	first.want(t, ofQueue("redis_queue_processing_duration_seconds_count", "inhand", "processing"), 1)

	// Another limit, another role, one queue less. Nobody can look at the moment.
	server.Pause()
	s.reconfigure(t, "queues: [{key: jobs, max_age: 2h}, {key: inhand}]", onRequest)
	down := s.scrape(t, "X-Prometheus-Scrape-Timeout-Seconds: 0.2")
	down.want(t, ofQueue("redis_queue_target_age_seconds", "jobs", "work"), 7200)
	server.Resume()
	eventually(t, "a look", func() bool { return s.scrape(t)[count] > first[count] })
	second := s.look(t)
	for _, page := range []series{down, second} {
		page.want(t, dequeued, 1)
		page.want(t, since, first[since])
		for id := range page {
			if strings.Contains(id, `queue="old"`) || strings.Contains(id, `role="processing"`) {
				t.Errorf("there still is %s", id)
			}
		}
	}
	second.want(t, ofQueue("redis_queue_dequeued_total", "inhand", "work"), 1)
	second.wantNone(t, "redis_queue_processing_messages")

	// No looks at all, and again.
	s.reconfigure(t, "queues: [{key: jobs, max_age: 2h}, {key: inhand}]", "observe: {interval: off}", looksOnly)
	off := s.scrape(t)
	off.wantUp(t)
	off.want(t, length("jobs"), 1)
	off.wantNone(t, "redis_queue_oldest_message_age_seconds")
	off.wantNone(t, "redis_queue_dequeued_total")
	off.wantNone(t, count)
	server.Must(t, "LPUSH", "jobs", "3")
	s.reconfigure(t, "queues: [{key: jobs, max_age: 2h}, {key: inhand}]", onRequest)
	third := s.look(t)
	third.want(t, dequeued, 1)
	third.want(t, ofQueue("redis_queue_enqueued_total", "jobs", "work"), 1)
	third.want(t, since, first[since])
	if third[count] <= second[count] {
		t.Errorf("%v looks, and before %v", third[count], second[count])
	}

	// Fewer queues than there are.
	s.reconfigure(t, "queues: [{key: jobs, max_age: 2h}, {key: inhand}]", "observe: {interval: 1h, max_queues: 1}", looksOnly)
	fourth := s.look(t)
	fourth.want(t, "redis_exporter_queues_observed", 1)
	fourth.want(t, "redis_exporter_queues_unobserved", 1)
	fourth.want(t, since, first[since])
	fourth.want(t, length("inhand"), 1)
	fourth.wantNone(t, ofQueue("redis_queue_oldest_message_age_seconds", "inhand", "work"))
	check()
}

// A queue whose entry moves from a key to a pattern and back is the same queue.
func TestReloadFromKeyToPattern(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SADD", "inhand:1", "a")
	s := looking(t, server, "queues: [{pattern: 'inhand:*', role: processing}]", onRequest)
	wantFound(t, s, 1)
	s.look(t)
	time.Sleep(1100 * time.Millisecond)
	age := ofQueue("redis_queue_processing_oldest_age_seconds", "inhand:1", "processing")
	s.reconfigure(t, "queues: [{key: 'inhand:1', role: processing}]", onRequest)
	if got := s.look(t); got[age] < 1 {
		t.Errorf("the age is %v; of the family there is %q", got[age], got.of(familyOf(age)))
	}
}

// Reloads by request during looks and scrapes leave one loop of each kind.
func TestReloadsDuringLooks(t *testing.T) {
	server := testserver.Valkey(t)
	yaml := hundredQueues(t, server)
	s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, yaml), "--web.enable-lifecycle")
	wantFound(t, s, 1)
	check := noNewGoroutines(t)
	end := scraping(t, s, time.Millisecond)
	for range 30 {
		if r := request(t, http.MethodPost, s.url+"/-/reload"); r.status != http.StatusOK {
			t.Fatalf("status %d: %s", r.status, r.body)
		}
	}
	end()
	check()
	if ids := s.scrape(t).of("redis_queue_oldest_message_age_seconds"); len(slices.Compact(ids)) == 0 {
		t.Error("no ages")
	}
}

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

const savedOK = "redis_exporter_state_save_successful"

// lifetime is an exporter that a test ends, as a signal ends the program.
type lifetime struct {
	*subject
	stop func()
}

// live runs an exporter with a state file until its stop is called.
func live(t *testing.T, server *testserver.Server, state string, args ...string) lifetime {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	args = append(args, "--valkey.addr="+server.Addr, "--state.file="+state)
	s := startUntil(ctx, t, nil, args...)
	return lifetime{s, func() { cancel(); s.close() }}
}

const forAState = `
queues: [{key: jobs}, {key: events}, {key: dead, role: dead_letter}, {key: missing}, {pattern: 'inhand:*', role: processing}]
discovery: {interval: 1h}
` + onRequest

// statePath is that of a file that does not exist yet.
func statePath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "state.json")
}

// lived lets an exporter learn something about queues, for a second.
func lived(t *testing.T, server *testserver.Server, state string, args ...string) (lifetime, series) {
	t.Helper()
	server.Must(t, "LPUSH", "jobs", "a secret of a customer", "1", "2")
	server.Must(t, "LPUSH", "dead", `{"error":"a secret of a customer"}`)
	server.Must(t, "SADD", "inhand:1", "a secret of a customer", "b")
	server.Must(t, "XADD", "events", "*", "k", "a secret of a customer")
	server.Must(t, "XGROUP", "CREATE", "events", "readers", "$")
	server.Must(t, "CONFIG", "RESETSTAT")
	s := live(t, server, state, args...)
	wantFound(t, s.subject, 1)
	s.look(t)
	server.Must(t, "LPUSH", "jobs", "3", "4")
	server.Must(t, "RPOP", "jobs")
	server.Must(t, "SREM", "inhand:1", "b")
	server.Must(t, "SADD", "inhand:1", "c")
	got := s.look(t)
	time.Sleep(1100 * time.Millisecond)
	return s, got
}

// remembered are counters, and times since which a message waits, that a
// restart of the exporter must not change.
var (
	rememberedCounters = []string{
		ofQueue("redis_queue_enqueued_total", "jobs", "work"),
		ofQueue("redis_queue_dequeued_total", "jobs", "work"),
		ofQueue("redis_queue_enqueued_total", "inhand:1", "processing"),
		ofQueue("redis_queue_processing_duration_seconds_count", "inhand:1", "processing", `worker="1"`),
		ofQueue("redis_queue_timestamp_failures_total", "jobs", "work", `reason="no_timestamp"`),
	}
	rememberedTimes = []string{
		ofQueue("redis_queue_oldest_message_timestamp_seconds", "jobs", "work"),
		ofQueue("redis_queue_oldest_message_timestamp_seconds", "dead", "dead_letter"),
		ofQueue("redis_queue_oldest_message_timestamp_seconds", "inhand:1", "processing"),
	}
)

const heldFor = `redis_queue_processing_oldest_age_seconds{db="db0",queue="inhand:1",role="processing",worker="1"}`

// wantTimes checks that ages go on.
func wantTimes(t *testing.T, before, after series) {
	t.Helper()
	for _, id := range rememberedTimes {
		if before[id] == 0 {
			t.Errorf("%s is missing in the first run", id)
		}
		after.want(t, id, before[id])
	}
	if before[heldFor] < 1 || after[heldFor] <= before[heldFor] {
		t.Errorf("a job is in hand for %v seconds, and was for %v before", after[heldFor], before[heldFor])
	}
}

// An exporter that restarts goes on where it was: what Prometheus sees has no
// gap, and the hit rate stays exact.
func TestRestartWithAStateFileLosesNothing(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		state, config := statePath(t), "--config.file="+configFile(t, forAState)
		s, _ := lived(t, server, state, config)
		server.Must(t, "SET", "cache:hit", "1")
		var use cacheUse
		use.use(t, server, 50)
		before := s.scrape(t)
		before.want(t, savedOK, 1)
		use.want(t, before)
		s.stop()

		use.use(t, server, 50)
		again := live(t, server, state, config)
		at := again.scrape(t) // also before it looks
		for _, id := range rememberedCounters {
			if before[id] == 0 {
				t.Errorf("%s was 0 before", id)
			}
			at.want(t, id, before[id])
		}
		after := again.look(t)
		for _, id := range rememberedCounters {
			after.want(t, id, before[id])
		}
		wantTimes(t, before, after)
		use.want(t, after)
		for _, own := range []string{"redis_exporter_probe_keyspace_hits_total", "redis_exporter_probe_keyspace_misses_total"} {
			if before[own] == 0 || at[own] < before[own] {
				t.Errorf("%s was %v and is %v", own, before[own], at[own])
			}
		}
		again.log.wantLines(t, 0, "level=WARN")
		again.stop()
	})
}

// What comes and goes while no exporter runs is seen when one runs again.
func TestStateFileBridgesTheTimeWithoutAnExporter(t *testing.T) {
	server := testserver.Valkey(t)
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	s, before := lived(t, server, state, config)
	s.stop()
	server.Must(t, "LPUSH", "jobs", "5", "6", "7")
	server.Must(t, "DEL", "dead")
	again := live(t, server, state, config)
	after := again.look(t)
	enqueued, dequeued := ofQueue("redis_queue_enqueued_total", "jobs", "work"), ofQueue("redis_queue_dequeued_total", "jobs", "work")
	after.want(t, enqueued, before[enqueued]+3)
	after.want(t, dequeued, before[dequeued])
	after.want(t, ofQueue("redis_queue_vanished_messages_total", "dead", "dead_letter"), 1)
	after.want(t, `redis_queue_vanished_messages_by_cause_total{cause="deleted"}`, 1)
	again.stop()
}

// A file that is behind has the ages and not the counters: those of Prometheus
// are further on.
func TestStateFileOfAnExporterThatWasKilled(t *testing.T) {
	server := testserver.Valkey(t)
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	s, _ := lived(t, server, state, config)
	s.kept.save(false) // as every half minute
	before := s.scrape(t)
	copied := file(t, "copy.json", read(t, state))
	s.stop()

	again := live(t, server, copied, config)
	after := again.look(t)
	for _, id := range rememberedCounters {
		if n := after[id]; n != 0 {
			t.Errorf("%s is %v, want 0", id, n)
		}
	}
	wantTimes(t, before, after)
	again.log.wantLines(t, 1, "did not end in order")
	again.log.wantLines(t, 0, "level=WARN")
	again.stop()
}

// A file that cannot be used is named, once, and replaced by a good one.
func TestStateFilesThatCannotBeUsed(t *testing.T) {
	server := testserver.Valkey(t)
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	s, _ := lived(t, server, state, config)
	s.stop()
	good := read(t, state)
	address := s.settings.target.String()
	for name, c := range map[string]struct{ content, says string }{
		"truncated":      {good[:len(good)/2], "cannot be used"},
		"empty":          {"", "cannot be used"},
		"garbage":        {"\x00\x01\xff not a state file", "cannot be used"},
		"a list":         {`[1,2,3]`, "cannot be used"},
		"more after it":  {good + "x", "cannot be used"},
		"other JSON":     {`{"name":"jobs","version":3}`, "another version"},
		"null":           {`null`, "another version"},
		"future version": {strings.Replace(good, `"Version":1`, `"Version":2`, 1), "another version"},
		"another server": {strings.Replace(good, address, "elsewhere:6379", 1), "another server"},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, "state.json", c.content)
			s := live(t, server, path, config)
			got := s.look(t)
			got.wantUp(t)
			got.want(t, savedOK, 1)
			got.want(t, ofQueue("redis_queue_dequeued_total", "jobs", "work"), 0)
			if got[ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work")] > 1 {
				t.Error("an age was taken over")
			}
			s.log.wantLines(t, 1, "level=WARN", c.says, path)
			s.log.wantLines(t, 1, "level=WARN")
			s.stop()
			again := live(t, server, path, config)
			again.look(t)
			again.log.wantLines(t, 0, "level=WARN")
			again.stop()
		})
	}
}

func TestStateFileThatCannotBeWrittenForAWhile(t *testing.T) {
	server := testserver.Valkey(t)
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s, got := lived(t, server, filepath.Join(folder, "state.json"), "--config.file="+configFile(t, forAState))
	got.want(t, savedOK, 1)
	saved := got["redis_exporter_state_saved_timestamp_seconds"]
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.kept.save(false)
		got = s.scrape(t)
		got.want(t, savedOK, 0)
		got.want(t, "redis_exporter_state_saved_timestamp_seconds", saved)
		got.want(t, "redis_up", 1)
	}
	s.log.wantLines(t, 1, "level=ERROR", "state file cannot be written", folder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s.kept.save(false)
	s.scrape(t).want(t, savedOK, 1)
	s.log.wantLines(t, 1, "the state file is written again")
	s.log.wantLines(t, 1, "level=ERROR")
	s.stop()
}

func TestPathsThatCanBeNoStateFile(t *testing.T) {
	folder := t.TempDir()
	plain := file(t, "plain", "")
	for path, says := range map[string]string{
		folder:                               "not a regular file",
		"/dev/null":                          "not a regular file",
		filepath.Join(folder, "no", "state"): "no such file or directory",
		filepath.Join(plain, "state"):        "not a",
	} {
		_, err := parseFlags([]string{"--state.file=" + path}).settings(environment{}.get)
		if err == nil || !strings.Contains(err.Error(), "--state.file: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want that it is %s", path, err, says)
		}
	}
	if _, err := parseFlags([]string{"--state.file=" + plain}).settings(environment{}.get); err != nil {
		t.Error(err)
	}
}

// The file is for its owner only, and holds neither messages nor passwords.
func TestStateFileHoldsNoSecrets(t *testing.T) {
	server := testserver.Valkey(t, "--requirepass", secret)
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	t.Run("messages", func(t *testing.T) {
		for _, key := range []string{"jobs", "dead"} {
			server.Must(t, "LPUSH", key, "a secret of a customer", `{"error":"a secret of a customer"}`)
		}
		server.Must(t, "SADD", "inhand:1", "a secret of a customer")
		server.Must(t, "XADD", "events", "*", "k", "a secret of a customer")
		ctx, cancel := context.WithCancel(t.Context())
		s := startUntil(ctx, t, environment{"VALKEY_ADDR": "valkey://default:hunter2%2F%22%C3%B6%C3%A9%25%3C%26@" + server.Addr}, config, "--state.file="+state)
		wantFound(t, s, 1)
		s.look(t).wantUp(t)
		cancel()
		s.close()
	})
	text := read(t, state)
	wantNoSecret(t, "the state file", text)
	for _, part := range []string{"secret", "customer"} {
		if strings.Contains(text, part) {
			t.Errorf("the state file holds %q:\n%s", part, text)
		}
	}
	if !strings.Contains(text, `"Clean":true`) || len(text) < 500 {
		t.Errorf("the state file is\n%s", text)
	}
	if info, err := os.Stat(state); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v (%v), want 0600", info.Mode(), err)
	}
}

// Two exporters with the same file harm each other's memory but not the file.
func TestTwoExportersThatShareAStateFile(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs", "1")
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	one, two := live(t, server, state, config), live(t, server, state, config)
	one.look(t)
	two.look(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range 20 {
			one.kept.save(false)
		}
	}()
	for range 20 {
		two.kept.save(false)
	}
	<-ended
	one.stop()
	two.stop()
	three := live(t, server, state, config)
	three.look(t).want(t, savedOK, 1)
	three.log.wantLines(t, 0, "level=WARN")
	three.stop()
	if entries, err := os.ReadDir(filepath.Dir(state)); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// Without a state file there are no metrics about one.
func TestNoStateFileNoMetrics(t *testing.T) {
	server := testserver.Valkey(t)
	got := looking(t, server, forAState).look(t)
	got.wantNone(t, savedOK)
	got.wantNone(t, "redis_exporter_state_saved_timestamp_seconds")
}

// An exporter that cannot listen does no harm to what an earlier one left.
func TestStateFileSurvivesAStartThatFails(t *testing.T) {
	server := testserver.Valkey(t)
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	s, _ := lived(t, server, state, config)
	before := s.scrape(t)
	s.stop()
	taken := strings.TrimPrefix(s.url, "http://")
	p := run(t, environment{"VALKEY_ADDR": server.Addr}, "--web.listen-address="+taken, config, "--state.file="+state)
	if code := p.wait(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	p.stderr.wantLines(t, 1, "error: --web.listen-address")
	again := live(t, server, state, config)
	got := again.look(t)
	for _, id := range rememberedCounters {
		got.want(t, id, before[id])
	}
	again.stop()
}

// The program writes the file when a signal ends it.
func TestSignalSavesTheState(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs", "1")
	state, config := statePath(t), "--config.file="+configFile(t, forAState)
	p := run(t, environment{"VALKEY_ADDR": server.Addr}, freePort, config, "--state.file="+state)
	base := p.url()
	eventually(t, "a look", func() bool {
		return scrape(t, base+"/metrics")["redis_exporter_queue_look_duration_seconds_count"] == 1
	})
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	p.stderr.wantLines(t, 1, "there is no state file yet")
	if text := read(t, state); !strings.Contains(text, `"Clean":true`) || !strings.Contains(text, server.Addr) {
		t.Errorf("the state file is\n%s", text)
	}
}

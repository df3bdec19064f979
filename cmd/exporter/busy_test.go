package main

import (
	"fmt"
	"strings"
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// While it loads its data, a server tells everything about itself and nothing
// about keys.
func TestServerThatIsLoading(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--loading-process-events-interval-bytes", "1024")
		for i := range 500 {
			server.Must(t, "SET", fmt.Sprint("key", i), strings.Repeat("x", 4096))
		}
		server.Must(t, "LPUSH", "jobs", "1", "2")
		s := watching(t, server.Addr)
		s.scrape(t).want(t, `redis_queue_length{db="db0",queue="jobs",role="work"}`, 2)

		server.Must(t, "CONFIG", "SET", "key-load-delay", "5000") // microseconds
		loaded := make(chan error, 1)
		go func() {
			_, err := server.Do(t, "DEBUG", "RELOAD")
			loaded <- err
		}()
		eventually(t, "the server is loading", func() bool { return s.scrape(t)["redis_loading_dump_file"] == 1 })
		got := s.scrape(t)
		got.want(t, "redis_up", 1)
		got.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
		got.wantSources(t, valkey.SourceQueues)
		got.want(t, "redis_loading_dump_file", 1)
		got.want(t, "redis_config_maxmemory", 0)
		got.wantNone(t, "redis_queue_length")

		server.Must(t, "CONFIG", "SET", "key-load-delay", "0")
		if err := <-loaded; err != nil {
			t.Fatal(err)
		}
		got = s.scrape(t)
		got.wantUp(t)
		got.want(t, `redis_queue_length{db="db0",queue="jobs",role="work"}`, 2)
		s.log.wantLines(t, 1, "level=WARN", "part=queues", "LOADING")
		s.log.wantLines(t, 1, "level=WARN")
		s.log.wantLines(t, 1, "part of the scrape works again", "part=queues")
	})
}

// A script that does not end blocks everybody, us included. Our connection
// may be one from before, or one that could only be made halfway.
func TestServerThatIsBusyWithAScript(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--busy-reply-threshold", "1")
		for name, before := range map[string]func(t *testing.T, s *subject){
			"kept connection": func(t *testing.T, s *subject) { s.scrape(t).wantUp(t) },
			"new connection":  func(*testing.T, *subject) {},
		} {
			t.Run(name, func(t *testing.T) {
				s := watching(t, server.Addr)
				before(t, s)
				kill := block(t, server)
				for range 3 {
					got := s.scrape(t)
					got.want(t, "redis_up", 1)
					got.wantError(t, valkey.KindBusy)
					got.want(t, `redis_exporter_source_success{source="info"}`, 0)
					got.want(t, `redis_exporter_source_success{source="queues"}`, 0)
					if left := got.ofServer(); len(left) > 0 {
						t.Errorf("the server is busy, and yet there is %q", left)
					}
				}
				s.log.wantLines(t, 1, "level=WARN", "reason=busy", "SCRIPT KILL")

				kill()
				for range 2 {
					s.scrape(t).wantUp(t)
				}
				s.log.wantLines(t, 1, "server answers again", "was=busy")
				wantGreeted(t, server)
			})
		}
	})
}

// block runs a script that does not end, on a server that answers BUSY soon.
func block(t *testing.T, server *testserver.Server) (kill func()) {
	t.Helper()
	ended := make(chan error, 1)
	go func() {
		_, err := server.Do(t, "EVAL", "while true do end", "0")
		ended <- err
	}()
	eventually(t, "the script runs", func() bool {
		_, err := server.Do(t, "PING")
		return err != nil && strings.HasPrefix(err.Error(), "BUSY")
	})
	return func() {
		t.Helper()
		server.Must(t, "SCRIPT", "KILL")
		if err := <-ended; err == nil {
			t.Fatal("the script was not killed")
		}
	}
}

// wantGreeted checks that our only connection has our name and asks the server
// not to count reads as use, where it can.
func wantGreeted(t *testing.T, server *testserver.Server) {
	t.Helper()
	clients, _ := server.Must(t, "CLIENT", "LIST").(string)
	info, _ := server.Must(t, "INFO", "server").(string)
	ours := 0
	for line := range strings.Lines(clients) {
		if !strings.Contains(line, " name="+name+" ") {
			continue
		}
		ours++
		if !strings.Contains(info, "redis_version:7.0.") && !strings.Contains(line, " flags=T ") {
			t.Errorf("no NO-TOUCH: %s", line)
		}
	}
	if ours != 1 {
		t.Errorf("%d connections have our name, want 1:\n%s", ours, clients)
	}
}

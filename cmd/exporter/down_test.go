package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

func TestServerThatIsNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		addr string
		kind valkey.Kind
	}{
		"refused":      {refused(t), valkey.KindRefused},
		"unknown name": {"nobody.invalid:6379", valkey.KindUnknownHost},
		"no socket":    {"unix://" + filepath.Join(t.TempDir(), "missing.sock"), valkey.KindNoSocket},
	} {
		t.Run(name, func(t *testing.T) {
			s := watching(t, c.addr)
			for range 5 {
				s.scrape(t).wantDown(t, c.kind)
			}
			s.log.wantLines(t, 1, "level=WARN", "reason="+string(c.kind), "hint=")
			s.log.wantLines(t, 1, "level=WARN")
			s.log.wantLines(t, 0, "level=ERROR")
		})
	}
}

// refused is an address where nobody listens any more.
func refused(t *testing.T) string {
	t.Helper()
	s := fake.New(t, func([]string) []byte { return nil })
	s.Close()
	return s.Addr
}

func TestServerThatReturnsIsWholeAtTheNextScrape(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		s := watching(t, server.Addr)
		s.scrape(t).wantUp(t)
		for range 2 {
			server.Stop()
			for range 3 {
				s.scrape(t).wantDown(t, valkey.KindRefused)
			}
			server.Start()
			s.scrape(t).wantUp(t)
			s.scrape(t).wantUp(t)
		}
		s.log.wantLines(t, 2, "level=WARN", "scrape failed")
		s.log.wantLines(t, 2, "level=WARN")
		s.log.wantLines(t, 2, "server answers again")
	})
}

func TestSocketThatAppears(t *testing.T) {
	server := testserver.Valkey(t)
	s := watching(t, "unix://"+server.Socket)
	server.Stop()
	if err := os.Remove(server.Socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	wantLocked(t, s, valkey.KindNoSocket, "unixsocket")
	server.Start()
	wantBack(t, s)
}

func TestServerThatIsDownIsOneLineForAllConnections(t *testing.T) {
	s := start(t, environment{"VALKEY_ADDR": refused(t)}, "--config.file="+configFile(t, `
queues: [{pattern: "queue:*"}]
observe: {interval: 1s}
classes: {interval: 1s}
clients: {interval: 1s}
latency: {interval: 1s}`))
	for range 5 {
		s.scrape(t).wantDown(t, valkey.KindRefused)
	}
	eventually(t, "the walk has failed too, and others have had the time to", func() bool { return len(s.log.lines("walking over the keys failed")) > 0 })
	s.log.wantLines(t, 1, "level=WARN")
}

// Prometheus asks with its timeout in a header and hangs up when it has passed.
func TestServerThatHangsIsDownBeforePrometheusGivesUp(t *testing.T) {
	server := testserver.Valkey(t)
	s := watching(t, server.Addr, "--scrape.timeout-offset=1s")
	s.scrape(t).wantUp(t)

	server.Pause()
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/metrics", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "2")
		parse(t, do(t, req).body).wantDown(t, valkey.KindTimeout)
		cancel()
	}
	server.Resume()
	s.scrape(t).wantUp(t)
	s.log.wantLines(t, 1, "level=WARN", "reason=timeout")
	s.log.wantLines(t, 1, "server answers again")
}

// A fresh exporter meets a server that accepts connections and says nothing.
func TestServerThatHangsFromTheStart(t *testing.T) {
	server := testserver.Valkey(t)
	s := watching(t, server.Addr, "--scrape.timeout=500ms")
	server.Pause()
	s.scrape(t).wantDown(t, valkey.KindTimeout)
	server.Resume()
	s.scrape(t).wantUp(t)
}

func TestClientThatGoesAwayCancelsTheWork(t *testing.T) {
	server := scripted(t, nil)
	s := watching(t, server.Addr)
	s.scrape(t).wantUp(t)
	check := noNewGoroutines(t)
	asked := server.Count("SLOWLOG LEN")

	server.Hang("SLOWLOG LEN")
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/metrics", http.NoBody)
		if err == nil {
			_, err = impatient.Do(req)
		}
		gone <- err
	}()
	eventually(t, "the server was asked", func() bool { return server.Count("SLOWLOG LEN") > asked })
	cancel()
	if err := <-gone; err == nil {
		t.Fatal("want no answer")
	}
	check()

	server.Heal()
	got := s.scrape(t)
	got.wantUp(t)
	if n := server.Connections(); n != 2 {
		t.Errorf("%d connections, want 2: the one with the unread reply is dropped", n)
	}
	s.log.wantLines(t, 0, "level=WARN")
}

package main

import (
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

var (
	styleOrScript = regexp.MustCompile(`(?s)<(style|script|title)>.*?</(style|script|title)>`)
	endOfCell     = regexp.MustCompile(`</t[dh]>`)
	anyTag        = regexp.MustCompile(`<[^>]*>`)
)

// seen is the page as a person reads it, a line of a table a line.
func (s *subject) seen(t *testing.T) string {
	t.Helper()
	r := request(t, http.MethodGet, s.url+"/")
	if r.status != http.StatusOK {
		t.Fatalf("status %d:\n%s", r.status, r.body)
	}
	text := styleOrScript.ReplaceAllString(r.body, "")
	text = endOfCell.ReplaceAllString(text, "|")
	return html.UnescapeString(anyTag.ReplaceAllString(text, ""))
}

// wantSeen waits until the page says all of it: it is made once a second.
func (s *subject) wantSeen(t *testing.T, texts ...string) {
	t.Helper()
	eventually(t, fmt.Sprintf("the page says %q", texts), func() bool {
		page := s.seen(t)
		for _, text := range texts {
			if !strings.Contains(page, text) {
				return false
			}
		}
		return true
	})
}

// What a real server and its queues are like is seen without a scrape of one's
// own, and without a question to the server.
func TestStatusPageOfARealServer(t *testing.T) {
	t.Parallel()
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--maxmemory", "100mb", "--maxmemory-policy", "noeviction")
		config := configFile(t, `
queues:
  - {key: jobs, max_length: 2, severity: critical}
  - {key: quiet}
  - {key: settings}
  - {key: dead, role: dead_letter}
  - {pattern: "hand:*", role: processing}
discovery: {interval: 1s}
observe: {interval: 1s}
`)
		for range 3 {
			server.Must(t, "LPUSH", "jobs", `{"id":"1"}`)
		}
		server.Must(t, "SET", "settings", "x")
		server.Must(t, "LPUSH", "dead", `{"error":"timeout"}`)
		server.Must(t, "LPUSH", "hand:w1", `{"id":"7"}`)
		s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+config)
		s.wantSeen(t, "not scraped yet", "Cannot say how the server is: nobody has scraped this exporter yet. Open /metrics once",
			"critical jobs holds 3 jobs, more than 2. QueueBackup", "jobs|over limit|3|2|", "quiet|ok|0|1,000|none|15 min|",
			"hand:w1|ok|w1|1|", "dead|ok|1|100|", "timeout|dead|1|")

		s.scrape(t).wantUp(t)
		s.wantSeen(t, " up", "primary", "of 100 MiB", "policy noeviction", "settings cannot be read: the key is no list", "two scrapes are needed")
		server.Stop()
		s.scrape(t).want(t, "redis_up", 0)
		s.wantSeen(t, " down", "critical The server cannot be asked (", "Check that the server runs", "Memory unknown", " ago")
	})
}

// A primary says how far its replicas are.
func TestStatusPageOfAPrimary(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		primary := startServer("--repl-diskless-sync-delay", "0")
		s := watching(t, primary.Addr)
		replica := testserver.Replica(t, primary)
		eventually(t, "the replica has acknowledged all", func() bool {
			got := s.scrape(t)
			ids := got.of("redis_connected_slave_lag_bytes")
			return len(ids) == 1 && got[ids[0]] == 0
		})
		s.wantSeen(t, "Replicas", fmt.Sprintf(":%d|ok|online|", replica.Port))
	})
}

// However often one looks, the server is asked nothing.
func TestStatusPageAsksTheServerNothing(t *testing.T) {
	server := scripted(t, fake.Keys{"jobs": {Type: "list", Length: 7}})
	s := watching(t, server.Addr)
	s.scrape(t).wantUp(t)
	trips := server.RoundTrips()
	s.wantSeen(t, "jobs|length ok|7|", "not asked")
	for range 20 {
		s.seen(t)
	}
	if n := server.RoundTrips() - trips; n != 0 {
		t.Errorf("%d round trips", n)
	}
}

// Who looks waits for no scrape, and no scrape for him.
func TestStatusPageWhileAScrapeHangs(t *testing.T) {
	server := scripted(t, jobs)
	s := watching(t, server.Addr)
	s.scrape(t).wantUp(t)
	asked := server.Count("SLOWLOG LEN")
	server.Hang("SLOWLOG LEN")
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = ask(t, http.MethodGet, s.url+"/metrics", "X-Prometheus-Scrape-Timeout-Seconds: 2")
	}()
	eventually(t, "the server is asked", func() bool { return server.Count("SLOWLOG LEN") > asked })
	s.seen(t)
	select {
	case <-done:
		t.Error("the page came after the scrape")
	default:
	}
	<-done
	s.wantSeen(t, " down", "(timeout)")
}

func TestStatusPageAfterAReload(t *testing.T) {
	server := scripted(t, fake.Keys{"jobs": {Type: "list", Length: 7}})
	path := configFile(t, "queues: [{key: jobs, max_length: 10}]\nobserve: {interval: off}")
	s := watching(t, server.Addr, "--config.file="+path)
	s.scrape(t)
	s.wantSeen(t, "jobs|length ok|7|10|")
	rewrite(t, path, "queues: [{key: jobs, max_length: 6}]\nobserve: {interval: off}")
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	s.wantSeen(t, "jobs|over limit|7|6|")
	rewrite(t, path, "queues: 7")
	if s.reload() == nil {
		t.Fatal("a mistake was accepted")
	}
	s.wantSeen(t, "The configuration file was changed and has a mistake")
}

func TestStatusPageCanBeSwitchedOff(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr, withoutStatusPage)
	s.scrape(t).wantUp(t)
	page := request(t, http.MethodGet, s.url+"/").body
	if !strings.Contains(page, "What Prometheus scrapes") || strings.Contains(page, "Memory") {
		t.Errorf("want links only, got\n%s", page)
	}
	if s.page != nil {
		t.Error("it remembers for nobody")
	}
}

// What one who looks costs, beside a scrape.
func BenchmarkStatusPage(b *testing.B) {
	keys, yaml := fake.Keys{}, "observe: {interval: off}\nqueues:\n"
	for i := range 100 {
		key := fmt.Sprintf("queue:%d", i)
		keys[key] = fake.Key{Type: "list", Length: int64(i)}
		yaml += "  - {key: " + key + "}\n"
	}
	path := filepath.Join(b.TempDir(), "exporter.yml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		b.Fatal(err)
	}
	addr := fake.Replay(b, captures, "valkey-8.0.1", keys).Addr
	s, err := parseFlags([]string{"--valkey.addr=" + addr, "--config.file=" + path}).settings(environment{}.get)
	if err != nil {
		b.Fatal(err)
	}
	e := newExporter(b.Context(), s, slog.New(slog.DiscardHandler))
	b.Cleanup(e.close)
	handler, snap := e.handler(), e.shared.Snapshot(b.Context())
	for _, path := range []string{"/metrics", "/"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				e.page.Scraped(snap) // so that it is made anew
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}

//go:build unix

package collector_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/internal/testserver/fake"
)

var update = flag.Bool("update", false, "rewrite testdata/golden/*.prom")

const (
	captures = "../testdata/captures"
	golden   = "../testdata/golden"
)

// versions are the servers whose replies were captured.
func versions() []string {
	return []string{"redis-7.0.15", "redis-8.0.6", "valkey-7.2.7", "valkey-8.0.1", "valkey-8.1.1", "valkey-9.1.2"}
}

// keyspace holds a queue of each type, and a key that is none. The scripted
// server has it in every database.
var keyspace = fake.Keys{
	"queue:high":          {Type: "list", Length: 3},
	"queue:dead-letter":   {Type: "list", Length: 100},
	"queue:processing":    {Type: "set", Length: 2},
	"queue:delayed":       {Type: "zset", Length: 40},
	"queue:events":        {Type: "stream", Length: 1234567},
	"queue:processing:w1": {Type: "list", Length: 1},
	"settings":            {Type: "string"},
}

func watched() []*valkey.Queue {
	named := func(db int, key, role string) *valkey.Queue {
		q := valkey.NewQueue(db, key, role)
		q.Named = true
		return q
	}
	return []*valkey.Queue{
		named(0, "queue:high", "work"), named(0, "queue:dead-letter", "dead_letter"), named(0, "queue:delayed", "work"),
		named(0, "queue:events", "work"), named(0, "queue:medium", "work"), named(0, "queue:processing", "processing"), named(0, "settings", "work"),
		valkey.NewQueue(0, "queue:processing:w1", "processing"), valkey.NewQueue(0, "queue:processing:\"w2\"\n", "processing"),
		named(3, "queue:high", "work"),
	}
}

func goldenState() collector.State {
	return collector.State{
		Now:    goldenTime,
		Build:  collector.Build{Version: "1.2.3", Commit: "0123456789abcdef", Date: "20270115", Go: "go1.26.0"},
		Scrape: collector.ScrapeStats{Count: 7, Seconds: 0.042, RequestErrors: 1},
		Config: collector.Config{OK: true, Loaded: goldenTime.Add(-time.Hour)},
		Discovery: &queue.Status{
			Walks: []queue.Walked{{DB: 0, Ended: goldenTime.Add(-20 * time.Second), Took: 1500 * time.Millisecond, Keys: 100_000, Complete: true}, {DB: 3}},
			Found: 2, MaxQueues: 1000,
		},
		Health:  goldenHealth(),
		Audit:   goldenAudit(),
		Saves:   goldenSaves(),
		Classes: goldenClasses(),
		Clients: goldenClients(),
		Latency: goldenLatency(),
	}
}

// goldenSaves have seen a rewrite of the append-only file that succeeded.
func goldenSaves() *collector.Saves {
	saves := &collector.Saves{}
	for _, rewrites := range []string{"0", "1"} {
		s := told(text("aof_rewrites", rewrites), nil)
		s.At = goldenTime.Add(-time.Minute)
		saves.Observe(s)
	}
	return saves
}

// goldenAudit is the embedded configuration's, on a server whose queues are used.
func goldenAudit() *collector.Audit {
	a := config.Default().Audit()
	return &collector.Audit{Baseline: a.Baseline, Checks: a.Checks, QueuesUsed: true, Rights: true}
}

// scrapeOf scrapes a server that answers as version did. What real time was
// measured is replaced by 1 ms for each source.
func scrapeOf(t testing.TB, version string) valkey.Snapshot {
	t.Helper()
	server := fake.Replay(t, captures, version, keyspace)
	snap := scrape(t, server.Addr, watched()...)
	snap.Connect, snap.Took = 2*time.Millisecond, 5*time.Millisecond
	for i := range snap.Sources {
		snap.Sources[i].Took = time.Millisecond
	}
	return snap
}

// scrape is the second scrape of a server: the types of the queues are known.
func scrape(t testing.TB, address string, queues ...*valkey.Queue) valkey.Snapshot {
	t.Helper()
	s := newScraper(t, address)
	scrapeOnce(t, s, queues)
	return scrapeOnce(t, s, queues)
}

func newScraper(t testing.TB, address string) *valkey.Scraper {
	t.Helper()
	return scraperAt(t, address, func() time.Time { return goldenTime })
}

// scraperAt has a clock of its own.
func scraperAt(t testing.TB, address string, now func() time.Time) *valkey.Scraper {
	t.Helper()
	target, err := valkey.ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	conn := valkey.Open(valkey.Options{Target: target, Name: "exporter"})
	t.Cleanup(func() { _ = conn.Close() })
	return valkey.NewScraper(conn, valkey.NewLedger(), now)
}

func scrapeOnce(t testing.TB, s *valkey.Scraper, queues []*valkey.Queue) valkey.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	snap := s.Scrape(ctx, valkey.Request{Queues: queues, RetryDenied: time.Minute, AccessEvery: time.Minute})
	if snap.Err != nil {
		t.Fatal(snap.Err)
	}
	return snap
}

// families describes a snapshot, and expects that all of it is understood.
func families(t testing.TB, s valkey.Snapshot) []*dto.MetricFamily {
	t.Helper()
	page, err := collector.Describe(s, goldenState())
	list := page.Families
	if err != nil {
		t.Error(err)
	}
	return list
}

// exposition is what Prometheus gets.
func exposition(t testing.TB, list []*dto.MetricFamily) []byte {
	t.Helper()
	var text bytes.Buffer
	for _, f := range list {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			t.Errorf("%s: %v", f.GetName(), err)
		}
	}
	return text.Bytes()
}

func TestGoldenScrapes(t *testing.T) {
	for _, version := range versions() {
		t.Run(version, func(t *testing.T) {
			file := filepath.Join(golden, version+".prom")
			got := exposition(t, families(t, scrapeOf(t, version)))
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v: run make golden", err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("%s (-want +got); if it is better so, run make golden:\n%s", file, diff)
			}
		})
	}
}

func TestEveryGoldenFileBelongsToAVersion(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(golden, "*"))
	if err != nil || len(files) != len(versions()) {
		t.Errorf("%d files (%v) in %s, want %d", len(files), err, golden, len(versions()))
	}
}

func TestTwoScrapesOfTheSameAnswersAreEqual(t *testing.T) {
	first, second := families(t, scrapeOf(t, "valkey-9.1.2")), families(t, scrapeOf(t, "valkey-9.1.2"))
	if diff := cmp.Diff(string(exposition(t, first)), string(exposition(t, second))); diff != "" {
		t.Error(diff)
	}
}

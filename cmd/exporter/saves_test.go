package main

import (
	"os"
	"path/filepath"
	"testing"

	"valkey-exporter/internal/testserver"
)

// What failed to be saved is counted from scrape to scrape, and a reload forgets
// nothing of it.
func TestFailedSavesAreCounted(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--save", "3600 1")
		const failures = `redis_save_failures_total{save="snapshot"}`
		if err := os.Mkdir(filepath.Join(server.Dir, "dump.rdb"), 0o755); err != nil {
			t.Fatal(err)
		}
		fail := func() {
			server.Must(t, "BGSAVE")
			server.WaitForInfo("rdb_bgsave_in_progress:0")
		}
		s := watching(t, server.Addr)
		fail() // before the first scrape
		s.scrape(t).want(t, failures, 0)
		fail()
		fail()
		got := s.scrape(t)
		got.want(t, failures, 2)
		got.want(t, "redis_rdb_last_bgsave_status", 0)
		got.wantNone(t, "redis_save_last_success_timestamp_seconds")
		s.apply(s.settings.config)
		fail()
		s.scrape(t).want(t, failures, 3)
	})
}

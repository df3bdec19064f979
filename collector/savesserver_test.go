//go:build unix

package collector_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// saver is a real server that is scraped, and what is known of its saves.
type saver struct {
	*testserver.Server

	t       *testing.T
	scraper *valkey.Scraper
	saves   collector.Saves
}

// follow begins two seconds after the start: a snapshot of the first second is not
// told apart from it.
func follow(t *testing.T, server *testserver.Server) *saver {
	t.Helper()
	server.WaitForInfo("uptime_in_seconds:2")
	s := &saver{Server: server, t: t, scraper: scraperAt(t, server.Addr, time.Now)}
	s.scrape()
	return s
}

func (s *saver) scrape() (map[string]float64, valkey.Snapshot) {
	s.t.Helper()
	snap := scrapeOnce(s.t, s.scraper, nil)
	s.saves.Observe(snap)
	return savesOf(s.t, snap, s.saves), snap
}

// do runs a command of the server, and waits until what it began has ended.
func (s *saver) do(command string) {
	s.t.Helper()
	s.Must(s.t, strings.Fields(command)...)
	s.WaitForInfo("rdb_bgsave_in_progress:0")
	s.WaitForInfo("aof_rewrite_in_progress:0")
}

// failures expects what has failed in all.
func (s *saver) failures(when, kind string, want float64) {
	s.t.Helper()
	if got, _ := s.scrape(); got["failures "+kind] != want {
		s.t.Errorf("%s: %v failed, want %v", when, got["failures "+kind], want)
	}
}

// inTheWay puts a folder where the server wants to write a file, which even root
// cannot do then. What it returns takes it away.
func inTheWay(t *testing.T, path string) (away func()) {
	t.Helper()
	for _, err := range []error{os.RemoveAll(path), os.Mkdir(path, 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSnapshotsOfARealServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := follow(t, start("--save", ""))
		s.do("SET a 1")
		if got, _ := s.scrape(); len(got) != 2 {
			t.Errorf("%v of a server that has saved nothing and should not, want two counters", got)
		}
		s.do("BGSAVE")
		s.do("SET a 2")
		got, snap := s.scrape()
		saved := got["success snapshot"]
		if age := float64(snap.At.Unix()) - saved; age < -1 || age > 5 {
			t.Errorf("a snapshot of just now is %v seconds old", age)
		}
		if _, known := got["unsaved"]; known {
			t.Error("a single snapshot is taken for a habit")
		}
		s.do("BGSAVE")
		s.do("SET a 3")
		if got, _ := s.scrape(); got["unsaved"] > 10 || len(got) != 4 {
			t.Errorf("%v, want that less than ten seconds are unsaved after the second", got)
		}
	})
}

func TestFailedSnapshotsOfARealServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := follow(t, start("--save", "3600 1"))
		s.do("SET a 1")
		if got, _ := s.scrape(); got["unsaved"] < 1 || got["unsaved"] > 30 {
			t.Errorf("%v seconds are unsaved two seconds after the start", got["unsaved"])
		}
		s.do("BGSAVE")
		before, _ := s.scrape()
		if v, known := before["unsaved"]; !known || v != 0 {
			t.Errorf("%v seconds (%v) are unsaved after a snapshot", v, known)
		}
		away := inTheWay(t, filepath.Join(s.Dir, "dump.rdb"))
		s.do("SET a 2")
		for i := range 2 {
			s.do("BGSAVE")
			s.failures("a snapshot", "snapshot", float64(i+1))
		}
		s.do("BGSAVE")
		s.do("BGSAVE")
		s.failures("two between two scrapes", "snapshot", 4)
		if after, _ := s.scrape(); after["success snapshot"] != before["success snapshot"] || after["success snapshot"] == 0 {
			t.Errorf("the last snapshot was at %v before it failed and at %v after", before["success snapshot"], after["success snapshot"])
		}
		s.do("CONFIG RESETSTAT")
		s.do("BGSAVE")
		s.failures("after CONFIG RESETSTAT", "snapshot", 5)
		away()
		s.do("BGSAVE")
		s.failures("when one succeeds", "snapshot", 5)
		s.Stop()
		s.Start()
		got, _ := s.scrape()
		if _, known := got["success snapshot"]; known || got["failures snapshot"] != 5 {
			t.Errorf("after a restart %v, want no snapshot and the failures", got)
		}
	})
}

func TestTheAppendOnlyFileOfARealServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := follow(t, start("--save", "", "--appendonly", "yes"))
		s.do("SET a 1")
		for policy, want := range map[string]float64{"everysec": 2, "always": 0, "no": 30} {
			s.do("CONFIG SET appendfsync " + policy)
			if got, _ := s.scrape(); got["unsaved"] != want {
				t.Errorf("appendfsync %s: %v seconds are unsaved, want %v", policy, got["unsaved"], want)
			}
		}
		if got, _ := s.scrape(); len(got) != 3 {
			t.Errorf("%v, want nothing of a rewrite that there was not", got)
		}
		s.do("BGREWRITEAOF")
		got, snap := s.scrape()
		done := got["success aof_rewrite"]
		if done != float64(snap.At.UnixMilli())/1e3 {
			t.Errorf("a rewrite was seen at %v, found at %v", done, snap.At)
		}
		away := inTheWay(t, nextBase(t, s.Server))
		s.do("BGREWRITEAOF")
		s.failures("a rewrite", "aof_rewrite", 1)
		s.do("BGREWRITEAOF")
		s.failures("another", "aof_rewrite", 2)
		if got, _ := s.scrape(); got["success aof_rewrite"] != done {
			t.Errorf("the last rewrite was at %v, and is at %v after others failed", done, got["success aof_rewrite"])
		}
		away()
		s.do("BGREWRITEAOF")
		s.failures("when one succeeds", "aof_rewrite", 2)
		if got, _ := s.scrape(); got["success aof_rewrite"] <= done {
			t.Error("a rewrite that succeeded was not seen")
		}
	})
}

// A file that is turned on and cannot be begun saves nothing.
func TestAnAppendOnlyFileThatIsNotThereYet(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--save", "")
		if err := os.Mkdir(filepath.Join(server.Dir, "appendonlydir"), 0o755); err != nil {
			t.Fatal(err)
		}
		away := inTheWay(t, filepath.Join(server.Dir, "appendonlydir", "appendonly.aof.1.base.rdb"))
		s := follow(t, server)
		s.do("SET a 1")
		s.do("CONFIG SET appendonly yes")
		s.WaitForInfo("aof_last_bgrewrite_status:err")
		if got, _ := s.scrape(); got["failures aof_rewrite"] == 0 || len(got) != 2 {
			t.Errorf("%v, want failures and nothing that is saved", got)
		}
		away()
		_, _ = s.Do(t, "BGREWRITEAOF") // refused while the server tries again by itself
		s.WaitForInfo("aof_last_bgrewrite_status:ok")
		if got, _ := s.scrape(); got["unsaved"] != 2 {
			t.Errorf("%v, want that two seconds are unsaved", got)
		}
	})
}

// nextBase is the file to which the server will rename its next rewrite.
func nextBase(t *testing.T, server *testserver.Server) string {
	t.Helper()
	folder := filepath.Join(server.Dir, "appendonlydir")
	files, err := filepath.Glob(filepath.Join(folder, "*.base.rdb"))
	var number int
	if err != nil || len(files) != 1 {
		t.Fatalf("%q (%v), want the base of the append-only file", files, err)
	}
	if _, err := fmt.Sscanf(filepath.Base(files[0]), "appendonly.aof.%d.base.rdb", &number); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, fmt.Sprintf("appendonly.aof.%d.base.rdb", number+1))
}

// A replica that does not read is behind by what was written, and has changes of
// its own that it has not saved.
func TestReplicaOfARealServer(t *testing.T) {
	primary := testserver.Valkey(t, "--repl-diskless-sync-delay", "0")
	replica := testserver.Replica(t, primary, "--save", "3600 1", "--repl-diskless-sync-delay", "0")
	replica.WaitForInfo("master_link_status:up")
	primary.WaitForInfo("slave0:")
	eventually := func(what string, ok func(map[string]float64) bool) {
		t.Helper()
		var got map[string]float64
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if got = lagOf(t, scrape(t, primary.Addr)); ok(got) {
				return
			}
		}
		t.Errorf("%s: %v", what, got)
	}
	eventually("in step", func(got map[string]float64) bool { return len(got) == 1 && got["online"] < 200 })
	replica.Pause()
	primary.Must(t, "SET", "large", strings.Repeat("x", 200_000))
	eventually("behind", func(got map[string]float64) bool { return got["online"] > 200_000 && got["online"] < 300_000 })
	replica.Resume()
	eventually("in step again", func(got map[string]float64) bool { return len(got) == 1 && got["online"] < 200 })
	if got := collector.Unsaved(scrape(t, replica.Addr)); !(got >= 0 && got < 60) {
		t.Errorf("%v seconds are unsaved on the replica", got)
	}
	if changes := scrape(t, replica.Addr).Info.Fields["rdb_changes_since_last_save"]; changes == "0" {
		t.Error("the replica counts no changes")
	}
}

// lagOf are the bytes that each replica is behind, by its state.
func lagOf(t *testing.T, s valkey.Snapshot) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, f := range families(t, s) {
		if f.GetName() == "redis_connected_slave_lag_bytes" {
			for _, m := range f.GetMetric() {
				all[m.GetLabel()[2].GetValue()] = m.GetGauge().GetValue()
			}
		}
	}
	return all
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/statefile"
)

const (
	// stateVersion is that of the layout of the state file. A file of another
	// version is not used.
	stateVersion = 1
	// saveInterval is how much is lost at most when the exporter is killed.
	saveInterval = 30 * time.Second
)

// stateFile is what survives a restart of the exporter: since when a job has been
// seen, how much came and went, which look-ups were ours. Without it, ages that
// messages do not tell themselves would begin anew.
type stateFile struct {
	path    string
	server  string // the state of another server is of no use
	ledger  *valkey.Ledger
	tracker *health.Tracker
	log     *slog.Logger
	ended   chan struct{} // closed when run has ended
	watched []place       // the queues that an earlier run watched

	mu    sync.Mutex
	saved time.Time
	ok    bool
	began bool // a save was tried
}

// saved is the file. It holds hashes of messages, never their text.
type saved struct {
	Version int
	Server  string
	// Clean is true when the exporter wrote this as its last act. The counters
	// of another one are behind what Prometheus has seen, and it would take
	// their going back for a reset: they begin anew instead.
	Clean  bool
	Ledger valkey.LedgerState
	Health health.State
}

// checkStateFile finds out before the start what would make every save fail.
func checkStateFile(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("--state.file: %s is not a regular file: name a file, it is made when it does not exist", path)
	}
	folder, err := os.Stat(filepath.Dir(path))
	switch {
	case err != nil:
		return fmt.Errorf("--state.file: %w: make the folder, and let the exporter write to it", err)
	case !folder.IsDir():
		return fmt.Errorf("--state.file: %s is not a folder", filepath.Dir(path))
	}
	return nil
}

// restore takes over what an earlier run of the exporter knew.
func (f *stateFile) restore(now time.Time) {
	var s saved
	err := statefile.Load(f.path, &s)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.log.Info("there is no state file yet: ages and counters of queues begin now", "file", f.path)
	case err != nil:
		f.log.Warn("the state file cannot be used and is replaced: ages and counters of queues begin anew", "err", err)
	case s.Version != stateVersion:
		f.log.Warn("the state file is of another version of the exporter and is replaced: ages and counters of queues begin anew",
			"file", f.path, "version", s.Version, "want", stateVersion)
	case s.Server != f.server:
		f.log.Warn("the state file is about another server and is replaced: ages and counters of queues begin anew",
			"file", f.path, "about", s.Server)
	case s.Clean:
		f.ledger.Restore(s.Ledger)
		f.takeOver(s.Health, now)
	default:
		f.log.Info("the exporter did not end in order the last time: counters of queues begin anew, ages do not", "file", f.path)
		f.takeOver(s.Health.WithoutCounters(), now)
	}
}

func (f *stateFile) takeOver(state health.State, now time.Time) {
	f.tracker.Restore(state, now)
	for i := range state.Queues {
		f.watched = append(f.watched, place{state.Queues[i].DB, string(state.Queues[i].Key)})
	}
}

// findAgain puts the queues that an earlier run has found by pattern on the
// list. What is known of them would be gone before the first walk finds them.
func (f *stateFile) findAgain(list *queue.Watchlist) {
	for _, p := range f.watched {
		list.Find(p.db, []string{p.key}, time.Now())
	}
	f.watched = nil
}

// run saves now and then until ctx ends. The first time is at once: from then
// on the file no longer says that its counters are the latest.
func (f *stateFile) run(ctx context.Context) {
	defer close(f.ended)
	ticker := time.NewTicker(saveInterval)
	defer ticker.Stop()
	for {
		f.save(false)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// close saves for the last time. The context of run must have ended, and
// nothing change any more.
func (f *stateFile) close() {
	<-f.ended
	f.save(true)
}

// save writes the file, and logs when that begins to fail or works again.
func (f *stateFile) save(clean bool) {
	now := time.Now()
	err := statefile.Save(f.path, saved{stateVersion, f.server, clean, f.ledger.Save(), f.tracker.Save()})
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil && (f.ok || !f.began):
		f.log.Error("the state file cannot be written: what is known of queues is lost at the next restart", "err", err)
	case err == nil && f.began && !f.ok:
		f.log.Info("the state file is written again", "file", f.path)
	}
	f.began, f.ok = true, err == nil
	if err == nil {
		f.saved = now
	}
}

// status is what the metrics say about the file.
func (f *stateFile) status() *collector.StateFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &collector.StateFile{OK: f.ok, Saved: f.saved}
}

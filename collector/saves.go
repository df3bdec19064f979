package collector

import (
	"math"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// The values of the label save.
const (
	savedSnapshot = "snapshot"
	savedRewrite  = "aof_rewrite"
)

// The most that is lost with an append-only file. A flush each second that is still
// busy holds up the next one for a second more; without flushes of its own the
// server relies on those of Linux, which come after half a minute.
const (
	flushedEachSecond = 2
	flushedBySystem   = 30
)

// Unsaved is how many seconds of writes a crash would lose at most. It is not a
// number when nothing is to be saved, and when nobody can tell.
//
// An append-only file that is turned on while the server runs holds nothing before
// its first rewrite has succeeded, and has no size so long.
func Unsaved(s valkey.Snapshot) float64 {
	f := s.Info.Fields
	changes := number(s.Info, "rdb_changes_since_last_save")
	switch {
	case !s.Up || f["loading"] != "0" || f["async_loading"] == "1":
		return valkey.NotSent
	case f["aof_enabled"] == "1" && f["aof_current_size"] != "0":
		return unflushed(s)
	case !takesSnapshots(s):
		return valkey.NotSent
	case changes == 0:
		return 0
	}
	// Until the first save this is the start, after which all changes are counted.
	return max(0, serverTime(s)-number(s.Info, "rdb_last_save_time"))
}

// unflushed is Unsaved with an append-only file. What is not written to it at all
// has no bound.
func unflushed(s valkey.Snapshot) float64 {
	f := s.Info.Fields
	if f["aof_last_write_status"] != "ok" {
		return valkey.NotSent
	}
	forked := f["aof_rewrite_in_progress"] == "1" || f["rdb_bgsave_in_progress"] == "1"
	switch {
	case s.Config["appendfsync"] == "always":
		return 0
	case s.Config["appendfsync"] == "no", forked && s.Config["no-appendfsync-on-rewrite"] == "yes":
		return flushedBySystem
	case s.Config["appendfsync"] == "everysec":
		return flushedEachSecond
	}
	return valkey.NotSent
}

// takesSnapshots says whether snapshots are meant to be taken: by save points, or by
// somebody else who asks for them, and not for the first time. A single one may have
// been made by hand.
func takesSnapshots(s valkey.Snapshot) bool {
	return s.Config["save"] != "" || number(s.Info, "rdb_saves") > 1
}

// SavesNothing says whether the server keeps nothing on disk at all, by its settings.
// One that does not tell them is believed to.
func SavesNothing(s valkey.Snapshot) bool {
	nothing, told := persistsNothing(s.Config)
	return told && nothing
}

// LastSnapshot is when a snapshot was last saved since the server started; not a
// number if none was. The server tells its start then, by the same clock, and the
// two are read within a second of each other.
func LastSnapshot(s valkey.Snapshot) float64 {
	last := number(s.Info, "rdb_last_save_time")
	if last-startTime(s) > 1 {
		return last
	}
	return valkey.NotSent
}

// SnapshotAge is how many seconds ago that was, by the server's clock.
func SnapshotAge(s valkey.Snapshot) float64 { return max(0, serverTime(s)-LastSnapshot(s)) }

// Saves follows what the server saves from scrape to scrape, because INFO says of
// the last attempt only whether it succeeded.
type Saves struct {
	before *saving // nil before the first scrape

	failedSnapshots, failedRewrites float64
	rewritten                       float64 // when a rewrite was found to have succeeded; 0: never
}

// saving is what INFO says of saving.
type saving struct {
	run                string
	snapshots, rewrite tries
	saved              float64 // LastSnapshot
	inARow             float64 // rewrites that failed one after the other
}

// tries are attempts of one kind.
type tries struct {
	ended  float64 // since the start or CONFIG RESETSTAT
	failed bool    // the last one did
}

// Observe takes note of a scrape.
func (a *Saves) Observe(s valkey.Snapshot) {
	if s.Info.Fields["rdb_last_bgsave_status"] == "" {
		return // no answer, or no such section
	}
	now := savingOf(s)
	if a.before != nil {
		before := a.before.goOn(now)
		a.failedSnapshots += before.failedSnapshots(now)
		a.failedRewrites += before.failedRewrites(now)
		if before.rewrote(now) {
			a.rewritten = float64(s.At.UnixMilli()) / 1e3
		}
	}
	a.before = &now
}

func savingOf(s valkey.Snapshot) saving {
	tried := func(begun, running, status string) tries {
		return tries{number(s.Info, begun) - number(s.Info, running), s.Info.Fields[status] == "err"}
	}
	return saving{
		run:       s.Info.Fields["run_id"],
		snapshots: tried("rdb_saves", "rdb_bgsave_in_progress", "rdb_last_bgsave_status"),
		rewrite:   tried("aof_rewrites", "aof_rewrite_in_progress", "aof_last_bgrewrite_status"),
		saved:     LastSnapshot(s), inARow: number(s.Info, "aof_rewrites_consecutive_failures"),
	}
}

// goOn is where the counters of now go on from: from nothing after a restart or a
// CONFIG RESETSTAT.
func (b saving) goOn(now saving) saving {
	if now.run != b.run {
		return saving{run: now.run, saved: valkey.NotSent}
	}
	if now.snapshots.ended < b.snapshots.ended {
		b.snapshots.ended = 0
	}
	if now.rewrite.ended < b.rewrite.ended {
		b.rewrite.ended, b.inARow = 0, 0
	}
	return b
}

// failedSnapshots are those that certainly failed until now. While none succeeds
// that is all.
func (b saving) failedSnapshots(now saving) float64 {
	least := yes(!b.snapshots.failed)
	tried := now.snapshots.ended - b.snapshots.ended
	switch {
	case !now.snapshots.failed:
		return 0
	case math.IsNaN(tried): // a server that does not count
		return least
	case now.saved != b.saved && !math.IsNaN(now.saved):
		return 1
	}
	return max(tried, least)
}

// failedRewrites are those that certainly failed until now.
func (b saving) failedRewrites(now saving) float64 {
	tried := now.rewrite.ended - b.rewrite.ended
	switch {
	case math.IsNaN(tried) || math.IsNaN(now.inARow):
		return yes(now.rewrite.failed && !b.rewrite.failed)
	case b.succeeded(now):
		return now.inARow
	}
	return max(0, now.inARow-b.inARow)
}

// succeeded says whether more rewrites were tried than have failed.
func (b saving) succeeded(now saving) bool {
	return now.rewrite.ended-b.rewrite.ended > now.inARow-b.inARow
}

// rewrote says whether a rewrite has succeeded until now.
func (b saving) rewrote(now saving) bool {
	return now.rewrite.ended > b.rewrite.ended && b.succeeded(now)
}

// describeSaves describes what is saved.
func describeSaves(b *builder, s valkey.Snapshot, a *Saves) {
	b.gauge(metric.UnsavedSeconds, Unsaved(s))
	if s.Up {
		b.gauge(metric.SaveLastSuccess, LastSnapshot(s), b.labels(metric.SaveLastSuccess, savedSnapshot)...)
	}
	if a == nil {
		return
	}
	if s.Info.Fields["aof_enabled"] == "1" && a.rewritten > 0 {
		b.gauge(metric.SaveLastSuccess, a.rewritten, b.labels(metric.SaveLastSuccess, savedRewrite)...)
	}
	b.counter(metric.SaveFailures, a.failedSnapshots, b.labels(metric.SaveFailures, savedSnapshot)...)
	b.counter(metric.SaveFailures, a.failedRewrites, b.labels(metric.SaveFailures, savedRewrite)...)
}

package statuspage

import (
	"fmt"
	"math"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// savings are what is known of what the server saves to disk.
type savings struct {
	unsaved  float64   // seconds of writes that a crash would lose
	nothing  bool      // nothing is to be saved
	snapshot time.Time // the last one since the start, zero if there was none
	changes  float64   // since then, or since the start

	size, base float64 // of the append-only file, now and after its last rewrite
	rewriteOK  float64 // 1 is yes
}

func newSavings(s valkey.Snapshot) savings {
	v := savings{
		unsaved: collector.Unsaved(s), nothing: collector.SavesNothing(s),
		changes: parse(s.Info.Fields["rdb_changes_since_last_save"]),
		size:    parse(s.Info.Fields["aof_current_size"]), base: parse(s.Info.Fields["aof_base_size"]),
		rewriteOK: word(s.Info.Fields["aof_last_bgrewrite_status"], "ok"),
	}
	if at := collector.LastSnapshot(s); !math.IsNaN(at) {
		v.snapshot = time.Unix(int64(at), 0)
	}
	return v
}

// crash says what a crash of the server would lose.
func (s *server) crash() tile {
	const title = "A crash would lose"
	if s.facts == nil {
		return s.missing(title, nil, nil)
	}
	v := s.facts.saved
	t := tile{Title: title, Value: "the last " + seconds(v.unsaved)}
	switch {
	case v.unsaved == 0:
		t.Value = "nothing"
	case math.IsNaN(v.unsaved) && v.nothing:
		t.Value, t.Notes = "everything", []string{"nothing is to be saved"}
		return t
	case math.IsNaN(v.unsaved):
		t.Value, t.Level = unknown, blind
	}
	t.Notes = s.saves()
	if l := s.above(v.unsaved, config.SnapshotAge, alert.SnapshotStale); l >= note {
		t.Level = l
		s.tell(l, alert.SnapshotStale, fmt.Sprintf("There has been no snapshot for %s, and no append-only file has what has changed since.", seconds(v.unsaved)), "BGSAVE now; then look at the save points, or at the job that saves.")
	} else if l == good {
		t.Level = good
	}
	return t
}

// saves are notes on the file and the snapshot.
func (s *server) saves() []string {
	v := s.facts.saved
	var notes []string
	if s.facts.appendOn == 1 && !math.IsNaN(v.size) {
		notes = append(notes, "append-only file of "+size(v.size))
		s.overdue()
	}
	since := "the start"
	if !v.snapshot.IsZero() {
		since = "then"
		notes = append(notes, fmt.Sprintf("snapshot %s ago", seconds(max(0, s.now.Sub(v.snapshot).Seconds()))))
	}
	if s.facts.appendOn == 0 && v.changes > 0 {
		notes = append(notes, fmt.Sprintf("%s changes since %s", count(v.changes), since))
	}
	return notes
}

// overdue judges an append-only file that is not rewritten.
func (s *server) overdue() {
	v := s.facts.saved
	growth, on := s.alerts.Thresholds.Get(config.AOFGrowth)
	if on && v.size > s.limit(config.AOFGrowthSize) && v.size > growth*v.base {
		s.tell(s.severity(alert.AOFRewriteOverdue), alert.AOFRewriteOverdue,
			fmt.Sprintf("The append-only file has grown to %s, from %s after its last rewrite.", size(v.size), size(v.base)), "BGREWRITEAOF, if disk and memory have room; then look why none comes.")
	}
}

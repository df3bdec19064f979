package queue

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// Walked is the outcome of the latest completed walk of a database.
type Walked struct {
	DB         int
	Ended      time.Time
	Took       time.Duration
	Keys       float64 // keys in the database when the walk began, all of which it passed; NaN when the server did not tell
	Complete   bool    // nothing was missed: the walk reached the end, and the cap turned nobody away
	TurnedAway int     // queues that the cap kept out
}

// Status is what there is to say about discovery.
type Status struct {
	Walks     []Walked // by database; Ended is zero before the first completed walk
	Found     int
	MaxQueues int
	Refused   string // why the server does not let us SCAN; empty if it does
}

// Status is the state of discovery now; ok is false when no pattern is
// configured.
func (w *Watchlist) Status() (status Status, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.patterns) == 0 {
		return Status{}, false
	}
	status = Status{Found: len(w.found), MaxQueues: w.options.MaxQueues, Refused: w.refused}
	for _, db := range w.patterns.databases() {
		walked := w.walks[db]
		walked.DB = db
		status.Walks = append(status.Walks, walked)
	}
	return status, true
}

// End takes note of a completed walk. A found queue that it did not meet did
// not exist; this is how one goes when nobody scrapes.
func (w *Watchlist) End(walked Walked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.walks[walked.DB] = walked
	start := walked.Ended.Add(-walked.Took)
	for k, f := range w.found {
		if k.db == walked.DB && f.seen.Before(start) {
			w.empty(k, f, walked.Ended)
		}
	}
}

// Fail takes note that the latest attempt to walk db did not reach its end.
// What the walk before it found stays known.
func (w *Watchlist) Fail(db int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	walked := w.walks[db]
	walked.Complete = false
	w.walks[db] = walked
}

// Refused is why the server does not let us SCAN, also where nobody looks for queues;
// empty if it does.
func (w *Watchlist) Refused() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refused
}

// refuse takes note of whether the server lets us SCAN.
func (w *Watchlist) refuse(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = valkey.Refused(err)
}

package valkey

import (
	"context"
	"maps"
	"strconv"
	"sync"
)

// Ledger counts the key look-ups that we cause on one server. The server counts
// them too, as hits and misses of its cache, and only we can tell them apart.
// That works because a round trip is counted in full before the next one asks
// what the server has counted: whoever asks for keys takes a turn.
type Ledger struct {
	turn chan struct{} // full while somebody has it

	mu    sync.Mutex
	sum   Lookups
	runID string
	seen  map[string]float64 // what INFO said when it was last read
}

// NewLedger is the ledger of a server, for all that look up keys there.
func NewLedger() *Ledger { return &Ledger{turn: make(chan struct{}, 1)} }

// LedgerState is what must be kept of a Ledger for the next run of the
// exporter.
type LedgerState struct {
	RunID        string
	Seen         map[string]float64
	Hits, Misses float64
}

// Save is the present state.
func (l *Ledger) Save() LedgerState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return LedgerState{RunID: l.runID, Seen: maps.Clone(l.seen), Hits: l.sum.Hits, Misses: l.sum.Misses}
}

// Restore goes on from a state that was saved. It must come before the first
// look-up. When the server has restarted meanwhile, or its counters were reset,
// the first INFO shows it and the look-ups of the state no longer count.
func (l *Ledger) Restore(s LedgerState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runID, l.seen, l.sum = s.RunID, maps.Clone(s.Seen), Lookups{s.Hits, s.Misses}
}

// take waits for the turn, at most until ctx ends; then it says why that did.
func (l *Ledger) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// give ends the turn.
func (l *Ledger) give() { <-l.turn }

// resettable are counters of INFO that begin anew together. The busiest is the
// surest sign: it takes the longest to reach its old value again.
var resettable = []string{"keyspace_hits", "keyspace_misses", "total_commands_processed", "total_net_input_bytes"}

// add counts n look-ups of a key that existed or did not.
func (l *Ledger) add(exists bool, n float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if exists {
		l.sum.Hits += n
	} else {
		l.sum.Misses += n
	}
}

// at is how many of the look-ups in info's numbers were ours. The server's
// numbers begin anew when it restarts and at CONFIG RESETSTAT; so do these.
func (l *Ledger) at(info Info) Lookups {
	l.mu.Lock()
	defer l.mu.Unlock()
	if info.Fields["keyspace_hits"] == "" {
		return l.sum
	}
	seen := make(map[string]float64, len(resettable))
	reset := info.Fields["run_id"] != l.runID
	for _, key := range resettable {
		seen[key], _ = strconv.ParseFloat(info.Fields[key], 64) // one that was not sent is 0 every time
		reset = reset || seen[key] < l.seen[key]
	}
	if reset {
		l.sum = Lookups{}
	}
	l.runID, l.seen = info.Fields["run_id"], seen
	return l.sum
}

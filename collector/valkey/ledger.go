package valkey

import "strconv"

// ledger counts the key look-ups that we cause. The server counts them too,
// as hits and misses of its cache, and only we can tell them apart.
type ledger struct {
	sum   Lookups
	runID string
	seen  map[string]float64 // what INFO said at the latest scrape
}

// resettable are counters of INFO that begin anew together. The busiest is the
// surest sign: it takes the longest to reach its old value again.
var resettable = []string{"keyspace_hits", "keyspace_misses", "total_commands_processed", "total_net_input_bytes"}

// add counts n look-ups of a key that existed or did not.
func (l *ledger) add(exists bool, n float64) {
	if exists {
		l.sum.Hits += n
	} else {
		l.sum.Misses += n
	}
}

// at is how many of the look-ups in info's numbers were ours. The server's
// numbers begin anew when it restarts and at CONFIG RESETSTAT; so do these.
func (l *ledger) at(info Info) Lookups {
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

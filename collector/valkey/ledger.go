package valkey

import "strconv"

// ledger counts the key look-ups that we cause. The server counts them too,
// as hits and misses of its cache, and only we can tell them apart.
type ledger struct {
	sum   Lookups
	runID string
	seen  Lookups // INFO's own numbers at the latest scrape
}

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
	runID := info.Fields["run_id"]
	hits, err1 := strconv.ParseFloat(info.Fields["keyspace_hits"], 64)
	misses, err2 := strconv.ParseFloat(info.Fields["keyspace_misses"], 64)
	if err1 != nil || err2 != nil {
		return l.sum
	}
	if runID != l.runID || hits < l.seen.Hits || misses < l.seen.Misses {
		l.sum = Lookups{}
	}
	l.runID, l.seen = runID, Lookups{hits, misses}
	return l.sum
}

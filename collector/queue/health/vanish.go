package health

import (
	"math"
	"time"

	"valkey-exporter/collector/valkey"
)

// cause is why messages vanished.
type cause int

// The causes, in the order in which they are considered.
const (
	restarted cause = iota
	flushed
	ranOut
	madeRoom
	renamed
	deleted
	causeUnknown
	causeCount
)

func (c cause) String() string {
	return [...]string{"restarted", "flushed", "expired", "evicted", "renamed", "deleted", "unknown"}[c]
}

// Cause is a cause and how many messages vanished of it.
type Cause struct {
	Text  string
	Count float64
}

// Causes are all causes there are, with the messages of all queues.
func (t *Tracker) Causes() []Cause {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Cause, causeCount)
	for c := range causeCount {
		all[c] = Cause{c.String(), t.causes[c]}
	}
	return all
}

// bulkMemory is for how long one call that took many messages is reason to
// believe that there are others.
const bulkMemory = 7 * 24 * time.Hour

// takers are the queues of one type over one interval: a pop may have been of
// any of them.
type takers struct {
	holds valkey.Type
	since *facts
}

// judge decides how many of the messages that are gone have vanished. The
// server counts calls for all keys together, so what the other queues were seen
// to lose must be known first.
func (t *Tracker) judge(changes []change) {
	taken := make(map[takers]float64)
	for i := range changes {
		ch := &changes[i]
		if ch.Exact && !ch.Gone {
			taken[ch.takers()] += ch.Dequeued
		}
	}
	for i := range changes {
		ch := &changes[i]
		ch.learnSingle(taken[ch.takers()])
		if pops, sweeps := ch.calls(); ch.holds != valkey.TypeStream && taken[ch.takers()] > pops && sweeps == 0 && !ch.clues.restarted {
			t.bulk[ch.holds] = ch.at
		}
	}
	for i := range changes {
		ch := &changes[i]
		if !ch.Gone || ch.Before == 0 {
			continue
		}
		others := taken[ch.takers()]
		if ch.told.all() {
			others = 0
		}
		bulk := t.inBulk(ch.holds, ch.at)
		ch.vanished, ch.cause = ch.lost(others, bulk, t.options.Interval), ch.why()
		ch.creditTo(others, bulk)
		if ch.vanished == 0 && ch.provesBulk() {
			t.bulk[ch.holds] = ch.at
		}
		if ch.vanished == 0 && ch.clues.restarted {
			ch.Dequeued = 0 // taken before the restart, or lost in it: nobody knows
		}
	}
}

func (t *Tracker) inBulk(holds valkey.Type, now time.Time) bool {
	seen, ever := t.bulk[holds]
	return ever && now.Sub(seen) < bulkMemory
}

func (ch *change) takers() takers { return takers{ch.holds, ch.w.facts} }

// pops are the calls that may have taken messages from this queue, and those of
// them that take any number.
func (ch *change) pops() (pops, sweeps float64) {
	pops, sweeps = ch.calls()
	if ch.told.all() {
		pops = ch.told.most.Sum(takings...)
	}
	return pops, sweeps
}

// calls are those that may have taken messages from a queue of this type.
func (ch *change) calls() (pops, sweeps float64) {
	f, ok := families[ch.holds]
	if !ok {
		return 0, 0
	}
	return ch.clues.likely[f.pops], ch.clues.likely[f.sweeps]
}

// lost is how many of the messages that are gone nobody took: a lower bound,
// and 0 unless something says so. Others is what other queues were seen to
// lose to the same calls.
func (ch *change) lost(others float64, bulk bool, interval time.Duration) float64 {
	pops, sweeps := ch.pops()
	mine := max(0, pops-others)
	switch {
	case ch.rewritten():
		return 0
	case pops == 0:
		return ch.Before
	case ch.ranOut() && ch.w.steady && ch.w.queue.Role == roleProcessing:
		return ch.Before // a worker that was silent for so long did not finish in time by a second
	case math.IsNaN(pops) || bulk || sweeps > 0 || others > pops:
		return 0
	case mine == 0 && ch.why() != causeUnknown:
		return ch.Before
	case ch.clues.restarted || ch.ranOut() || ch.told.ended():
		return max(0, ch.Before-mine)
	case ch.w.singly() && (ch.why() != causeUnknown || ch.other):
		return max(0, ch.Before-mine)
	case ch.abandoned(interval) && (ch.clues.likely[flushes] > 0 || ch.evicted()):
		return max(0, ch.Before-mine)
	}
	return 0 // one call may have taken all, and caches delete keys all the time
}

// creditTo bounds what counts as taken of a queue that is gone, if something
// else than consumers may have ended it: no more than the server ran calls, as
// long as nothing tells that one call takes many.
func (ch *change) creditTo(others float64, bulk bool) {
	pops, sweeps := ch.pops()
	if math.IsNaN(pops) || bulk || sweeps > 0 || ch.why() == causeUnknown && !ch.other {
		return
	}
	if most := max(0, pops-others); ch.Dequeued > most {
		ch.Dequeued, ch.Exact = most, false
	}
}

// enoughSingles is how many messages are to be seen taken one by one until that
// is believed to be how this queue is worked on.
const enoughSingles = 10

// learnSingle counts messages that were seen leaving one by one: about as many
// as the server ran calls, less those for other queues.
func (ch *change) learnSingle(taken float64) {
	if !ch.Exact || ch.Gone || ch.Dequeued == 0 {
		return
	}
	pops, sweeps := ch.pops()
	others := taken - ch.Dequeued
	if ch.told.all() {
		others = 0
	}
	if mine := pops - others; sweeps == 0 && ch.Dequeued <= mine && mine <= 2*ch.Dequeued+2 {
		ch.w.singles = uint8(min(float64(ch.w.singles)+ch.Dequeued, enoughSingles))
	}
}

func (w *watched) singly() bool { return w.singles >= enoughSingles }

// abandoned reports whether nobody was seen taking anything for a while: it is
// not likely that somebody came to take all at the moment when it was gone.
func (ch *change) abandoned(interval time.Duration) bool {
	since := ch.w.stall.since
	return !since.IsZero() && !ch.w.stall.blind && ch.w.seen.Sub(since) >= 2*interval
}

// rewritten reports whether the messages of a list may still be there in other
// words.
func (ch *change) rewritten() bool {
	if ch.told.all() {
		return ch.sight.Length > 0 && ch.told.most.Sum(valkey.EventLInsert, valkey.EventLSet) > 0
	}
	return ch.sight.Length > 0 && ch.clues.lists != nil && ch.clues.lists.Altered > 0
}

// why is the first cause that may have been.
func (ch *change) why() cause {
	if c := ch.told.why(); c != causeUnknown && !ch.clues.restarted {
		return c
	}
	switch likely := &ch.clues.likely; {
	case ch.clues.restarted:
		return restarted
	case likely[flushes] > 0:
		return flushed
	case ch.ranOut():
		return ranOut
	case ch.evicted():
		return madeRoom
	case likely[renames] > 0 && !ch.told.allLosses():
		return renamed
	case likely[deletes] > 0 && !(ch.told.allLosses() && ch.told.most[valkey.EventEmptied] == 0):
		return deleted
	}
	return causeUnknown
}

// ranOut reports whether the key's time to live was over before this look.
func (ch *change) ranOut() bool {
	return ch.w.ttl != valkey.None && !ch.w.seen.Add(ch.w.ttl).After(ch.at)
}

// evicted reports whether the server deleted keys to make room, and may have
// deleted this one.
func (ch *change) evicted() bool {
	if ch.told.allLosses() {
		return ch.told.most[valkey.EventEvicted] > 0
	}
	return ch.clues.likely[evicted] > 0 && ch.w.facts.evictable(ch.w.ttl != valkey.None) != 0
}

// provesBulk reports whether more messages are gone than there were calls, and
// nothing but those calls can have taken them.
func (ch *change) provesBulk() bool {
	pops, sweeps := ch.pops()
	likely := &ch.clues.likely
	return ch.Before > pops && sweeps == 0 && ch.why() == causeUnknown &&
		likely[evicted] == 0 && likely[expired] == 0 && likely[flushes] == 0 && likely[renames] == 0 && likely[deletes] == 0
}

package health

import (
	"time"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// bag is a set or sorted set: its members are there once, and in no order of
// arrival.
type bag struct {
	kind   valkey.Type
	known  bool // it was looked at
	length float64
	ends   *[2]end // of a sorted set: lowest and highest score
}

func (b *bag) holds() valkey.Type { return b.kind }

func (b *bag) begin(time.Time) { b.known = true }

// measure says what came and left. If the server ran no command that removes,
// or none that adds, the change in length is all there was. Otherwise a member
// that came and left between two looks is not seen.
func (b *bag) measure(ch *change) {
	if b.kind == valkey.TypeSortedSet {
		ch.ends = ch.w.reader(ch.at).both(ch.sight, known(b.ends))
	}
	ch.First, ch.Before = !b.known, b.length
	if ch.First {
		return
	}
	grew := ch.sight.Length - b.length
	ch.Method, ch.Enqueued, ch.Dequeued = flow.MethodLength, max(0, grew), max(0, -grew)
	if t := ch.turnover; t != nil && t.known {
		ch.Method, ch.Enqueued, ch.Dequeued = methodMembers, float64(t.arrived), float64(len(t.left))
	}
	f := families[b.kind]
	pops, pushes := ch.clues.grew[f.pops], ch.clues.grew[f.pushes]
	ch.Exact = pops == 0 && grew >= 0 || pushes == 0 && grew <= 0
	ch.Moved = ch.Dequeued > 0 || ch.Method == flow.MethodLength && !ch.Exact && pops != 0
	ch.Gone = b.length > 0 && (ch.sight.Length == 0 || ch.Method == methodMembers && ch.Dequeued == b.length)
}

func (b *bag) commit(ch *change) {
	b.known, b.length, b.ends = true, ch.sight.Length, kept(ch.ends)
	ch.backlog = b.length
	if b.length > 0 {
		ch.oldest = b.oldest(ch)
	}
}

// oldest is by the scores if those are times. Otherwise it is the older of the
// two messages that were seen, or the member that was first seen longest ago.
func (b *bag) oldest(ch *change) stamp {
	if lowest := ch.ends[0].own; lowest.source == sourceScore {
		return lowest
	}
	seen := stamp{ch.w.oldestMember(), sourceFirstSeen}
	return seen.or(ch.ends[0].stamp()).or(ch.ends[1].stamp())
}

// resized does nothing: what a scrape tells is not enough to compare the next
// look with.
func (b *bag) resized(*watched, float64, time.Time) {}

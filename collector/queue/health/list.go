package health

import (
	"time"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// list is a list, with what its meter knows of its messages' order and flow.
type list struct {
	meter *flow.Meter
	ends  *[2]end // head and tail; nil if nothing is known

	enqueued, dequeued float64 // what of the meter's totals is counted
}

func newList() *list { return &list{meter: &flow.Meter{}} }

func (b *list) holds() valkey.Type { return valkey.TypeList }

func (b *list) begin(at time.Time) {
	b.meter.Commit(flow.Sight{At: at}, flow.Interval{First: true})
}

func (b *list) measure(ch *change) {
	s := ch.sight
	ch.ends = ch.w.reader(ch.at).both(s, known(b.ends))
	f := families[valkey.TypeList]
	ch.count = flow.Sight{
		At: ch.at, Span: spanAsked, Ran: ch.clues.lists, EndsOnly: ch.w.queue.Role == roleWork,
		Length: s.Length, Head: s.Head, Tail: s.Tail, HeadAt: s.HeadAt, TailAt: s.TailAt,
		Pops: ch.clues.grew[f.pops], Pushes: ch.clues.grew[f.pushes],
		HeadTime: ch.ends[0].own.at, TailTime: ch.ends[1].own.at,
	}
	ch.listen()
	ch.Interval = b.meter.Measure(ch.count)
}

// commit remembers the ends. If they were not asked, they are as they were as
// long as nothing left. An equal message may be another one if something left.
func (b *list) commit(ch *change) {
	s := ch.sight
	for i, place := range []valkey.Place{s.HeadAt, s.TailAt} {
		if place.Twice && ch.Moved && ch.ends[i].id != 0 {
			ch.ends[i].first = ch.at
		}
	}
	if s.Length > 0 && s.Head == nil && s.Tail == nil && !ch.Moved {
		ch.ends = known(b.ends)
	}
	b.arrival(ch)
	b.count(ch)
	b.ends = kept(ch.ends)
	ch.backlog, ch.order = s.Length, b.meter.Order().String()
	if s.Length == 0 {
		return
	}
	seen := stamp{b.meter.OldestSeen(), sourceFirstSeen}
	ch.oldest = seen.or(ch.ends[0].own).or(ch.ends[1].own)
	switch b.meter.ConsumerEnd() {
	case flow.Head:
		ch.next = ch.ends[0].stamp()
	case flow.Tail:
		ch.next = ch.ends[1].stamp()
	case flow.Neither:
	}
}

// count counts what came and left, less what scrapes showed of that before.
func (b *list) count(ch *change) {
	atTail := b.newestAtTail()
	b.meter.Commit(ch.count, ch.Interval)
	ch.Enqueued, ch.Dequeued = b.uncounted()
	if b.newestAtTail() != atTail { // the wrong ones were sampled
		ch.w.letters.change()
	}
}

// uncounted is what came and left that the meter knows of since it was asked
// last.
func (b *list) uncounted() (enqueued, dequeued float64) {
	in, out := b.meter.Totals()
	enqueued, dequeued = in-b.enqueued, out-b.dequeued
	b.enqueued, b.dequeued = in, out
	return enqueued, dequeued
}

// arrival compares the newest message's timestamp with when it was seen to
// arrive, if it did: that it was there before the look, and for how long, is not
// seen.
func (b *list) arrival(ch *change) {
	i := 0
	if b.newestAtTail() {
		i = 1
	}
	e := ch.ends[i]
	arrived := ch.Exact && ch.Enqueued > 0 && e.id != known(b.ends)[i].id || ch.Before == 0
	if ch.First || !arrived || e.own.at.IsZero() {
		return
	}
	ch.w.offset = ch.at.Sub(e.own.at).Seconds()
}

// newestAtTail is false if it is not known where the newest message is: LPUSH is
// what most use.
func (b *list) newestAtTail() bool { return b.meter.NewestEnd() == flow.Tail }

func (b *list) resized(w *watched, length float64, at time.Time) {
	b.meter.Resized(length, at)
	enqueued, dequeued := b.uncounted()
	w.flow.enqueued += enqueued
	w.flow.dequeued += dequeued
	if length == 0 {
		b.ends = nil
	}
}

package health

import (
	"strconv"
	"time"

	"valkey-exporter/collector/valkey"
)

// Restore takes over what another Tracker saved. It is called before anything
// is observed. No time of the past becomes one of the future when the clock was
// set back.
func (t *Tracker) Restore(s State, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := restorer{now: now}
	for i := range s.Looks {
		r.looks = append(r.looks, r.facts(&s.Looks[i]))
	}
	if len(r.looks) > 0 {
		t.facts = r.looks[len(r.looks)-1]
	}
	for c := range causeCount {
		t.causes[c] = s.Causes[c.String()]
	}
	for holds, name := range typeNames {
		if at, ok := s.Bulk[name]; ok {
			t.bulk[holds] = r.past(at)
		}
	}
	for i := range s.Queues {
		q := &s.Queues[i]
		r.queue(t.watch(valkey.NewQueue(q.DB, string(q.Key), q.Role)), q)
	}
}

// restorer reads what was saved.
type restorer struct {
	now   time.Time
	looks []*facts
}

// past is a time that is not in the future.
func (r *restorer) past(at time.Time) time.Time {
	if at.After(r.now) {
		return r.now
	}
	return at
}

func (r *restorer) facts(s *savedFacts) *facts {
	f := &facts{
		at: r.past(s.At), runID: s.RunID, lately: unknown(),
		before: counted{unknown(), s.Lists}, after: counted{unknown(), s.Lists},
		maxmemory: restoredNumber(s.Maxmemory), policy: s.Policy,
	}
	for i := range f.before.counters {
		if n, ok := s.Counters[counter(i).String()]; ok {
			f.before.counters[i] = n
		}
	}
	return f
}

func restoredNumber(n *float64) float64 {
	if n == nil {
		return valkey.NotSent
	}
	return *n
}

func (r *restorer) queue(w *watched, q *savedQueue) {
	w.seen, w.began, w.ttl = r.past(q.Seen), r.past(q.Began), q.TTL
	if q.Look >= 0 && q.Look < len(r.looks) {
		w.facts = r.looks[q.Look]
	}
	w.length, w.resized, w.stall = q.Length, r.past(q.Resized), stall{r.past(q.Stalled), q.Blind}
	w.oldest, w.next, w.order, w.offset = r.stamp(q.Oldest), r.stamp(q.Next), q.Order, restoredNumber(q.Offset)
	w.flow = tally{method: q.Method, enqueued: q.Enqueued, dequeued: q.Dequeued, gaps: q.Gaps, gap: r.past(q.Gap)}
	w.vanished, w.singles, w.freshness = q.Vanished, q.Singles, Freshness{q.Probes, q.Good}
	w.failures = restoredFailures(q)
	w.restoreDurations(q.Durations)
	r.members(w, q)
	w.body = r.body(q)
}

func restoredFailures(q *savedQueue) *failures {
	if len(q.Failures) == 0 && len(q.Failed) == 0 {
		return nil
	}
	f := &failures{counts: q.Failures}
	for _, id := range q.Failed {
		f.recent = append(f.recent, restoredID(id))
	}
	return f
}

// restoreDurations drops a histogram with other bounds than ours.
func (w *watched) restoreDurations(h Histogram) {
	if w.durations != nil && len(h.Buckets) == len(DurationBounds) {
		w.durations = &h
	}
}

func (r *restorer) members(w *watched, q *savedQueue) {
	if len(q.Members) == 0 && !q.AllMembers {
		return
	}
	w.members = &members{all: q.AllMembers}
	if len(q.Members) == 0 {
		return
	}
	w.members.first = make(map[fingerprint]time.Time, len(q.Members))
	for id, first := range q.Members {
		w.members.first[restoredID(id)] = r.past(first)
	}
	w.members.oldest = oldest(w.members.first)
}

func restoredID(text string) fingerprint {
	id, err := strconv.ParseUint(text, 16, 64)
	if err != nil {
		return 0
	}
	return fingerprint(id)
}

func (r *restorer) stamp(s savedStamp) stamp { return stamp{r.past(s.At), s.Source} }

func (r *restorer) end(s savedEnd) end {
	return end{id: restoredID(s.ID), first: r.past(s.First), own: stamp{s.Own.At, s.Own.Source}, failure: s.Failure}
}

func (r *restorer) body(q *savedQueue) body {
	ends := [2]end{r.end(q.Head), r.end(q.Tail)}
	switch {
	case q.List != nil:
		b := newList()
		b.meter.Restore(*q.List)
		b.uncounted()
		b.ends = kept(ends)
		return b
	case q.Bag != nil:
		b := &bag{kind: valkey.TypeSet, known: true, length: q.Bag.Length, ends: kept(ends)}
		if q.Bag.Sorted {
			b.kind = valkey.TypeSortedSet
		}
		return b
	case q.Stream != nil:
		return &stream{
			known: true, added: q.Stream.Added, read: q.Stream.Read, length: q.Stream.Length,
			backlog: restoredNumber(q.Stream.Backlog), oldest: ends[0],
		}
	}
	return nil
}

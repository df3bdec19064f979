package health

import (
	"math"
	"strconv"
	"time"

	"valkey-exporter/collector/valkey"
)

// Save copies what is remembered. What a minute of looking tells again, such as
// the rate of draining and the sample of dead letters, is not kept.
func (t *Tracker) Save() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := State{Causes: make(map[string]float64), Bulk: make(map[string]time.Time)}
	for c := range causeCount {
		s.Causes[c.String()] = t.causes[c]
	}
	for holds, at := range t.bulk {
		s.Bulk[typeNames[holds]] = at
	}
	looks := make(map[*facts]int)
	for _, w := range t.all() {
		if w.seen.IsZero() {
			continue
		}
		q := w.save()
		q.Look = s.look(w.facts, looks)
		s.Queues = append(s.Queues, q)
	}
	s.look(t.facts, looks)
	return s
}

// typeNames are the types that a body holds.
var typeNames = map[valkey.Type]string{
	valkey.TypeList: "list", valkey.TypeSet: "set", valkey.TypeSortedSet: "zset", valkey.TypeStream: "stream",
}

// look adds what a server was like at a look, once, and returns where it is;
// less than 0 without one.
func (s *State) look(f *facts, added map[*facts]int) int {
	if f == nil {
		return -1
	}
	at, ok := added[f]
	if !ok {
		at = len(s.Looks)
		added[f] = at
		s.Looks = append(s.Looks, f.save())
	}
	return at
}

func (f *facts) save() savedFacts {
	s := savedFacts{
		At: f.at, RunID: f.runID, Maxmemory: savedNumber(f.maxmemory), Policy: f.policy,
		Counters: make(map[string]float64), Lists: f.before.lists,
	}
	for i, n := range f.before.counters {
		if !math.IsNaN(n) {
			s.Counters[counter(i).String()] = n
		}
	}
	return s
}

// savedNumber is nil for NotSent, which JSON does not have.
func savedNumber(n float64) *float64 {
	if math.IsNaN(n) {
		return nil
	}
	return &n
}

func (w *watched) save() savedQueue {
	q := savedQueue{
		DB: w.queue.DB, Key: []byte(w.queue.Key), Role: w.queue.Role,
		Seen: w.seen, Began: w.began, TTL: w.ttl, Length: w.length, Resized: w.resized, Stalled: w.stall.since, Blind: w.stall.blind,
		Oldest: w.oldest.save(), Next: w.next.save(), Order: w.order, Offset: savedNumber(w.offset),
		Method: w.flow.method, Enqueued: w.flow.enqueued, Dequeued: w.flow.dequeued, Gaps: w.flow.gaps, Gap: w.flow.gap,
		Vanished: w.vanished, Singles: w.singles, Probes: w.freshness.Probes, Good: w.freshness.Good,
		Failures: w.failures.reported(),
	}
	if w.durations != nil {
		q.Durations = *w.durations
	}
	if w.failures != nil {
		for _, id := range w.failures.recent {
			q.Failed = append(q.Failed, id.String())
		}
	}
	if w.members != nil {
		q.Members, q.AllMembers = w.members.save(), w.members.all
	}
	if w.body != nil {
		w.body.save(&q)
	}
	return q
}

func (id fingerprint) String() string { return strconv.FormatUint(uint64(id), 16) }

func (m *members) save() map[string]time.Time {
	first := make(map[string]time.Time, len(m.first))
	for id, at := range m.first {
		first[id.String()] = at
	}
	return first
}

func (s stamp) save() savedStamp { return savedStamp{s.at, s.source} }

func (e end) save() savedEnd {
	if e.id == 0 {
		return savedEnd{}
	}
	return savedEnd{ID: e.id.String(), First: e.first, Own: e.own.save(), Failure: e.failure}
}

func (b *list) save(q *savedQueue) {
	state := b.meter.State()
	ends := known(b.ends)
	q.List, q.Head, q.Tail = &state, ends[0].save(), ends[1].save()
}

func (b *bag) save(q *savedQueue) {
	q.Bag = &savedBag{Sorted: b.kind == valkey.TypeSortedSet, Length: b.length}
	ends := known(b.ends)
	q.Head, q.Tail = ends[0].save(), ends[1].save()
}

func (b *stream) save(q *savedQueue) {
	q.Stream = &savedStream{Added: b.added, Read: b.read, Length: b.length, Backlog: savedNumber(b.backlog)}
	q.Head = b.oldest.save()
}

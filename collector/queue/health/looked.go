package health

import (
	"time"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// change is what a look says of one queue.
type change struct {
	w     *watched
	sight *valkey.Sight
	at    time.Time
	holds valkey.Type // what the queue held until now
	facts *facts
	clues *clues
	flow.Interval
	told *told // what the server told of the key; nil: nothing
	// instead is the sight of a queue that is of another type than it was. What
	// it held is gone then.
	instead *valkey.Sight

	count    flow.Sight // of a list: what the interval was measured with
	ends     [2]end     // of a list or sorted set: head and tail
	turnover *turnover  // nil if the members were not seen
	vanished float64    // of Before
	other    bool       // the key holds what no queue can be
	cause    cause

	// What waits now.
	backlog      float64 // messages; NotSent: not known
	blind        bool    // nothing would be seen leaving
	order        string
	oldest, next stamp
}

// Looked takes note of a look. A queue that gave no answer is as it was. First
// all queues are compared with what is remembered; then it is decided what of
// that has vanished, for which one must know what left the other queues; then
// it is remembered.
func (t *Tracker) Looked(look valkey.Look) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.looking = false
	if look.Err != nil {
		return
	}
	now := newFacts(look, t.facts)
	since := make(map[*facts]*clues)
	changes := make([]change, 0, len(look.Sights))
	for i := range look.Sights {
		s := &look.Sights[i]
		if s.Err != nil {
			continue
		}
		w := t.watch(s.Queue)
		if since[w.facts] == nil {
			since[w.facts] = now.since(w.facts)
		}
		changes = append(changes, w.measure(s, now, since[w.facts]))
	}
	t.judge(changes)
	for i := range changes {
		t.commit(&changes[i])
	}
	t.facts = now
}

// measure compares a sight with what is remembered of a queue.
func (w *watched) measure(s *valkey.Sight, now *facts, clues *clues) change {
	now.hear(w, s.Heard)
	ch := change{w: w, sight: s, at: now.at, facts: now, clues: clues}
	if s.Other {
		ch.sight, ch.other = nothing(s), true
	}
	if w.body == nil {
		w.begin(typeOf(s))
	}
	if w.body == nil {
		return ch
	}
	ch.holds = w.body.holds()
	if s.Type != valkey.TypeUnknown && s.Type != ch.holds {
		ch.sight, ch.instead = nothing(s), s
	}
	ch.told = ch.tellings()
	if w.hasMembers() {
		ch.turnover = w.members.compare(ch.sight, ch.at)
	}
	w.body.measure(&ch)
	return ch
}

// begin gets ready for messages in a queue that held none of this type so far:
// those that are there now came since the last look.
func (w *watched) begin(holds valkey.Type) {
	w.body, w.members = newBody(holds), nil
	if w.body == nil || w.seen.IsZero() {
		return
	}
	w.body.begin(w.seen)
	if w.hasMembers() {
		w.members = &members{all: true}
	}
}

// nothing is what one sees of a key that is not there.
func nothing(s *valkey.Sight) *valkey.Sight {
	return &valkey.Sight{Queue: s.Queue, TTL: valkey.None, Idle: valkey.None}
}

// commit remembers a change. A queue of another type than before has first lost
// all it held, and then is new.
func (t *Tracker) commit(ch *change) {
	t.settle(ch)
	if ch.instead == nil {
		ch.w.remember(ch, t.options)
		return
	}
	w := ch.w
	w.begin(ch.instead.Type)
	anew := w.measure(ch.instead, ch.facts, ch.clues)
	t.settle(&anew)
	w.remember(&anew, t.options)
}

// settle counts what came, left and vanished.
func (t *Tracker) settle(ch *change) {
	w := ch.w
	if ch.vanished > 0 {
		w.vanished += ch.vanished
		ch.Dequeued = min(ch.Dequeued, max(0, ch.Before-ch.vanished)) // what vanished was not taken
		t.causes[ch.cause] += ch.vanished
		w.drain = nil
	}
	if w.body == nil {
		return
	}
	w.turn(ch)
	w.body.commit(ch)
	w.flow.add(ch)
	for _, e := range ch.ends {
		w.fail(e)
	}
}

package health

import (
	"math"
	"time"

	"valkey-exporter/collector/valkey"
)

// watched is what is remembered of one queue.
type watched struct {
	queue    *valkey.Queue
	settings *Settings
	body     body   // nil as long as nothing was seen that a queue can be
	kept     uint32 // the round of Forget that named it last
	steady   bool   // the time to live runs out: nobody has renewed it since the look before
	other    bool   // it is no queue at present, but another type of key
	singles  uint8  // messages that were seen taken one by one, up to enough

	// Of the last look that was answered.
	seen      time.Time // when that was; zero: never
	facts     *facts
	ttl, idle time.Duration

	began          time.Time // when the first look was answered
	length         float64   // at the last look, or a scrape since
	resized        time.Time // when that was
	oldest, next   stamp
	order          string
	offset         float64   // seconds; NotSent before the first arrival that was seen
	spared         time.Time // until when no messages are asked for, because one is too big
	members        *members  // nil where they are not asked
	flow           tally
	stall          stall
	drain          drain
	failures       *failures // nil as long as there is none
	freshness      Freshness
	vanished       float64
	durations      *Histogram // of what is in progress; nil of other roles
	letters        *letters   // nil of other roles
	streamSighting *valkey.StreamSight
}

// body is what must be remembered of a queue of one type in order to compare it
// with the next sight.
type body interface {
	holds() valkey.Type
	// begin says that there was nothing at the last look.
	begin(at time.Time)
	// measure fills in what the change says of the time since the last look, and
	// remembers nothing.
	measure(ch *change)
	// commit remembers it, and fills in what waits.
	commit(ch *change)
	// resized takes note of a length between two looks.
	resized(w *watched, length float64, at time.Time)
	save(q *savedQueue)
}

// newBody is nil for what can be no queue.
func newBody(holds valkey.Type) body {
	switch holds {
	case valkey.TypeList:
		return newList()
	case valkey.TypeSet, valkey.TypeSortedSet:
		return &bag{kind: holds}
	case valkey.TypeStream:
		return &stream{}
	case valkey.TypeUnknown:
	}
	return nil
}

// startRole forgets what belonged to another role.
func (w *watched) startRole() {
	w.members, w.durations, w.letters, w.freshness = nil, nil, nil, Freshness{}
	switch w.queue.Role {
	case roleProcessing:
		w.durations = &Histogram{}
	case roleDeadLetter:
		w.letters = &letters{}
	}
}

// remember takes over what the last look showed.
func (w *watched) remember(ch *change, o Options) {
	if w.seen.IsZero() {
		w.began = ch.at
	}
	w.steady = w.steadily(ch)
	w.seen, w.facts, w.ttl, w.idle = ch.at, ch.facts, ch.sight.TTL, ch.sight.Idle
	if w.length != ch.sight.Length || ch.Enqueued > 0 || ch.Dequeued > 0 {
		w.letters.change()
	}
	w.length, w.resized, w.other = ch.sight.Length, ch.at, ch.other
	w.oldest, w.next, w.order = ch.oldest, ch.next, ch.order
	w.streamSighting = ch.sight.Stream
	w.stall.blind = ch.blind || w.queue.Role == roleProcessing
	w.stall.saw(ch.empty(), ch.Moved, ch.at)
	w.drain.add(ch.at, ch.backlog, o.Interval)
	w.spare(ch.sight)
	w.probe(ch.at)
	w.letters.read(ch.sight, w.settings.Error, ch.at)
}

// steadily reports whether the key is to expire when it was to at the look
// before.
func (w *watched) steadily(ch *change) bool {
	if w.ttl == valkey.None || ch.sight.TTL == valkey.None {
		return false
	}
	return ch.at.Add(ch.sight.TTL).Sub(w.seen.Add(w.ttl)).Abs() < time.Second
}

// resize takes note of a length that a scrape showed since the last look. Only
// of lists and sets that is the number of messages that wait.
func (w *watched) resize(length float64, at time.Time, o Options) {
	if w.body == nil || !at.After(w.resized) || w.seen.IsZero() {
		return
	}
	before := w.length
	if before != length {
		w.letters.change()
	}
	w.length, w.resized = length, at
	if length == 0 {
		w.oldest, w.next = stamp{}, stamp{}
	}
	w.body.resized(w, length, at)
	if w.body.holds() == valkey.TypeStream {
		return
	}
	if w.oldest.at.IsZero() && length > 0 && before == 0 {
		w.oldest = stamp{at, sourceFirstSeen}
	}
	w.stall.saw(length == 0, length < before, at)
	w.drain.add(at, length, o.Interval)
}

// empty reports whether nothing waits.
func (ch *change) empty() bool {
	if math.IsNaN(ch.backlog) {
		return ch.oldest.at.IsZero()
	}
	return ch.backlog == 0
}

// spare stops asking for messages for a while when one is so big that each copy
// of it, sent or not, would keep the server from other work.
func (w *watched) spare(s *valkey.Sight) {
	if s.Biggest > tooBig {
		w.spared = w.seen.Add(sparedFor)
	}
}

const (
	// tooBig is a message of which the server needs milliseconds to make a copy,
	// in bytes.
	tooBig = 1 << 20
	// sparedFor is how long messages are left alone when one is too big.
	sparedFor = time.Minute
)

// turn takes over the members that are there now. How long those that are gone
// took is known if all of them were seen before and after, and none vanished.
func (w *watched) turn(ch *change) {
	t := ch.turnover
	if t == nil {
		if w.members != nil && ch.sight.Length > 0 {
			w.members.all = false
		}
		return
	}
	if w.durations != nil && t.known && ch.vanished == 0 {
		for _, first := range t.left {
			w.durations.observe(ch.at.Sub(first))
		}
	}
	w.members = &t.now
	w.members.oldest = oldest(t.now.first)
}

// fail counts a message without a timestamp.
func (w *watched) fail(e end) {
	if e.failure == "" {
		return
	}
	if w.failures == nil {
		w.failures = &failures{}
	}
	w.failures.count(e)
}

// age is how long the oldest message waits, in seconds; 0 if there is none, and
// NotSent if nothing is known of it.
func (w *watched) age(now time.Time) float64 {
	switch {
	case w.other:
		return valkey.NotSent
	case w.length == 0:
		return 0
	case !w.oldest.at.IsZero():
		return max(0, now.Sub(w.oldest.at).Seconds())
	case w.body != nil && w.body.holds() == valkey.TypeStream && w.stall.since.IsZero():
		return 0 // all is delivered and acknowledged
	}
	return valkey.NotSent
}

// probe counts whether the oldest message is younger than it should be. That a
// message was there at the first look of all tells only that it is older.
func (w *watched) probe(at time.Time) {
	target := w.settings.MaxAge
	if target == 0 || w.queue.Role != roleWork || at.Before(w.spared) {
		return // of a queue that is left alone nobody knows the oldest message
	}
	age := w.age(at)
	good := age <= target.Seconds()
	if math.IsNaN(age) || good && w.oldest.source == sourceFirstSeen && w.oldest.at.Equal(w.began) {
		return
	}
	w.freshness.Probes++
	if good {
		w.freshness.Good++
	}
}

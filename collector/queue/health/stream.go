package health

import (
	"math"
	"time"

	"valkey-exporter/collector/valkey"
)

// stream is a stream, of which the server itself counts what was added and
// what was delivered.
type stream struct {
	known       bool
	added, read float64 // the server's counts
	backlog     float64 // entries not delivered, or not acknowledged
	length      float64
	oldest      end                 // the oldest entry that waits
	last        *valkey.StreamSight // nil when it is not known, as after a restart
}

func (b *stream) holds() valkey.Type { return valkey.TypeStream }

func (b *stream) begin(time.Time) { b.known = true }

// measure takes the server's counts as they are, also at the first look. A
// count that fell is of another stream: this one was deleted.
func (b *stream) measure(ch *change) {
	ch.First, ch.Before, ch.Method = !b.known, b.backlog, methodStream
	s := ch.sight.Stream
	ch.Gone = b.length > 0 && ch.sight.Length == 0 && ch.sight.Type == valkey.TypeUnknown
	switch {
	case ch.Gone:
		return
	case s == nil:
		ch.Exact = ch.sight.Length == 0
		return
	}
	from := *b
	if s.Added < b.added {
		ch.Gone = true
		from = stream{}
	}
	read, exact := delivered(s, ch.sight.Length)
	ch.Exact = exact
	ch.Enqueued = s.Added - from.added
	if math.IsNaN(s.Added) {
		ch.Enqueued, ch.Exact = max(0, ch.sight.Length-from.length), false
	}
	if read > from.read {
		ch.Dequeued = read - from.read
	}
	ch.Moved = ch.Dequeued > 0
	if from.last != nil { // more may have been dequeued because a slow group was destroyed
		ch.Moved = from.anyMoved(s, ch.sight.Length)
	}
}

// delivered is how many entries the slowest of the groups has been given whose
// position the server knows, or how many are no longer there if there is no
// group; NotSent if it knows none. A group that was made at the end of the
// stream has no position until it reads.
func delivered(s *valkey.StreamSight, length float64) (read float64, exact bool) {
	if len(s.Groups) == 0 {
		return s.Added - length, !math.IsNaN(s.Added)
	}
	read, exact = valkey.NotSent, s.GroupsInAll <= len(s.Groups)
	for i := range s.Groups {
		switch r := s.Groups[i].Read; {
		case math.IsNaN(r):
			exact = false
		case !(r >= read): // also the first
			read = r
		}
	}
	return read, exact
}

// anyMoved reports whether any group was given an entry, or acknowledged one. A
// group that nobody reads is not held against the others.
func (b *stream) anyMoved(s *valkey.StreamSight, length float64) bool {
	before := make(map[string]*valkey.Group, len(b.last.Groups))
	for i := range b.last.Groups {
		before[b.last.Groups[i].Name] = &b.last.Groups[i]
	}
	removed := s.Added-length != b.added-b.length // by trimming or XDEL, or nobody knows
	for i := range s.Groups {
		g := &s.Groups[i]
		was := before[g.Name]
		if was != nil && (acknowledged(was, g) || given(was, g, s.First) || !removed && g.Lag < was.Lag) {
			return true
		}
	}
	return false
}

// acknowledged reports whether a group has something else in hand than before.
func acknowledged(was, is *valkey.Group) bool {
	return is.Pending != was.Pending || !is.OldestPending.Equal(was.OldestPending)
}

// given reports whether a group got ahead: it is known to have read more, or it
// has passed the entry that was its next. First is the first entry that there
// is: a group is also past all that was trimmed, without having been given it.
func given(was, is *valkey.Group, first time.Time) bool {
	switch {
	case is.Read > was.Read, math.IsNaN(was.Read) && !math.IsNaN(is.Read): // only what is given makes it known
		return true
	case was.Next.IsZero() || first.IsZero():
		return false
	case is.Next.IsZero():
		return !(is.Lag > 0) // else the server did not look for it
	}
	return is.Next.After(was.Next) && is.Next.After(first)
}

// resized does nothing: the length of a stream says little about what waits.
func (b *stream) resized(*watched, float64, time.Time) {}

func (b *stream) commit(ch *change) {
	s := ch.sight.Stream
	if s == nil && ch.sight.Length > 0 { // the server did not tell
		ch.backlog, ch.oldest = b.backlog, b.oldest.stamp()
		return
	}
	if ch.Gone {
		*b = stream{known: true}
	}
	if s == nil {
		return
	}
	read, _ := delivered(s, ch.sight.Length)
	if read > b.read {
		b.read = read
	}
	most, all := backlog(s, ch.sight.Length)
	b.known, b.length, b.backlog = true, ch.sight.Length, most
	if !math.IsNaN(s.Added) {
		b.added = s.Added
	}
	ch.backlog, ch.blind = most, len(s.Groups) == 0
	if most == 0 && !all {
		ch.backlog = valkey.NotSent // something waits for another group
	}
	b.wait(ch)
	b.last = s
}

// backlog is how many entries wait for the group that is furthest behind of
// those of which the server knows it, or that there are if there is no group;
// NotSent if it knows none.
func backlog(s *valkey.StreamSight, length float64) (most float64, all bool) {
	if len(s.Groups) == 0 {
		return length, true
	}
	most, all = valkey.NotSent, true
	for i := range s.Groups {
		g := &s.Groups[i]
		lag := g.Lag
		if math.IsNaN(lag) && g.Next.IsZero() {
			lag = 0
		}
		switch waits := g.Pending + lag; {
		case math.IsNaN(waits):
			all = false
		case !(waits <= most): // also the first
			most = waits
		}
	}
	return most, all
}

// wait fills in the oldest entry that some group has not acknowledged, and the
// oldest that some group has not been given. Their times are the server's, if
// the producer left it to the server to make the IDs.
func (b *stream) wait(ch *change) {
	s := ch.sight.Stream
	oldest, next := s.First, s.First
	if len(s.Groups) > 0 {
		oldest, next = time.Time{}, time.Time{}
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		next = earliest(next, g.Next)
		oldest = earliest(oldest, earliest(g.OldestPending, g.Next))
	}
	before := b.oldest
	b.oldest = entryAt(oldest, before, ch.at)
	ch.ends[0] = b.oldest
	ch.oldest = b.oldest.stamp()
	if impossible(next, ch.at) == "" {
		ch.next = stamp{next, sourceStream}
	}
	if b.last == nil { // there is nothing else to tell by
		ch.Moved = ch.Moved || before.id != 0 && b.oldest.id != before.id
	}
}

// entryAt is the entry of a stream with this time in its ID.
func entryAt(at time.Time, before end, now time.Time) end {
	if at.IsZero() {
		return end{}
	}
	e := end{id: fingerprintOf(at.AppendFormat(nil, time.RFC3339Nano)), first: now}
	if e.id == before.id {
		return before
	}
	if e.failure = impossible(at, now); e.failure == "" {
		e.own = stamp{at, sourceStream}
	}
	return e
}

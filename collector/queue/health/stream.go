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
	oldest      end // the oldest entry that waits
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
}

// delivered is how many entries the slowest group has been given, or how many
// are no longer there if there is no group; NotSent if the server does not know.
func delivered(s *valkey.StreamSight, length float64) (read float64, exact bool) {
	if len(s.Groups) == 0 {
		return s.Added - length, !math.IsNaN(s.Added)
	}
	read = math.Inf(1)
	for i := range s.Groups {
		if math.IsNaN(s.Groups[i].Read) {
			return valkey.NotSent, false
		}
		read = min(read, s.Groups[i].Read)
	}
	return read, s.GroupsInAll <= len(s.Groups)
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
	b.known, b.length, b.backlog = true, ch.sight.Length, backlog(s, ch.sight.Length)
	if !math.IsNaN(s.Added) {
		b.added = s.Added
	}
	ch.backlog, ch.blind = b.backlog, len(s.Groups) == 0
	b.wait(ch)
}

// backlog is how many entries wait for the group that is furthest behind, or
// that there are if there is no group; NotSent if the server does not know.
func backlog(s *valkey.StreamSight, length float64) float64 {
	if len(s.Groups) == 0 {
		return length
	}
	most := 0.0
	for i := range s.Groups {
		g := &s.Groups[i]
		lag := g.Lag
		if math.IsNaN(lag) && g.Next.IsZero() {
			lag = 0
		}
		most = max(most, g.Pending+lag) // NaN wins
	}
	return most
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
	ch.Moved = ch.Moved || before.id != 0 && b.oldest.id != before.id
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

package health

import (
	"encoding/binary"
	"math"
	"time"

	"valkey-exporter/collector/queue/payload"
	"valkey-exporter/collector/valkey"
)

// Where a time comes from that is in no message.
const (
	sourceFirstSeen = "first_seen"
	sourceScore     = "score"
	sourceStream    = "stream_id"
)

// stamp is a time since which a message waits, with where that is known from.
type stamp struct {
	at     time.Time // zero: there is no message, or nothing is known of it
	source string
}

// or is the earlier of two stamps of which either may be missing.
func (s stamp) or(other stamp) stamp {
	if s.at.IsZero() || !other.at.IsZero() && other.at.Before(s.at) {
		return other
	}
	return s
}

// end is the message at one end of a queue.
type end struct {
	id      fingerprint // 0: there is none, or it was not asked
	first   time.Time   // when it was first seen there
	own     stamp       // by the message itself
	failure string      // why that has no time
}

// known are the messages at both ends, if they are known.
func known(ends *[2]end) [2]end {
	if ends == nil {
		return [2]end{}
	}
	return *ends
}

// kept needs no memory for an empty queue.
func kept(ends [2]end) *[2]end {
	if ends == ([2]end{}) {
		return nil
	}
	return &ends
}

// stamp is when the message was made by its own account, unless it was seen
// before that.
func (e end) stamp() stamp {
	return e.own.or(stamp{e.first, sourceFirstSeen})
}

// reader finds the times of messages.
type reader struct {
	settings *Settings
	role     string
	now      time.Time
}

func (w *watched) reader(now time.Time) reader {
	return reader{settings: w.settings, role: w.queue.Role, now: now}
}

// both looks at both ends. If they were not asked, they are not known.
func (r reader) both(s *valkey.Sight, before [2]end) [2]end {
	return [2]end{r.read(s.Head, before[0]), r.read(s.Tail, before[1])}
}

// read looks at the message at an end. One that was there before is not read
// again, unless its time was in the future then.
func (r reader) read(entry *valkey.Entry, before end) end {
	if entry == nil {
		return end{}
	}
	e := end{id: identify(entry), first: r.now}
	if e.id == before.id {
		if before.failure != payload.Future {
			return before
		}
		e.first = before.first
	}
	e.own, e.failure = r.time(entry)
	return e
}

// identify tells messages apart. That of a message that was cut is that of its
// beginning and its size.
func identify(entry *valkey.Entry) fingerprint {
	id := fingerprintOf(entry.Text)
	if entry.Whole() && math.IsNaN(entry.Score) {
		return id
	}
	more := binary.LittleEndian.AppendUint64(nil, uint64(id))
	more = binary.LittleEndian.AppendUint64(more, uint64(entry.Size))
	more = binary.LittleEndian.AppendUint64(more, math.Float64bits(entry.Score))
	return fingerprintOf(more)
}

// time is when a message was made, or why that is not known.
func (r reader) time(entry *valkey.Entry) (stamp, string) {
	if !math.IsNaN(entry.Score) && (r.settings.ByScore || r.role == roleDeadLetter || r.role == roleProcessing) {
		at, failure := scoreTime(entry.Score, r.now)
		if failure == "" {
			return stamp{at, sourceScore}, ""
		}
		if r.settings.ByScore {
			return stamp{}, failure
		}
	}
	finder := payload.Finder{Path: r.settings.Timestamp, DeadLetter: r.role == roleDeadLetter}
	at, source, failure := finder.Time(entry.Text, entry.Whole(), r.now)
	if failure != "" {
		return stamp{}, failure
	}
	return stamp{at, source}, ""
}

// tolerance is how far ahead of ours a producer's clock may be.
const tolerance = 5 * time.Minute

// possible is before any message that still waits.
var possible = time.Date(2015, time.January, 1, 0, 0, 0, 0, time.UTC)

// impossible is what is wrong with a time, empty if nothing is.
func impossible(at, now time.Time) string {
	switch {
	case at.Before(possible):
		return payload.Absurd
	case at.After(now.Add(tolerance)):
		return payload.Future
	}
	return ""
}

// scoreTime reads a score as seconds, milliseconds, microseconds or nanoseconds
// since 1970, whichever is a time of our days.
func scoreTime(score float64, now time.Time) (at time.Time, failure string) {
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond} {
		seconds := score * unit.Seconds()
		if seconds >= 1e9 && seconds < 1e10 {
			whole, part := math.Modf(seconds)
			at = time.Unix(int64(whole), int64(part*1e9))
			return at, impossible(at, now)
		}
	}
	return time.Time{}, payload.Absurd
}

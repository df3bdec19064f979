package health

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"valkey-exporter/collector/valkey"
)

// membersAsked bounds how many members of one queue are asked for, and with
// that the memory of those seen.
const membersAsked = 1000

// fingerprint stands for a message or a member. What is remembered of queues
// may be written to a file, and messages do not belong there.
type fingerprint uint64

// fingerprintOf never is 0.
func fingerprintOf(text []byte) fingerprint {
	sum := sha256.Sum256(text)
	return fingerprint(binary.LittleEndian.Uint64(sum[:8]) | 1)
}

// members are those that a queue had when it was last looked at, with the time
// when each was first seen. Equal entries of a list are one member.
type members struct {
	first  map[fingerprint]time.Time
	all    bool // there were no others
	oldest time.Time
}

// turnover is what is different between two looks at the members of a queue.
type turnover struct {
	at      time.Time
	now     members
	known   bool // both looks showed all members
	arrived int
	left    []time.Time // when those that are gone were first seen
}

// compare returns the difference and changes nothing. It is nil if the look did
// not show the members, or there were none and still are none.
func (m *members) compare(s *valkey.Sight, at time.Time) *turnover {
	if m == nil {
		m = &members{}
	}
	if s.Length > 0 && len(s.Members) == 0 || s.Length == 0 && len(m.first) == 0 && m.all {
		return nil
	}
	t := &turnover{at: at, now: members{all: s.Length == 0 || s.AllMembers}}
	t.known = m.all && t.now.all
	if len(s.Members) > 0 && s.Length > 0 {
		t.now.first = make(map[fingerprint]time.Time, min(len(s.Members), membersAsked))
	}
	for i := range s.Members {
		t.see(fingerprintOf([]byte(s.Members[i].ID)), m.first)
	}
	for id, first := range m.first {
		if _, still := t.now.first[id]; !still {
			t.left = append(t.left, first)
		}
	}
	return t
}

// see notes one member that is there now.
func (t *turnover) see(id fingerprint, before map[fingerprint]time.Time) {
	if _, twice := t.now.first[id]; twice {
		return
	}
	if len(t.now.first) >= membersAsked {
		t.now.all, t.known = false, false
		return
	}
	first, known := before[id]
	if !known {
		first = t.at
		t.arrived++
	}
	t.now.first[id] = first
}

// oldestMember is when the member that is there for longest was first seen; zero
// if none is known.
func (w *watched) oldestMember() time.Time {
	if w.members == nil {
		return time.Time{}
	}
	return w.members.oldest
}

func oldest(times map[fingerprint]time.Time) time.Time {
	var oldest time.Time
	for _, at := range times {
		oldest = earliest(oldest, at)
	}
	return oldest
}

// earliest is the earlier of two times of which either may be missing.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

package payload

import "time"

// search looks for the time in a message that is JSON. It remembers the best it
// has seen so far, and what was wrong with the best of those that were no times.
type search struct {
	dead bool
	now  time.Time

	best   int // rank; nothing when no time was found
	at     time.Time
	in     parent
	source string

	failed  int // rank
	failure string
}

// Ranks of fields: the tier, then the order in the tier. Less is better.
const (
	perTier = 1 << 10
	nothing = 1 << 20
)

// message searches the top level and one level down. It reports whether the
// text is no JSON after all, or not the whole of it.
func (s *search) message(text value) (broken bool) {
	if text.is('[') {
		return s.list(text, other)
	}
	all := read(text)
	for {
		key, v, ok := all.next()
		if !ok {
			return !all.closed
		}
		switch {
		case v.is('{'):
			s.object(v, parentOf(key))
		case v.is('['):
			s.list(v, parentOf(key))
		case v.embedded() && parentOf(key) != other:
			s.object(v.text(), parentOf(key))
		default:
			s.consider(key, v, parent{})
		}
	}
}

// object searches an object one level down.
func (s *search) object(text value, in parent) {
	all := read(text)
	for {
		key, v, ok := all.next()
		if !ok {
			return
		}
		s.consider(key, v, in)
	}
}

// list searches the objects in a list.
func (s *search) list(text value, in parent) (broken bool) {
	in.place = listed
	all := read(text)
	for {
		_, v, ok := all.next()
		if !ok {
			return !all.closed
		}
		if v.is('{') {
			s.object(v, in)
		}
	}
}

func parentOf(key []byte) parent {
	var room [longestName]byte
	if p, ok := parents[string(fold(&room, key))]; ok {
		return p
	}
	return other
}

// consider takes the time of a field if it is better than what there is.
func (s *search) consider(key []byte, v value, in parent) {
	var room [longestName]byte
	f, ok := fields[string(fold(&room, key))]
	if !ok {
		return
	}
	tier := s.tier(f.kind, in.place)
	rank := tier*perTier + f.order
	if tier == nowhere || rank >= s.best {
		return
	}
	at, source, is := f.time(v, s.now)
	if is == noTime {
		return
	}
	if failure := judge(at, is, s.now); failure != "" {
		if rank < s.failed {
			s.failed, s.failure = rank, failure
		}
		return
	}
	s.best, s.at, s.in, s.source = rank, at, in, source
}

func (s *search) tier(k kind, where place) int {
	if k != death {
		return tiers[k][where]
	}
	if s.dead {
		return deathTiers[where]
	}
	return nowhere
}

// time is what the field says, and how a time found there is called.
func (f field) time(v value, now time.Time) (at time.Time, source string, is claim) {
	if f.kind != anyID && f.kind != jobID {
		at, is = instant(v)
		return at, f.name, is
	}
	if !v.is('"') {
		return time.Time{}, "", noTime
	}
	at, source = birth(v.text(), now)
	if source == "" {
		return time.Time{}, "", noTime
	}
	return at, source, aTime
}

// result is what was found in the whole text, or in one that was cut.
func (s *search) result(whole, broken bool) (at time.Time, source, failure string) {
	believed := s.best < nothing && (whole || s.best < lastResort*perTier)
	switch {
	case believed && (s.in.name == "" || s.source == SourceUUIDv7 || s.source == SourceULID):
		return s.at, s.source, ""
	case believed:
		return s.at, s.in.name + "." + s.source, ""
	case s.failure != "":
		return time.Time{}, "", s.failure
	case !whole:
		return time.Time{}, "", TooBig
	case broken:
		return time.Time{}, "", UnknownFormat
	}
	return time.Time{}, "", NoTimestamp
}

package class

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// Other is the class of the keys that no glob matches.
const Other = "other"

// Kind is what is looked at in the keys of a class besides size and expiry.
type Kind int

// The kinds.
const (
	Data      Kind = iota // nothing
	Lock                  // whether somebody will never release it
	RateLimit             // sorted sets: whether old entries are removed
	Tags                  // sets of names of keys: whether these keys exist
)

// Class is one class of keys.
type Class struct {
	Glob   string
	Kind   Kind
	MaxTTL time.Duration // by then a key must expire; 0: it may stay for ever
	Window time.Duration // of a rate limit: what is older counts no more
}

// closer is what is asked about a key besides size and expiry.
func (c Class) closer() valkey.Closer {
	switch c.Kind {
	case RateLimit:
		return valkey.ItsSpan
	case Tags:
		return valkey.ItsMembers
	case Data, Lock:
	}
	return valkey.NoCloser
}

// untrimmed reports whether a sorted set whose scores are times holds an entry
// that was due to be removed when its newest one was added. Twice the window,
// because the clocks of those who add differ; ok is false when the scores are no
// times.
func (c Class) untrimmed(s valkey.Span) (yes, ok bool) {
	unit := secondsOf(s.Highest)
	if unit == 0 {
		return false, false
	}
	return (s.Highest-s.Lowest)*unit > 2*c.Window.Seconds(), true
}

// secondsOf is the unit of a time since 1970 in seconds, by its magnitude; 0 if it
// is none.
func secondsOf(score float64) float64 {
	for _, u := range []struct{ from, unit float64 }{{1e17, 1e-9}, {1e14, 1e-6}, {1e11, 1e-3}, {1e8, 1}} {
		if score >= u.from {
			return u.unit
		}
	}
	return 0
}

// Bounds are the times within which keys are counted that expire, ascending.
var Bounds = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
}

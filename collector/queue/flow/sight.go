package flow

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// Sight is one look at a list, as far as flow is concerned.
type Sight struct {
	At     time.Time
	Length float64

	Head, Tail     *valkey.Entry // at index 0 and -1; nil: unknown or none
	HeadAt, TailAt valkey.Place  // where the markers of the look before are now
	// Span is how many entries from its end a marker was looked for. Zero: not
	// known, so that a marker which was not found may be anywhere.
	Span float64

	// Pops and Pushes are how many commands that take entries from lists, and
	// that add some, the server ran since the look before: those that Commands
	// knows, all keys together, or, if all of them are told, those on this list.
	// NaN: not known.
	Pops, Pushes float64
	// Ran tells at which ends. Nil: not known, and markers are no proof.
	Ran *Commands
	// EndsOnly says that messages are known to leave this list at its ends only,
	// so that LREM and LTRIM were run on others. It is not true of a list of
	// messages in progress.
	EndsOnly bool

	// Told is what the server told of this list; nil: nothing.
	Told *Told

	// HeadTime and TailTime are the entries' own timestamps, zero if unknown.
	// They tell which end is the newer one of a list that stands still.
	HeadTime, TailTime time.Time
}

func (s *Sight) entry(e End) *valkey.Entry {
	if e == Head {
		return s.Head
	}
	return s.Tail
}

func (s *Sight) place(e End) valkey.Place {
	if e == Head {
		return s.HeadAt
	}
	return s.TailAt
}

// Interval is what happened between two looks.
type Interval struct {
	First              bool    // there was no earlier look: nothing is known
	Enqueued, Dequeued float64 // lower bounds
	// Exact is true when they are more than that. It is proven, provided that
	// messages are distinct and that none came or left without one of the
	// commands that Commands knows.
	Exact  bool
	Method string
	// Gone is true when nothing is left of what was there before, as far as the
	// ends tell, and something was. Dequeued then includes what left otherwise
	// than by a pop: Before less what vanished is the most that was dequeued.
	Gone   bool
	Before float64 // length at the look before
	// Moved is true when something was seen leaving, or when that cannot be told
	// and the server popped something somewhere.
	Moved bool
}

// The methods by which an interval is measured.
const (
	MethodIdle     = "idle"     // the server ran no pop, or no push: the change in length is all
	MethodMarker   = "marker"   // a marker was found
	MethodTurnover = "turnover" // no marker was found: gone, or beyond the span
	MethodLength   = "length"   // only lengths are known
	// MethodNotifications: the server told of more than could be seen.
	MethodNotifications = "notifications"
)

// End is an end of a list.
type End int8

// The ends; the zero value is neither, or not known.
const (
	Neither End = iota
	Head
	Tail
)

func (e End) String() string {
	return [...]string{"neither", "head", "tail"}[e]
}

// Opposite is the other end.
func (e End) Opposite() End {
	switch e {
	case Head:
		return Tail
	case Tail:
		return Head
	default:
		return Neither
	}
}

// Order is in which order messages leave.
type Order int8

// The orders; the zero value is that it is not known.
const (
	Unknown Order = iota
	FIFO
	LIFO
)

func (o Order) String() string {
	return [...]string{"unknown", "fifo", "lifo"}[o]
}

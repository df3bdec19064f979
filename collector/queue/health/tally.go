package health

import (
	"slices"
	"time"

	"valkey-exporter/collector/queue/flow"
)

// inexactMemory is for how long counters are not called exact after a look of
// which only lower bounds are known, and for how long the method of the least
// exact look is told: a label that changed at each look would make a series
// each time.
const inexactMemory = 10 * time.Minute

// The methods of what is not a list.
const (
	methodStream  = "stream"  // the server counts
	methodMembers = "members" // what is in a set was seen before and after
)

// methods are all there are, the most exact first.
var methods = []string{methodStream, flow.MethodIdle, flow.MethodMarker, methodMembers, flow.MethodNotifications, flow.MethodLength, flow.MethodTurnover}

// tally is what came and went.
type tally struct {
	method             string    // the least exact of late; empty before the second look
	used               time.Time // when that was last the method
	enqueued, dequeued float64
	gaps               float64
	gap                time.Time // the last one
}

// add counts an interval.
func (f *tally) add(ch *change) {
	f.enqueued += ch.Enqueued
	f.dequeued += ch.Dequeued
	if ch.Method != "" && (!better(ch.Method, f.method) || ch.at.Sub(f.used) >= inexactMemory) {
		f.method, f.used = ch.Method, ch.at
	}
	if !ch.First && !ch.Exact {
		f.gaps++
		f.gap = ch.at
	}
}

// exact reports whether the counters are more than lower bounds.
func (f *tally) exact(now time.Time) bool {
	return f.gap.IsZero() || now.Sub(f.gap) >= inexactMemory
}

// better reports whether method a is more exact than b.
func better(a, b string) bool { return slices.Index(methods, a) < slices.Index(methods, b) }

package health

import (
	"slices"
	"time"

	"valkey-exporter/collector/valkey"
)

const (
	// drainWindow is how far back the rate at which a queue shrinks is measured.
	drainWindow = time.Minute
	// drainSamples bounds the memory that takes.
	drainSamples = 16
	// drainLeast is how many observations make a trend.
	drainLeast = 3
)

// drain remembers how long a queue was lately. Of an empty queue it remembers
// nothing.
type drain []sample

type sample struct {
	at     time.Time
	length float64
}

// add takes note of a length. Samples that are too close together replace each
// other, so that they always reach back over the window.
func (d *drain) add(at time.Time, length float64, interval time.Duration) {
	if length == 0 {
		*d = nil
		return
	}
	window := max(drainWindow, drainLeast*interval)
	if n := len(*d); n >= 2 && at.Sub((*d)[n-2].at) < window/(drainSamples-4) {
		*d = (*d)[:n-1]
	}
	past := 0
	for past < len(*d) && (at.Sub((*d)[past].at) > window || len(*d)-past >= drainSamples) {
		past++
	}
	*d = append(slices.Delete(*d, 0, past), sample{at, length})
}

// seconds is how long it takes until the queue is empty at the present rate;
// NotSent if it does not get shorter.
func (d *drain) seconds() float64 {
	n := len(*d)
	if n < drainLeast {
		return valkey.NotSent
	}
	first, last := (*d)[0], (*d)[n-1]
	elapsed := last.at.Sub(first.at).Seconds()
	if fell := first.length - last.length; fell > 0 && elapsed > 0 {
		return last.length * elapsed / fell
	}
	return valkey.NotSent
}

package health

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// stall is since when nothing was seen leaving a queue.
type stall struct {
	since time.Time // zero when the queue is empty
	blind bool      // nothing would be seen leaving
}

// saw takes note of an observation. What was seen leaving left some time
// before, but nobody knows when.
func (s *stall) saw(empty, left bool, at time.Time) {
	switch {
	case empty:
		s.since = time.Time{}
	case left || s.since.IsZero():
		s.since = at
	}
}

func (s *stall) seconds(now time.Time) float64 {
	switch {
	case s.blind:
		return valkey.NotSent
	case s.since.IsZero():
		return 0
	}
	return max(0, now.Sub(s.since).Seconds())
}

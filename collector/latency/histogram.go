package latency

import (
	"sort"
	"time"
)

// Histogram counts durations by fixed bounds.
type Histogram struct {
	Bounds []float64 // in seconds, ascending
	Counts []uint64  // for each bound those that took no longer, and longer than the bound before
	Count  uint64
	Sum    float64 // in seconds
}

// RoundTripBounds are those of the round trips of PING, in seconds: from a server on
// the same host to one that hardly answers.
var RoundTripBounds = []float64{50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3, 1}

// SlowBounds are those of slow commands, in seconds: the slow log begins at 10 ms
// unless it was changed.
var SlowBounds = []float64{1e-3, 5e-3, 10e-3, 20e-3, 50e-3, 100e-3, 200e-3, 500e-3, 1, 2, 5, 10}

func newHistogram(bounds []float64) Histogram {
	return Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds))}
}

func (h *Histogram) observe(d time.Duration) {
	s := d.Seconds()
	if i := sort.SearchFloat64s(h.Bounds, s); i < len(h.Counts) {
		h.Counts[i]++
	}
	h.Count++
	h.Sum += s
}

func (h *Histogram) clone() Histogram {
	c := *h
	c.Counts = append([]uint64(nil), h.Counts...)
	return c
}

package health

import "time"

// DurationBounds are the upper bounds in seconds of the histogram of processing
// durations.
var DurationBounds = [...]float64{1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600}

// observe counts one duration. The buckets are made anew, because a report may
// still hold the old ones.
func (h *Histogram) observe(d time.Duration) {
	seconds := max(0, d.Seconds())
	buckets := make([]uint64, len(DurationBounds))
	copy(buckets, h.Buckets)
	for i, bound := range DurationBounds {
		if seconds <= bound {
			buckets[i]++
		}
	}
	h.Buckets, h.Count, h.Sum = buckets, h.Count+1, h.Sum+seconds
}

package health

import "slices"

// WithoutCounters is the state with all counters at 0. It is for one that was
// saved some time before the exporter ended: Prometheus has seen its counters
// higher than that, and would take them for new ones at their old height.
func (s State) WithoutCounters() State {
	s.Causes = nil
	s.Queues = slices.Clone(s.Queues)
	for i := range s.Queues {
		q := &s.Queues[i]
		q.Enqueued, q.Dequeued, q.Gaps, q.Vanished, q.Probes, q.Good = 0, 0, 0, 0, 0, 0
		q.Failures, q.Durations = nil, Histogram{}
		if q.List != nil {
			list := *q.List
			list.Enqueued, list.Dequeued = 0, 0
			q.List = &list
		}
	}
	return s
}

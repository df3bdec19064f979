package main

import (
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// usedFor is how long a queue counts as used after it has held something: one that
// workers empty at once is seen to hold something now and then only.
const usedFor = time.Hour

// sawQueues takes note of queues that hold something. The caller holds e.mu.
func (e *exporter) sawQueues(snap valkey.Snapshot) {
	for _, r := range snap.Queues {
		if r.Reason == "" && r.Length > 0 {
			e.queuesUsed = snap.At
			return
		}
	}
}

// audit is what the server is compared with. The caller holds e.mu.
func (e *exporter) audit(c config.Audit, now time.Time) *collector.Audit {
	_, rights := c.Interval.Get()
	return &collector.Audit{
		Baseline: c.Baseline, Checks: c.Checks, Rights: rights,
		QueuesUsed: !e.queuesUsed.IsZero() && now.Sub(e.queuesUsed) < usedFor,
	}
}

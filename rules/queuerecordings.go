package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules/promql"
)

// stale is the share of looks at which a queue had a message that was too old.
// Looks come at a steady pace, so it is a share of time.
func stale(over time.Duration) promql.Expr {
	good, all := promql.Increase(metric.FreshnessGood, over), promql.Increase(metric.FreshnessProbes, over)
	return promql.OneLess(good.Over(all.Positive()))
}

// What is computed of the queues.
var (
	Enqueued = record("valkey_queue:enqueued:rate5m", metric.PerSecond,
		"Messages that arrive per second; a lower bound where the flow is not exact.",
		promql.Rate(metric.QueueEnqueued, window))
	Dequeued = record("valkey_queue:dequeued:rate5m", metric.PerSecond,
		"Messages that are taken per second; a lower bound where the flow is not exact.",
		promql.Rate(metric.QueueDequeued, window))
	Stale5m = record("valkey_queue:stale:ratio_rate5m", metric.Ratio,
		"Share of the last 5 minutes in which the oldest message was older than its target.", stale(5*time.Minute))
	Stale30m = record("valkey_queue:stale:ratio_rate30m", metric.Ratio,
		"Share of the last 30 minutes in which the oldest message was older than its target.", stale(30*time.Minute))
	Stale1h = record("valkey_queue:stale:ratio_rate1h", metric.Ratio,
		"Share of the last hour in which the oldest message was older than its target.", stale(time.Hour))
	Stale6h = record("valkey_queue:stale:ratio_rate6h", metric.Ratio,
		"Share of the last 6 hours in which the oldest message was older than its target.", stale(6*time.Hour))
	Stale3d = record("valkey_queue:stale:ratio_rate3d", metric.Ratio,
		"Share of the last 3 days in which the oldest message was older than its target.", stale(72*time.Hour))
)

var (
	queueRecordings = []*Recording{Enqueued, Dequeued}
	ageRecordings   = []*Recording{Stale5m, Stale30m, Stale1h, Stale6h, Stale3d}
)

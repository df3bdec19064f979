package collector

import (
	"time"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
)

// QueueHealth is what the exporter has learned by looking at the queues, as
// opposed to their lengths, which are in the snapshot.
type QueueHealth struct {
	Reports []health.Report // one per queue, database by database
	Causes  []health.Cause  // every cause, also those of which there was no case
	Looks   queue.Looks
	// Unavailable lists the commands that the server refuses to the loop.
	Unavailable []valkey.Unavailable
	StateFile   *StateFile // nil without one
	// Notifications is nil when the configuration does not want to listen.
	Notifications *Notifications
}

// Notifications says whether the server's keyspace notifications are heard.
type Notifications struct{ Active bool }

// StateFile is the outcome of saving what is to survive a restart.
type StateFile struct {
	OK    bool      // the latest attempt succeeded
	Saved time.Time // when one last did; zero: not yet
}

// describeHealth describes what looks at the queues have shown.
func describeHealth(b *builder, state State) {
	h := state.Health
	if h == nil {
		return
	}
	reserveReports(b, len(h.Reports))
	d := reporter{builder: b, shared: sharedPairs{b: b}, databases: databasePair{b: b}}
	for i := range h.Reports {
		d.report(&h.Reports[i])
	}
	describeCauses(b, h.Causes)
	describeLooks(b, h.Looks, state.Now)
	describeStateFile(b, h.StateFile)
	if n := h.Notifications; n != nil {
		b.gauge(metric.NotificationsActive, yes(n.Active))
	}
}

// reserveReports makes room for what nearly every queue has.
func reserveReports(b *builder, n int) {
	for _, m := range []metric.Family{
		metric.OldestMessageTimestamp, metric.NextMessageTimestamp, metric.OldestMessageAge, metric.TargetAge,
		metric.OrderInfo, metric.TimestampInfo, metric.TimestampOffset, metric.FreshnessProbes, metric.FreshnessGood,
		metric.QueueEnqueued, metric.QueueDequeued, metric.QueueFlowInfo, metric.QueueFlowGaps, metric.QueueStalled,
		metric.QueueEvictable, metric.QueueVanished,
	} {
		b.reserve(m, n)
	}
}

// reporter describes reports one by one. It keeps the labels that all samples
// of the present queue carry, and those that many queues have in common.
type reporter struct {
	*builder
	shared    sharedPairs
	databases databasePair

	db, queue, role *dto.LabelPair
}

func (d *reporter) report(r *health.Report) {
	d.db = d.databases.of(r.Queue.DB)
	d.queue = d.pair(metric.LabelQueue, r.Queue.Key)
	d.role = d.shared.get(metric.LabelRole, r.Queue.Role)
	d.age(&r.Age)
	d.order(r.Order)
	d.freshness(r)
	d.flow(&r.Flow)
	d.losses(r)
	d.inHand(r.Processing)
	d.deaths(r.DeadLetters)
	d.stream(r)
}

// moment is a time as Prometheus has it; a zero time is no number.
func moment(t time.Time) float64 {
	if t.IsZero() {
		return valkey.NotSent
	}
	return float64(t.UnixMilli()) / 1e3
}

// seconds is a duration that may not exist.
func seconds(d time.Duration) float64 {
	if d == valkey.None {
		return valkey.NotSent
	}
	return d.Seconds()
}

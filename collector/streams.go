package collector

import (
	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
)

// stream describes the groups of a stream. Its length is described with those
// of the other queues, because a scrape reads it.
func (d *reporter) stream(r *health.Report) {
	if r.Stream == nil {
		return
	}
	stream := d.pair(metric.LabelStream, r.Queue.Key)
	d.gauge(metric.StreamGroups, float64(r.Stream.GroupsInAll), d.db, stream)
	for i := range r.Stream.Groups {
		d.group(&r.Stream.Groups[i], stream)
	}
}

func (d *reporter) group(g *valkey.Group, stream *dto.LabelPair) {
	group := d.pair(metric.LabelGroup, g.Name)
	d.gauge(metric.StreamGroupConsumers, g.Consumers, d.db, group, stream)
	d.gauge(metric.StreamGroupPending, g.Pending, d.db, group, stream)
	d.gauge(metric.StreamGroupLag, g.Lag, d.db, group, stream)
	d.gauge(metric.StreamGroupRead, g.Read, d.db, group, stream)
	d.gauge(metric.StreamGroupPendingIdle, oldestPendingIdle(g), d.db, group, stream)
}

// oldestPendingIdle is 0 when nothing is pending, as the age of an empty queue
// is.
func oldestPendingIdle(g *valkey.Group) float64 {
	if g.Pending == 0 {
		return 0
	}
	return seconds(g.OldestPendingIdle)
}

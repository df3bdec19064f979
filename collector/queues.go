package collector

import (
	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// describeQueues describes the lengths. A key that does not exist is an empty
// queue. If the configuration names it, it reads 0 as a list too, as LLEN would
// say, so that an alert on the list has a series from the start; a key that a
// pattern found may as well have been a set.
func describeQueues(b *builder, s valkey.Snapshot) {
	b.reserve(metric.ListLength, len(s.Queues))
	b.reserve(metric.QueueLength, len(s.Queues))
	shared := sharedPairs{b: b}
	db := databasePair{b: b}
	for _, r := range s.Queues {
		q := r.Queue
		db := db.of(q.DB)
		queue := b.pair(metric.LabelQueue, q.Key)
		if r.Reason != "" {
			b.gauge(metric.QueueUnreadable, 1, db, queue, shared.get(metric.LabelReason, r.Reason))
			continue
		}
		b.gauge(metric.QueueLength, r.Length, db, queue, shared.get(metric.LabelRole, q.Role))
		if r.Type == valkey.TypeList || r.Type == valkey.TypeUnknown && q.Named {
			b.gauge(metric.ListLength, r.Length, db, b.pair(metric.LabelList, q.Key))
		}
		if r.Type == valkey.TypeStream {
			b.gauge(metric.StreamLength, r.Length, db, b.pair(metric.LabelStream, q.Key))
		}
	}
	describeQueueErrors(b, s)
}

func describeQueueErrors(b *builder, s valkey.Snapshot) {
	if !s.Sources[valkey.SourceQueues].Asked {
		return
	}
	for _, e := range []struct {
		reason string
		count  float64
	}{
		{valkey.ReasonDenied, s.QueueErrors.Denied},
		{valkey.ReasonMoved, s.QueueErrors.Moved},
		{valkey.ReasonNoDB, s.QueueErrors.NoDB},
		{valkey.ReasonUnavailable, s.QueueErrors.Unavailable},
		{valkey.ReasonWrongType, s.QueueErrors.WrongType},
	} {
		b.counter(metric.QueueErrors, e.count, b.labels(metric.QueueErrors, e.reason)...)
	}
}

// sharedPairs are the few labels that many queues have in common.
type sharedPairs struct {
	b    *builder
	seen []*dto.LabelPair
}

func (s *sharedPairs) get(name metric.Label, value string) *dto.LabelPair {
	for _, p := range s.seen {
		if p.GetValue() == value && p.GetName() == string(name) {
			return p
		}
	}
	p := s.b.pair(name, value)
	s.seen = append(s.seen, p)
	return p
}

// databasePair is the label of the database that the latest queue was in. The
// queues come database by database.
type databasePair struct {
	b    *builder
	db   int
	pair *dto.LabelPair
}

func (d *databasePair) of(db int) *dto.LabelPair {
	if d.pair == nil || d.db != db {
		d.db, d.pair = db, d.b.pair(metric.LabelDB, valkey.DatabaseName(db))
	}
	return d.pair
}

package checkup

import (
	"cmp"
	"math"
	"slices"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/internal/statuspage"
)

// ranks are the states of queues and classes; a larger one needs attention sooner.
var ranks = map[string]int{"": 0, "ok": 0, "unknown": 1, "note": 2, "warning": 3, "critical": 4}

func (s Seen) queues() []Queue {
	all := []Queue{}
	for _, q := range s.Assessment.Queues {
		all = append(all, queueOf(q))
	}
	slices.SortStableFunc(all, func(a, b Queue) int { return cmp.Compare(ranks[b.State], ranks[a.State]) })
	return all
}

func queueOf(q statuspage.Queue) Queue {
	v := Queue{
		DB: q.Queue.DB, Queue: metric.LabelValue(q.Queue.Key), Role: string(q.Entry.Role), State: q.State, Why: some(q.Why),
		Depth: known(q.Depth), Age: known(q.Age),
	}
	if n, ok := q.Entry.MaxLength.Get(); ok {
		v.MaxLength = known(float64(n))
	}
	if d, ok := q.Entry.MaxAge.Get(); ok {
		v.MaxAge = known(d.Seconds())
	}
	if r := q.Report; r != nil && q.Depth > 0 {
		v.AgeIsBound = r.Age.Source == health.FirstSeen || q.Entry.Role == config.Processing
		for _, d := range r.DeadLetters {
			v.DeadLetters = append(v.DeadLetters, DeathsBy{metric.LabelValue(d.Text), d.Count})
		}
	}
	return v
}

func (s Seen) classes() []Class {
	all := []Class{}
	for _, c := range s.Assessment.Classes {
		all = append(all, classOf(c))
	}
	if s.Snapshot.Up && s.Snapshot.Sources[valkey.SourceInfo].Err != nil {
		return append(all, s.unjudged()...)
	}
	return all
}

// unjudged are the classes that were counted while INFO did not come: the page shows
// none of them, because it does not know whether the server is a replica.
func (s Seen) unjudged() []Class {
	var all []Class
	if s.State.Classes == nil {
		return all
	}
	for i := range s.State.Classes.Reports {
		if r := &s.State.Classes.Reports[i]; r.Keys > 0 {
			all = append(all, classOf(statuspage.Class{Report: r}))
		}
	}
	return all
}

func classOf(c statuspage.Class) Class {
	v := Class{DB: c.DB, Class: metric.LabelValue(c.Class), State: c.State, Why: some(c.Why), Keys: c.Keys, Samples: c.Samples}
	if e := c.Expiry; e != nil {
		v.WithoutTTL, v.TTLError = known(e.Without), known(e.Error)
	}
	if m := c.Memory; m != nil {
		v.Bytes, v.BytesError = known(m.Bytes), known(m.Error)
	}
	if l := c.Largest; l != nil {
		v.LargestBytes, v.LargestElements = known(l.Bytes), known(l.Elements)
	}
	return v
}

func (s Seen) walks() []Walk {
	all := []Walk{}
	if s.State.Classes == nil {
		return all
	}
	for _, w := range s.State.Classes.Walks {
		work := math.NaN()
		if w.Work > 0 {
			work = w.Work.Seconds()
		}
		all = append(all, Walk{w.DB, w.Complete, round(w.Took.Seconds()), known(work)})
	}
	return all
}

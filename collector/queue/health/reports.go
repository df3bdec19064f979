package health

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// Scraped takes note of the lengths that a scrape showed which began at a time.
// One that was not over before the next look began is ignored: nobody knows in
// which order the two saw a queue. A queue that gave no answer is as it was.
func (t *Tracker) Scraped(readings []valkey.Reading, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.looking {
		return
	}
	for i := range readings {
		r := &readings[i]
		w := t.queues[id{r.Queue.DB, r.Queue.Key}]
		if w == nil || r.Reason != "" || r.Length > 0 && w.body != nil && w.body.holds() != r.Type {
			continue
		}
		if w.body == nil && !w.seen.IsZero() {
			w.begin(r.Type)
		}
		w.resize(r.Length, at, t.options)
	}
}

// Reports are how the queues are now, by database and key. A queue of which
// nothing was seen yet has none. Of one that was not seen for a while there are
// only the counters.
func (t *Tracker) Reports(now time.Time) []Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	reports := make([]Report, 0, len(t.queues))
	for _, w := range t.all() {
		if w.seen.IsZero() {
			continue
		}
		r := w.counters(now)
		if now.Sub(w.seen) <= t.options.patience() && !w.other {
			w.describe(&r, now)
			r.Evictable = t.facts.evictable(w.ttl != valkey.None)
		}
		reports = append(reports, r)
	}
	return reports
}

// counters are what stays true, with nothing else.
func (w *watched) counters(now time.Time) Report {
	r := Report{
		Queue: w.queue, Length: valkey.NotSent,
		Age: Age{
			Seconds: valkey.NotSent, Target: valkey.NotSent, Offset: valkey.NotSent,
			Failures: w.failures.reported(),
		},
		Flow: Flow{
			Method: w.flow.method, Exact: w.flow.exact(now), Gaps: w.flow.gaps,
			Enqueued: w.flow.enqueued, Dequeued: w.flow.dequeued,
			Stalled: valkey.NotSent, Drain: valkey.NotSent,
		},
		Freshness: w.freshness, Evictable: valkey.NotSent, Vanished: w.vanished,
	}
	if w.settings.MaxAge > 0 {
		r.Age.Target = w.settings.MaxAge.Seconds()
	}
	if w.durations != nil {
		r.Processing = &Processing{
			Worker: w.settings.Worker, Durations: *w.durations,
			Messages: valkey.NotSent, OldestAge: valkey.NotSent, Idle: valkey.NotSent, TTL: valkey.NotSent,
		}
	}
	return r
}

// describe adds what is true now.
func (w *watched) describe(r *Report, now time.Time) {
	r.Length = w.length
	r.Age.Oldest, r.Age.Next, r.Age.Source = w.oldest.at, w.next.at, w.oldest.source
	r.Age.Seconds, r.Age.Offset = w.age(now), w.offset
	r.Order = w.order
	r.Flow.Stalled, r.Flow.Drain = w.stall.seconds(now), w.drain.seconds()
	r.Stream = w.streamSighting
	if w.letters != nil {
		r.DeadLetters = w.letters.reasons
	}
	if p := r.Processing; p != nil {
		p.Messages, p.Idle, p.TTL = w.length, seconds(w.idle), seconds(w.ttl)
		p.OldestAge = w.held(now)
	}
}

// held is for how many seconds the message that is longest in progress was seen
// to be.
func (w *watched) held(now time.Time) float64 {
	switch {
	case w.length == 0:
		return 0
	case w.oldestMember().IsZero():
		return valkey.NotSent
	}
	return max(0, now.Sub(w.oldestMember()).Seconds())
}

// seconds is NotSent if there is no such duration.
func seconds(d time.Duration) float64 {
	if d == valkey.None {
		return valkey.NotSent
	}
	return d.Seconds()
}

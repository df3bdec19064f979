package main

import (
	"context"
	"sync"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/queue/payload"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// watch is what follows from one configuration: the queues, the loop that
// looks for them, and the one that looks into them.
type watch struct {
	list     *queue.Watchlist
	config   config.Validated
	entries  *entries
	observer *queue.Observer // nil when the configuration turns it off
	survey   *class.Survey   // nil when the configuration turns classes off
	roster   *clients.Roster // nil when the configuration turns listing clients off
	before   queue.Looks     // what the observing loops of earlier configurations have done
	stop     context.CancelFunc
	loops    sync.WaitGroup
}

// begin prepares the watch that replaces old, which is nil at first.
func (e *exporter) begin(c config.Validated, old *watch) *watch {
	w := &watch{list: queue.NewWatchlist(watchOptions(c)), config: c, entries: entriesOf(c)}
	if old != nil {
		old.end() // its connections are for one at a time
		w.list.Inherit(old.list)
		w.before = old.looks()
	} else if e.kept != nil {
		e.kept.findAgain(w.list)
	}
	e.tracker.Reconfigure(healthOptions(c, w.entries))
	e.tracker.Forget(w.list.Queues()) // now, and not when the server answers a look
	pace := queue.Pace{Interval: c.Discovery().Interval, Share: e.settings.once.share(c.Discovery().MaxServerShare)}
	discoverer := queue.NewDiscoverer(w.list, e.walker, pace, c.Scrape().RetryDeniedAfter, e.log)
	if every, on := c.Classes().Interval.Get(); on {
		w.survey = e.count(c, old)
		discoverer.Count(e.settings.once.counting(w.survey), every)
	}
	loops := []func(context.Context){e.settings.once.walking(discoverer)}
	if interval, on := c.Observe().Interval.Get(); on {
		w.observer = queue.NewObserver(w.list, e.tracker, e.looker, queue.Closeness{
			Interval: interval, MaxQueues: c.Observe().MaxQueues,
			Share: c.Observe().MaxServerShare, Denied: c.Scrape().RetryDeniedAfter,
		}, w.before, e.log)
		loops = append(loops, w.observer.Run)
		if c.Observe().Notifications {
			w.observer.Hear(e.hearing)
			loops = append(loops, queue.NewHearer(e.hearing, c.Scrape().RetryDeniedAfter, e.log).Run)
		}
	}
	if w.roster = e.attend(c); w.roster != nil {
		loops = append(loops, w.roster.Run)
	}
	if loop := e.speed.follow(c); loop != nil {
		loops = append(loops, loop)
	}
	ctx, stop := context.WithCancel(e.started)
	w.stop = stop
	for _, loop := range loops {
		w.loops.Go(func() { loop(ctx) })
	}
	return w
}

// end stops the loops and waits for them.
func (w *watch) end() {
	w.stop()
	w.loops.Wait()
}

// looks are what the observing loops have done so far.
func (w *watch) looks() queue.Looks {
	if w.observer == nil {
		return w.before
	}
	return w.observer.Stats()
}

func watchOptions(c config.Validated) queue.Options {
	o := queue.Options{MaxQueues: c.Discovery().MaxQueues, ForgetAfter: c.Discovery().ForgetAfter}
	for _, q := range c.Queues() {
		if q.Pattern != "" {
			o.Patterns = append(o.Patterns, queue.Pattern{DB: q.DB, Glob: q.Pattern, Role: string(q.Role)})
		} else {
			o.Fixed = append(o.Fixed, valkey.NewQueue(q.DB, q.Key, string(q.Role)))
		}
	}
	return o
}

func healthOptions(c config.Validated, all *entries) health.Options {
	interval, _ := c.Observe().Interval.Get()
	letters, _ := c.Observe().DeadLetters.Get()
	return health.Options{
		Settings: all.settings,
		Interval: interval, MaxBytes: c.Observe().MaxBytes, DeadLetters: letters,
	}
}

// entries finds the configuration's entry for a queue. It copies none of those
// that name a key: there may be ten thousand.
type entries struct {
	config   config.Validated
	named    map[place]int // index of the entry
	patterns []config.Queue
}

type place struct {
	db  int
	key string
}

func entriesOf(c config.Validated) *entries {
	queues := c.Queues()
	e := &entries{config: c, named: make(map[place]int, len(queues))}
	for i, q := range queues {
		if q.Pattern != "" {
			e.patterns = append(e.patterns, q)
		} else {
			e.named[place{q.DB, q.Key}] = i
		}
	}
	return e
}

// of is the entry that names the queue, or the first pattern that finds it. It
// is none for a moment after the configuration has changed.
func (e *entries) of(q *valkey.Queue) (entry config.Queue, ok bool) {
	if i, named := e.named[place{q.DB, q.Key}]; named && q.Named {
		return e.config.Queue(i), true
	}
	for _, entry := range e.patterns {
		if entry.DB == q.DB && queue.Match(entry.Pattern, q.Key) {
			return entry, true
		}
	}
	return config.Queue{}, false
}

// settings are those of the queue's entry.
func (e *entries) settings(q *valkey.Queue) health.Settings {
	entry, ok := e.of(q)
	switch {
	case !ok:
		return health.Settings{}
	case entry.Pattern == "":
		return healthSettings(entry, "")
	}
	return healthSettings(entry, queue.Wildcard(entry.Pattern, q.Key))
}

func healthSettings(q config.Queue, worker string) health.Settings {
	s := health.Settings{Worker: worker}
	s.MaxAge, _ = q.MaxAge.Get()
	s.ByScore = q.Timestamp == config.Score
	if !s.ByScore {
		s.Timestamp = path(q.Timestamp)
	}
	s.Error = path(q.Error)
	return s
}

// path is that of a valid configuration; empty is none.
func path(text string) payload.Path {
	p, _ := payload.ParsePath(text) // the configuration accepts no other than this does, which a test proves
	return p
}

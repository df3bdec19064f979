package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// exporter joins the parts: a kept connection with the scraper that all
// requests share, and the queues to watch with the loop that looks for them.
// The queues change with the configuration, the connection does not.
type exporter struct {
	settings *settings
	log      *slog.Logger
	journal  *journal
	started  context.Context // ends when the program does

	conn, walker *valkey.Conn
	shared       *valkey.Shared

	reloading sync.Mutex // one reload at a time

	mu     sync.Mutex
	watch  *watch
	config collector.Config
	stats  collector.ScrapeStats
}

// watch is what follows from one configuration.
type watch struct {
	list   *queue.Watchlist
	config config.Validated
	stop   context.CancelFunc
	ended  chan struct{}
}

func newExporter(ctx context.Context, s *settings, log *slog.Logger) *exporter {
	options := valkey.Options{Target: s.target, Credentials: s.credentials, TLS: s.tls, Name: name}
	e := &exporter{
		settings: s, log: log, journal: newJournal(log), started: ctx,
		conn: valkey.Open(options), walker: valkey.Open(options),
	}
	scraper := valkey.NewScraper(e.conn, valkey.NewLedger(), time.Now)
	e.shared = valkey.Share(func(ctx context.Context) valkey.Snapshot { return e.scrape(ctx, scraper) })
	e.apply(s.config)
	return e
}

func (e *exporter) close() {
	e.current().end()
	_ = e.conn.Close()
	_ = e.walker.Close()
}

func (e *exporter) current() *watch {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.watch
}

// apply puts a configuration into effect.
func (e *exporter) apply(c config.Validated) {
	list := queue.NewWatchlist(watchOptions(c))
	if old := e.current(); old != nil {
		old.end() // the walking connection is for one at a time
		list.Inherit(old.list)
	}
	pace := queue.Pace{Interval: c.Discovery().Interval, Share: c.Discovery().MaxServerShare}
	loop := queue.NewDiscoverer(list, e.walker, pace, c.Scrape().RetryDeniedAfter, e.log)
	ctx, stop := context.WithCancel(e.started)
	w := &watch{list: list, config: c, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		loop.Run(ctx)
	}()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watch = w
	e.config = collector.Config{OK: true, Loaded: time.Now()}
}

// end stops the loop and waits for it.
func (w *watch) end() {
	w.stop()
	<-w.ended
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

// scrape asks the server once, on behalf of everybody who waits.
func (e *exporter) scrape(ctx context.Context, scraper *valkey.Scraper) valkey.Snapshot {
	w := e.current()
	snap := scraper.Scrape(ctx, valkey.Request{
		Queues: w.list.Queues(), RetryDenied: w.config.Scrape().RetryDeniedAfter,
	})
	w.list.Observe(snap.Queues, snap.At)
	e.journal.scraped(snap)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stats.Count++
	e.stats.Seconds += snap.Took.Seconds()
	return snap
}

// state is what the metrics say about the exporter itself.
func (e *exporter) state() collector.State {
	discovery, walking := e.current().list.Status()
	e.mu.Lock()
	defer e.mu.Unlock()
	state := collector.State{Now: time.Now(), Build: build(), Scrape: e.stats, Config: e.config}
	if walking {
		state.Discovery = &discovery
	}
	return state
}

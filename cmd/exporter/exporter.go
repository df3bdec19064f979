package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// exporter joins the parts: a kept connection with the scraper that all
// requests share, the queues to watch with the loops that look for them and
// into them, and what is remembered of them. The queues change with the
// configuration, the connections and the memory do not.
type exporter struct {
	settings *settings
	log      *slog.Logger
	journal  *journal
	started  context.Context // ends when the program does

	// For scrapes, for looking for queues, for looking into them, for listing clients, for their speed.
	conn, walker, watcher, usher, timer *valkey.Conn

	shared  *valkey.Shared
	looker  *valkey.Looker
	sampler *valkey.Sampler // on the connection of the walker
	lister  *valkey.Lister
	hearing *valkey.Listener // connects only if the configuration wants it
	tracker *health.Tracker
	speed   *speed
	kept    *stateFile  // nil without a state file
	page    *statusPage // nil when it is switched off

	reloading sync.Mutex // one reload at a time

	mu     sync.Mutex
	watch  *watch
	config collector.Config
	stats  collector.ScrapeStats

	queuesUsed time.Time // when a scrape last saw a queue that held something
	saves      collector.Saves
}

func newExporter(ctx context.Context, s *settings, log *slog.Logger) *exporter {
	options := valkey.Options{Target: s.target, Credentials: s.credentials, TLS: s.tls, Name: name}
	listing := options
	listing.Longest = valkey.MaxClientListBytes
	ledger := valkey.NewLedger()
	e := &exporter{
		settings: s, log: log, journal: newJournal(log), started: ctx,
		conn: valkey.Open(options), walker: valkey.Open(options), watcher: valkey.Open(options), usher: valkey.Open(listing), timer: valkey.Open(options),
		tracker: health.New(healthOptions(s.config, entriesOf(s.config))),
		hearing: valkey.NewListener(options),
	}
	scraper := valkey.NewScraper(e.conn, ledger, time.Now)
	e.shared = valkey.Share(func(ctx context.Context) valkey.Snapshot { return e.scrape(ctx, scraper) })
	e.looker = valkey.NewLooker(e.watcher, ledger, time.Now)
	e.sampler = valkey.NewSampler(e.walker, ledger, time.Now)
	e.lister = valkey.NewLister(e.usher, time.Now)
	e.speed = newSpeed(e.timer, log)
	e.remember(ledger)
	e.openStatusPage()
	e.apply(s.config)
	if e.page != nil {
		e.page.run(ctx)
	}
	return e
}

// remember takes over what an earlier run of the exporter knew, and keeps the
// state file up to date.
func (e *exporter) remember(ledger *valkey.Ledger) {
	if e.settings.stateFile == "" {
		return
	}
	e.kept = &stateFile{
		path: e.settings.stateFile, server: e.settings.target.String(),
		ledger: ledger, tracker: e.tracker, log: e.log, ended: make(chan struct{}),
	}
	e.kept.restore(time.Now())
	go e.kept.run(e.started)
}

func (e *exporter) close() {
	if e.page != nil {
		e.page.close()
	}
	e.current().end()
	for _, conn := range []*valkey.Conn{e.conn, e.walker, e.watcher, e.usher, e.timer} {
		_ = conn.Close()
	}
	if e.kept != nil {
		e.kept.close()
	}
}

func (e *exporter) current() *watch {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.watch
}

// apply puts a configuration into effect.
func (e *exporter) apply(c config.Validated) {
	w := e.begin(c, e.current())
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watch = w
	e.config = collector.Config{OK: true, Loaded: time.Now()}
}

// scrape asks the server once, on behalf of everybody who waits.
func (e *exporter) scrape(ctx context.Context, scraper *valkey.Scraper) valkey.Snapshot {
	w := e.current()
	accessEvery, _ := w.config.Audit().Interval.Get() // off is 0, and then it is not asked
	snap := scraper.Scrape(ctx, valkey.Request{
		Queues: w.list.Queues(), RetryDenied: w.config.Scrape().RetryDeniedAfter, AccessEvery: accessEvery,
	})
	w.list.Observe(snap.Queues, snap.At)
	if w.observer != nil {
		e.tracker.Scraped(snap.Queues, snap.At.Add(-snap.Took))
	}
	e.speed.scraped(&snap)
	e.journal.scraped(snap)
	if e.page != nil {
		e.page.Scraped(snap)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sawQueues(snap)
	e.saves.Observe(snap)
	e.stats.Count++
	e.stats.Seconds += snap.Took.Seconds()
	return snap
}

// state is what the metrics say about the exporter itself.
func (e *exporter) state() collector.State {
	w := e.current()
	discovery, walking := w.list.Status()
	queues, classes := e.health(w), w.classes()
	e.mu.Lock()
	defer e.mu.Unlock()
	saves := e.saves
	state := collector.State{Now: time.Now(), Build: build(), Scrape: e.stats, Config: e.config, Health: queues, Classes: classes, Clients: w.clients()}
	state.Saves = &saves
	state.Latency = e.speed.state(w.config.Latency())
	state.Audit = e.audit(w.config.Audit(), state.Now)
	if walking {
		state.Discovery = &discovery
	}
	return state
}

// health is what is known of the queues besides their lengths; nil when the
// configuration turns looking into them off.
func (e *exporter) health(w *watch) *collector.QueueHealth {
	if w.observer == nil {
		return nil
	}
	h := &collector.QueueHealth{
		Reports: e.tracker.Reports(time.Now()), Causes: e.tracker.Causes(),
		Looks: w.looks(), Unavailable: e.looker.Unavailable(),
	}
	if w.config.Observe().Notifications {
		h.Notifications = &collector.Notifications{Active: e.hearing.Active()}
	}
	if e.kept != nil {
		h.StateFile = e.kept.status()
	}
	return h
}

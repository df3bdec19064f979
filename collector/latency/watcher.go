package latency

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"valkey-exporter/collector/valkey"
)

// slack is how many more entries of the slow log are fetched than seem to be new:
// others may come meanwhile.
const slack = 16

// Pace says how closely the speed is watched.
type Pace struct {
	Interval time.Duration // from one look to the next
	Entries  int           // of the slow log that one look may fetch
	Denied   time.Duration // how long what the server refuses is left alone
}

// Watcher is the loop that times round trips and looks into the slow log.
type Watcher struct {
	prober *valkey.Prober
	log    *slog.Logger
	pace   Pace // of the loop that runs

	failing valkey.Kind // why the latest look failed, to log a change only

	mu      sync.Mutex
	trips   Histogram
	slowlog *Slowlog
	refused []valkey.Unavailable
}

// Status is what a Watcher has seen.
type Status struct {
	RoundTrips  Histogram
	Slowlog     SlowlogCounts
	Unavailable []valkey.Unavailable
}

// NewWatcher prepares the loop. One Watcher is used as long as the server is the
// same: its counters go on when the configuration changes.
func NewWatcher(prober *valkey.Prober, log *slog.Logger) *Watcher {
	return &Watcher{prober: prober, log: log, trips: newHistogram(RoundTripBounds), slowlog: NewSlowlog()}
}

// Status is what has been seen so far.
func (w *Watcher) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Status{RoundTrips: w.trips.clone(), Slowlog: w.slowlog.Counts(), Unavailable: w.refused}
}

// Run watches until ctx ends. It runs once at a time.
func (w *Watcher) Run(ctx context.Context, pace Pace) {
	w.pace = pace
	tick := time.NewTicker(pace.Interval)
	defer tick.Stop()
	for {
		w.round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round is one PING and one look. What fails is tried again in the next round; what
// is refused by itself costs only itself.
func (w *Watcher) round(ctx context.Context) {
	took, err := w.prober.Ping(ctx, w.pace.Denied)
	if took > 0 {
		w.mu.Lock()
		w.trips.observe(took)
		w.mu.Unlock()
	}
	if err == nil || valkey.Refused(err) != "" {
		err = w.look(ctx)
	}
	if ctx.Err() != nil {
		return // which says nothing about the server
	}
	w.report(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = w.prober.Unavailable()
}

// look asks for the newest entry of the slow log, and for more when it is news.
func (w *Watcher) look(ctx context.Context) error {
	look, err := w.prober.Slowlog(ctx, 1, w.pace.Denied)
	if err != nil {
		return err
	}
	if n := w.slowlog.Missing(look); n > 0 {
		entries := int(min(n+slack, int64(w.pace.Entries)))
		if look, err = w.prober.Slowlog(ctx, max(entries, 2), w.pace.Denied); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slowlog.Add(look)
	return nil
}

// report logs when looks begin to fail, fail for another reason, or work again. That
// the server cannot be reached, or refuses a command, the scrapes say already.
func (w *Watcher) report(err error) {
	kind := valkey.KindOf(err)
	if kind == w.failing {
		return
	}
	w.failing = kind
	if err == nil {
		w.log.Debug("looking into the slow log works again")
		return
	}
	w.log.Debug("looking into the slow log failed", "reason", kind, "err", err)
}

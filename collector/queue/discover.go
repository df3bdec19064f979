package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"valkey-exporter/collector/valkey"
)

// Pace bounds what a walk costs the server.
type Pace struct {
	Interval time.Duration // from the start of one walk to the start of the next
	Share    float64       // of the server's time that a walk may take, e.g. 0.01
}

// retryAfter is the pause after a walk that failed, if the interval is not
// shorter.
const retryAfter = 15 * time.Second

// Discoverer walks the keyspace in the background, one database after the
// other, and tells its Watchlist what it met.
type Discoverer struct {
	list   *Watchlist
	conn   *valkey.Conn
	pace   Pace
	denied time.Duration
	log    *slog.Logger
	pause  func(context.Context, time.Duration)

	closed  map[int]closed // databases that cannot be walked
	unsized time.Time      // until when INFO is not asked for the number of keys
	failing valkey.Kind    // why the latest walk failed, to log a change only
	warned  bool           // that it failed
	full    bool           // the cap was reached, and logged
}

// closed is why a database cannot be walked, and until when that is believed.
type closed struct {
	err   error
	until time.Time
}

// NewDiscoverer prepares a loop on a connection of its own. What the server
// refuses is asked again after denied.
func NewDiscoverer(list *Watchlist, conn *valkey.Conn, pace Pace, denied time.Duration, log *slog.Logger) *Discoverer {
	return &Discoverer{
		list: list, conn: conn, pace: pace, denied: denied, log: log,
		pause: sleep, closed: make(map[int]closed),
	}
}

// Run walks until ctx ends. It returns at once when there is no pattern.
func (d *Discoverer) Run(ctx context.Context) {
	if len(d.list.patterns) == 0 {
		return
	}
	for {
		start := time.Now()
		err := d.round(ctx)
		if ctx.Err() != nil {
			return
		}
		d.report(err)
		d.pause(ctx, d.wait(err, time.Since(start)))
	}
}

// wait is how long to pause after a round that took so long.
func (d *Discoverer) wait(err error, took time.Duration) time.Duration {
	switch {
	case err == nil || valkey.NoDatabase(err):
		return max(d.pace.Interval-took, 0)
	case valkey.Refused(err) != "":
		return d.denied
	default:
		return min(d.pace.Interval, retryAfter)
	}
}

// round walks every database once. An error about one database costs only that
// one; any other ends the round.
func (d *Discoverer) round(ctx context.Context) error {
	var problem error
	for _, db := range d.list.patterns.databases() {
		err := d.visit(ctx, db)
		if ctx.Err() != nil {
			return ctx.Err() // which says nothing about the server
		}
		d.list.refuse(err)
		if err == nil {
			continue
		}
		d.list.Fail(db)
		if !valkey.NoDatabase(err) {
			return err
		}
		problem = errors.Join(problem, err)
	}
	d.reportCap()
	return problem
}

// visit walks a database, unless it is known to be closed.
func (d *Discoverer) visit(ctx context.Context, db int) error {
	if c := d.closed[db]; time.Now().Before(c.until) {
		return c.err
	}
	err := d.walk(ctx, db)
	if valkey.NoDatabase(err) {
		d.closed[db] = closed{err, time.Now().Add(d.denied)}
	}
	return err
}

// report logs when walks begin to fail, fail for another reason, or work
// again. That the server cannot be reached or is busy is for debugging only: the
// scrapes say so already.
func (d *Discoverer) report(err error) {
	kind := valkey.KindOf(err)
	if kind == d.failing {
		return
	}
	d.failing = kind
	switch {
	case err == nil && d.warned:
		d.warned = false
		d.log.Info("looking for queues by pattern works again")
	case err == nil:
	case valkey.Refused(err) != "" || valkey.NoDatabase(err):
		d.warned = true
		d.log.Warn("looking for queues by pattern failed", kind.WithHint("reason", kind, "err", err)...)
	default:
		d.log.Debug("looking for queues by pattern failed", "reason", kind, "err", err)
	}
}

// reportCap logs when the walks begin to meet more queues than are allowed.
func (d *Discoverer) reportCap() {
	turnedAway := 0
	status, _ := d.list.Status()
	for _, w := range status.Walks {
		turnedAway += w.TurnedAway
	}
	if turnedAway > 0 && !d.full {
		d.log.Warn("patterns match more queues than discovery.max_queues allows; the rest is not watched",
			"max_queues", status.MaxQueues, "not_watched", turnedAway)
	}
	d.full = turnedAway > 0
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

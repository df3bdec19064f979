package queue

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/wait"
)

// Pace bounds what a walk costs the server.
type Pace struct {
	Interval time.Duration // from the start of one walk to the start of the next
	Share    float64       // of the server's time that a walk may take, e.g. 0.01
}

// Census is told of all keys, whatever their names. A walk over all keys is slower
// than one for queues, of which the server leaves out what no pattern can match, so
// only some walks are.
type Census interface {
	// Databases are those to walk over even if they are empty by now.
	Databases() []int
	// Begin is told how many keys db holds by INFO; NaN: not known.
	Begin(db int, keys float64, asked func(ctx context.Context, commands int, took time.Duration))
	Meet(ctx context.Context, keys []string) error
	End(ctx context.Context, work func() time.Duration) error
	Fail(db int)
}

// retryAfter is the pause after a walk that failed, if the interval is not
// shorter.
const retryAfter = 15 * time.Second

// Discoverer walks the keyspace in the background, one database after the
// other, and tells its Watchlist what it met, and sometimes a Census.
type Discoverer struct {
	list   *Watchlist
	conn   *valkey.Conn
	pace   Pace
	denied time.Duration
	log    *slog.Logger
	pause  func(context.Context, time.Duration) bool

	census Census        // nil if nobody wants to know of all keys
	every  time.Duration // from the start of one walk over all keys to the start of the next
	due    time.Time     // when the next walk is to be one over all keys

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
		pause: wait.For, closed: make(map[int]closed),
	}
}

// Count makes a walk pass over all keys so often, for c. It comes before Run.
func (d *Discoverer) Count(c Census, every time.Duration) { d.census, d.every = c, every }

// Run walks until ctx ends. It returns at once when there is nothing to look for.
func (d *Discoverer) Run(ctx context.Context) {
	if len(d.list.patterns) == 0 && d.census == nil {
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

// Once walks over every database one time. It is in the place of Run for who wants to
// know once.
func (d *Discoverer) Once(ctx context.Context) error { return d.round(ctx) }

// wait is how long to pause after a round that took so long.
func (d *Discoverer) wait(err error, took time.Duration) time.Duration {
	switch {
	case err == nil || valkey.NoDatabase(err):
		return max(d.interval()-took, 0)
	case valkey.Refused(err) != "":
		return d.denied
	default:
		return min(d.interval(), retryAfter)
	}
}

// interval is that between rounds.
func (d *Discoverer) interval() time.Duration {
	switch {
	case d.census == nil:
		return d.pace.Interval
	case len(d.list.patterns) == 0:
		return d.every
	}
	return min(d.pace.Interval, d.every)
}

// round walks every database once. An error about one database costs only that
// one; any other ends the round.
func (d *Discoverer) round(ctx context.Context) error {
	start := time.Now()
	all := d.census != nil && !start.Before(d.due)
	dbs, err := d.databases(ctx, all)
	if err != nil {
		return d.failed(dbs, all, err)
	}
	var problem error
	for _, db := range dbs {
		err := d.visit(ctx, db, all)
		if ctx.Err() != nil {
			return ctx.Err() // which says nothing about the server
		}
		d.list.refuse(err)
		if err == nil {
			continue
		}
		_ = d.failed([]int{db}, all, err)
		if !valkey.NoDatabase(err) {
			return err
		}
		problem = errors.Join(problem, err)
	}
	if all {
		d.due = start.Add(d.every)
	}
	d.reportCap()
	return problem
}

// failed takes note of databases that could not be walked, and returns why.
func (d *Discoverer) failed(dbs []int, all bool, err error) error {
	for _, db := range dbs {
		if len(d.list.patterns.globs(db)) > 0 {
			d.list.Fail(db)
		}
		if all {
			d.census.Fail(db)
		}
	}
	return err
}

// mostDatabases is how many databases a walk over all keys passes over, besides
// those that patterns name: each has series for every class.
const mostDatabases = 16

// databases are those to walk over, ascending: that patterns name, and for all keys
// also those that hold any, or did.
func (d *Discoverer) databases(ctx context.Context, all bool) ([]int, error) {
	dbs := d.list.patterns.databases()
	if !all {
		return dbs, nil
	}
	limited, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	more := append([]int{0}, d.census.Databases()...)
	if !time.Now().Before(d.unsized) {
		holding, reply, err := valkey.Databases(limited, d.conn)
		if err != nil {
			return slices.Compact(append([]int{0}, dbs...)), err
		}
		d.unsize(reply)
		more = append(more, holding...)
	}
	slices.Sort(more)
	more = slices.Compact(more)
	dbs = append(dbs, more[:min(len(more), mostDatabases)]...)
	slices.Sort(dbs)
	return slices.Compact(dbs), nil
}

// visit walks a database, unless it is known to be closed.
func (d *Discoverer) visit(ctx context.Context, db int, all bool) error {
	if c := d.closed[db]; time.Now().Before(c.until) {
		return c.err
	}
	err := d.walk(ctx, db, all)
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
		d.log.Info("walking over the keys works again")
	case err == nil:
	case valkey.Refused(err) != "" || valkey.NoDatabase(err):
		d.warned = true
		d.log.Warn("walking over the keys failed", kind.WithHint("reason", kind, "err", err)...)
	default:
		d.log.Debug("walking over the keys failed", "reason", kind, "err", err)
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

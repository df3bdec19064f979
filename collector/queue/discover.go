package queue

import (
	"context"
	"log/slog"
	"time"

	"valkey-exporter/collector/valkey"
)

// Pace bounds what a walk costs the server.
type Pace struct {
	Interval time.Duration // from the start of one walk to the start of the next
	Share    float64       // of the server's time that a walk may take, e.g. 0.01
}

const (
	// pieceTimeout bounds one step of a walk.
	pieceTimeout = 10 * time.Second
	// retryAfter is the pause after a walk that failed, if the interval is not
	// shorter.
	retryAfter = 5 * time.Second
)

// Discoverer walks the keyspace in the background, one database after the
// other, and tells its Watchlist what it met.
type Discoverer struct {
	list   *Watchlist
	conn   *valkey.Conn
	pace   Pace
	log    *slog.Logger
	denied time.Duration

	failing valkey.Kind // why the latest walk failed, to log a change only
	full    bool        // the cap was reached, and logged
}

// NewDiscoverer prepares a loop on a connection of its own. A server that
// forbids SCAN is asked again after denied.
func NewDiscoverer(list *Watchlist, conn *valkey.Conn, pace Pace, denied time.Duration, log *slog.Logger) *Discoverer {
	return &Discoverer{list: list, conn: conn, pace: pace, denied: denied, log: log}
}

// Run walks until ctx ends. It returns at once when there is no pattern.
func (d *Discoverer) Run(ctx context.Context) {
	if len(d.list.options.Patterns) == 0 {
		return
	}
	for ctx.Err() == nil {
		start := time.Now()
		err := d.round(ctx)
		if ctx.Err() != nil {
			return
		}
		d.report(err)
		sleep(ctx, d.wait(err, time.Since(start)))
	}
}

// wait is how long to pause after a round that took so long.
func (d *Discoverer) wait(err error, took time.Duration) time.Duration {
	switch kind := valkey.KindOf(err); kind {
	case valkey.KindNone:
		return max(d.pace.Interval-took, 0)
	case valkey.KindDenied, valkey.KindUnknown:
		return d.denied
	default:
		return min(d.pace.Interval, retryAfter)
	}
}

// round walks every database once; the first error ends it.
func (d *Discoverer) round(ctx context.Context) error {
	turnedAway := 0
	for _, db := range d.list.databases() {
		walked, err := d.walk(ctx, db)
		if err != nil {
			d.list.Fail(db)
			d.list.refuse(err)
			return err
		}
		d.list.refuse(nil)
		d.list.End(walked)
		turnedAway += walked.TurnedAway
	}
	d.reportCap(turnedAway)
	return nil
}

func (d *Discoverer) walk(ctx context.Context, db int) (Walked, error) {
	start := time.Now()
	idle, err := d.ping(ctx)
	if err != nil {
		return Walked{}, err
	}
	budget := newBudget(d.pace.Share, idle)
	walk := valkey.NewWalk(d.conn, db, d.list.match(db))
	walked := Walked{DB: db}
	for {
		piece, err := d.next(ctx, walk, budget.count)
		if err != nil {
			return Walked{}, err
		}
		walked.Keys += len(piece.Keys)
		walked.TurnedAway += d.list.Find(db, piece.Keys, time.Now())
		if piece.Last {
			break
		}
		sleep(ctx, budget.spend(piece.Took))
	}
	walked.Ended = time.Now()
	walked.Took = walked.Ended.Sub(start)
	walked.Complete = walked.TurnedAway == 0
	return walked, nil
}

func (d *Discoverer) next(ctx context.Context, walk *valkey.Walk, count int) (valkey.Piece, error) {
	ctx, cancel := context.WithTimeout(ctx, pieceTimeout)
	defer cancel()
	return walk.Next(ctx, count)
}

// ping measures the round trip without any work of the server: the shortest of
// three, after one that may have had to connect.
func (d *Discoverer) ping(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, pieceTimeout)
	defer cancel()
	shortest := time.Duration(0)
	for i := range 4 {
		took, err := valkey.Ping(ctx, d.conn)
		if err != nil {
			return 0, err
		}
		if i > 0 && (shortest == 0 || took < shortest) {
			shortest = took
		}
	}
	return shortest, nil
}

// report logs when walks begin to fail, fail for another reason, or work
// again.
func (d *Discoverer) report(err error) {
	kind := valkey.KindOf(err)
	if kind == d.failing {
		return
	}
	if err != nil {
		d.log.Warn("looking for queues by pattern failed", "reason", kind, "err", err, "hint", kind.Hint())
	} else {
		d.log.Info("looking for queues by pattern works again", "after", d.failing)
	}
	d.failing = kind
}

func (d *Discoverer) reportCap(turnedAway int) {
	if full := turnedAway > 0; full != d.full {
		d.full = full
		if full {
			d.log.Warn("patterns match more queues than discovery.max_queues allows; the rest is not watched",
				"max_queues", d.list.options.MaxQueues, "not_watched", turnedAway)
		}
	}
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

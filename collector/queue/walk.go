package queue

import (
	"context"
	"math"
	"time"

	"valkey-exporter/collector/valkey"
)

// stepTimeout bounds one step of a walk.
const stepTimeout = 10 * time.Second

// walk passes over the keys of a database, piece by piece. It pauses for each
// piece, the last one included: the next walk may begin at once.
func (d *Discoverer) walk(ctx context.Context, db int) error {
	walked := Walked{DB: db}
	start := time.Now()
	idle, err := d.prepare(ctx, &walked)
	if err != nil {
		return err
	}
	budget := newBudget(d.pace.Share, idle)
	keys := valkey.NewWalk(d.conn, db, d.list.patterns.filter(db))
	for last := false; !last; {
		piece, err := next(ctx, keys, budget.count)
		if err != nil {
			return err
		}
		walked.TurnedAway += d.list.Find(db, piece.Keys, time.Now())
		if last = piece.Last; last {
			walked.Ended = time.Now()
			walked.Took = walked.Ended.Sub(start)
			walked.Complete = walked.TurnedAway == 0
			d.list.End(walked)
		}
		d.pause(ctx, budget.spend(piece.Took))
	}
	return nil
}

func next(ctx context.Context, keys *valkey.Walk, count int) (valkey.Piece, error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	return keys.Next(ctx, count)
}

// prepare asks how many keys there are to walk over, and measures the round
// trip without any work of the server: the shortest of three, after the one
// that may have had to connect.
func (d *Discoverer) prepare(ctx context.Context, walked *Walked) (idle time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	if walked.Keys, err = d.size(ctx, walked.DB); err != nil {
		return 0, err
	}
	idle = math.MaxInt64
	for range 3 {
		took, err := valkey.Ping(ctx, d.conn)
		if err != nil {
			return 0, err
		}
		idle = min(idle, took)
	}
	return idle, nil
}

// size is the number of keys in a database, NaN if the server does not say: the
// walk can do without. A refusal is remembered for a while.
func (d *Discoverer) size(ctx context.Context, db int) (float64, error) {
	if time.Now().Before(d.unsized) {
		return valkey.NotSent, nil
	}
	keys, reply, err := valkey.Keys(ctx, d.conn, db)
	if valkey.Refused(reply) != "" {
		d.unsized = time.Now().Add(d.denied)
	}
	return keys, err
}

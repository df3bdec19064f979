package queue

import (
	"context"
	"math"
	"time"

	"valkey-exporter/collector/valkey"
)

// stepTimeout bounds one step of a walk.
const stepTimeout = 10 * time.Second

// walk passes over the keys of a database, piece by piece; over all of them, or
// those that patterns may match. It pauses for each piece, the last one included:
// the next walk may begin at once.
func (d *Discoverer) walk(ctx context.Context, db int, all bool) error {
	walked := Walked{DB: db}
	start := time.Now()
	idle, err := d.prepare(ctx, &walked)
	if err != nil {
		return err
	}
	budget := newBudget(d.pace.Share, idle)
	match := d.list.patterns.filter(db)
	if all {
		match = ""
		d.census.Begin(db, walked.Keys, func(ctx context.Context, commands int, took time.Duration) {
			d.pause(ctx, budget.spendOn(commands, took))
		})
	}
	keys := valkey.NewWalk(d.conn, db, match)
	for last := false; !last; {
		piece, err := d.next(ctx, keys, budget.count)
		if err != nil {
			return err
		}
		walked.TurnedAway += d.list.Find(db, piece.Keys, time.Now())
		if last = piece.Last; last && len(d.list.patterns.globs(db)) > 0 {
			walked.Ended = time.Now()
			walked.Took = walked.Ended.Sub(start)
			walked.Complete = walked.TurnedAway == 0
			d.list.End(walked)
		}
		d.pause(ctx, budget.spend(piece.Took))
		if err := d.tell(ctx, all, piece, budget); err != nil {
			return err
		}
	}
	return nil
}

// tell lets the census know what a piece of a walk over all keys has met.
func (d *Discoverer) tell(ctx context.Context, all bool, piece valkey.Piece, b *budget) error {
	if !all {
		return nil
	}
	if err := d.census.Meet(ctx, piece.Keys); err != nil || !piece.Last {
		return err
	}
	return d.census.End(ctx, func() time.Duration { return b.spent })
}

// next is the next piece. Asking again for one that did not come leaves nothing out.
func (d *Discoverer) next(ctx context.Context, keys *valkey.Walk, count int) (valkey.Piece, error) {
	var piece valkey.Piece
	err := valkey.Insist(ctx, d.pause, func() (err error) {
		piece, err = ask(ctx, keys, count)
		return err
	})
	return piece, err
}

func ask(ctx context.Context, keys *valkey.Walk, count int) (valkey.Piece, error) {
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
	d.unsize(reply)
	return keys, err
}

// unsize remembers for a while that INFO is refused.
func (d *Discoverer) unsize(reply error) {
	if valkey.Refused(reply) != "" {
		d.unsized = time.Now().Add(d.denied)
	}
}

package mockapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const reliablePerSecond = 0.5

// take is the specification's script: an atomic move whose EXPIRE, as there, would delete jobs in flight after five
// minutes in which no other job is moved.
const take = `
local message = redis.call('RPOPLPUSH', KEYS[1], KEYS[2])
if message then
    redis.call('EXPIRE', KEYS[2], 300)
    return message
end
return nil`

// reliable is the reliable-queue variant: the job is in queue:processing while it is worked on, and removed at the end.
//
// Its job is produced in the same transaction that takes one: the blocked workers would be served before any other
// consumer of queue:high ever saw it.
type reliable struct {
	kit
	abandoned []string
	unsure    bool // a command failed, which the server may have executed: a job may be in the list that nobody has
}

func (r *reliable) step(ctx context.Context) error {
	err := r.serve(ctx)
	r.unsure = r.unsure || err != nil
	return err
}

func (r *reliable) serve(ctx context.Context) error {
	if err := r.recover(ctx); err != nil {
		return err
	}
	raw, err := r.take(ctx)
	if err != nil || raw == "" {
		return err
	}
	hold := context.WithoutCancel(ctx)
	if !work(ctx, r.kit, r.duration()) {
		return r.putBack(hold, raw)
	}
	if crashes(r.kit, len(r.abandoned)) {
		r.abandoned = append(r.abandoned, raw)
		return nil
	}
	return r.db.LRem(hold, "queue:processing", 1, raw).Err()
}

func (r *reliable) take(ctx context.Context) (string, error) {
	var reply *redis.Cmd
	_, err := r.db.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.LPush(ctx, "queue:high", newJob(r.kit, "critical"))
		reply = p.Eval(ctx, take, []string{"queue:high", "queue:processing"})
		return nil
	})
	switch {
	case errors.Is(err, redis.Nil):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("take a job reliably: %w", err)
	}
	return reply.Text()
}

func (r *reliable) putBack(ctx context.Context, raw string) error {
	_, err := r.db.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.LRem(ctx, "queue:processing", 1, raw)
		p.RPush(ctx, "queue:high", raw)
		return nil
	})
	return err
}

// recover does what the pattern is for: jobs that were abandoned are put back, once the crashes are over, and after a
// failure all that are in the list: there is only this consumer.
func (r *reliable) recover(ctx context.Context) error {
	for r.unsure && len(r.abandoned) == 0 {
		switch err := r.db.LMove(ctx, "queue:processing", "queue:high", "right", "right").Err(); {
		case errors.Is(err, redis.Nil):
			r.unsure = false
		case err != nil:
			return err
		}
	}
	for !r.trouble.Has(CrashingWorkers) && len(r.abandoned) > 0 {
		if err := r.putBack(ctx, r.abandoned[0]); err != nil {
			return err
		}
		r.abandoned = r.abandoned[1:]
	}
	return nil
}

// duration keeps the one consumer busy for a third of the time.
func (r *reliable) duration() time.Duration {
	return r.dice.around(time.Duration(0.3 / (reliablePerSecond * r.options.Rate) * float64(time.Second)))
}

func (r *reliable) keys() []string { return []string{"queue:processing"} }

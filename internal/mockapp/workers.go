package mockapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/wait"
)

// popTimeout is the specification's: BLPOP queue:high queue:medium queue:low 30.
const popTimeout = 30 * time.Second

// worker consumes the priority queues: it waits for a job, notes the job's id in a set of its own, works, and removes
// the note. As with the specification's pattern, a job is in nobody's hands but its own from pop to end.
type worker struct {
	kit
	line    *line
	set     string // queue:processing:worker{n}
	queues  *queues
	letters *deadLetters

	swept     bool
	noted     string // id of the job whose note is or may be in the set
	abandoned []any  // ids that crashing left in the set
}

func workerName(n int) string { return fmt.Sprintf("worker%d", n) }

func newWorker(k kit, n int, server *redis.Options, q *queues, d *deadLetters) *worker {
	l := newLine(server, "mockapp-"+workerName(n))
	k.db = l.db
	return &worker{kit: k, line: l, set: "queue:processing:" + workerName(n), queues: q, letters: d}
}

func (w *worker) step(ctx context.Context) error {
	if err := w.finish(ctx); err != nil {
		return err
	}
	if err := w.sweep(ctx); err != nil {
		return err
	}
	queue, raw, err := w.pop(ctx)
	if err != nil || raw == "" {
		return err
	}
	var j job
	if err := json.Unmarshal([]byte(raw), &j); err != nil {
		return w.letters.put(ctx, "", raw, fmt.Errorf("malformed job: %w", err))
	}
	return w.process(ctx, queue, raw, j)
}

// sweep removes the notes of jobs that this worker will not finish: those of an earlier life, and after a time of
// crashes those of that time.
func (w *worker) sweep(ctx context.Context) error {
	if w.swept && (len(w.abandoned) == 0 || w.trouble.Has(CrashingWorkers)) {
		return nil
	}
	w.swept, w.abandoned = true, nil
	return w.db.Del(ctx, w.set).Err()
}

// pop returns the queue and the job, or nothing when none came in time.
func (w *worker) pop(ctx context.Context) (queue, raw string, err error) {
	pop := w.db.BLPop
	if w.options.Consume == BRPop && !w.trouble.Has(LIFOStarvation) {
		pop = w.db.BRPop
	}
	reply, err := pop(ctx, popTimeout, queueKeys()...).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return "", "", nil
	case err != nil:
		return "", "", fmt.Errorf("wait for a job: %w", err)
	}
	return reply[0], reply[1], nil
}

func (w *worker) process(ctx context.Context, queue, raw string, j job) error {
	hold := context.WithoutCancel(ctx) // a job in hand is seen to its end, or put back, also when we are told to stop
	w.noted = j.ID
	if err := w.db.SAdd(hold, w.set, j.ID).Err(); err != nil {
		return fmt.Errorf("note job: %w", err)
	}
	hurried := w.hurried()
	if !work(ctx, w.kit, w.duration(hurried)) {
		return w.putBack(hold, queue, raw, j)
	}
	if crashes(w.kit, len(w.abandoned)) {
		w.abandoned = append(w.abandoned, j.ID)
		w.noted = ""
		return nil
	}
	if err := j.outcome(w.dice, hurried); err != nil {
		if err := w.letters.put(hold, j.ID, raw, err); err != nil {
			return err
		}
	}
	return w.finish(hold)
}

// finish removes the note of the last job. After a failure that is for the next step to do: the server may have executed
// what got no answer.
func (w *worker) finish(ctx context.Context) error {
	if w.noted == "" {
		return nil
	}
	if err := w.db.SRem(ctx, w.set, w.noted).Err(); err != nil {
		return fmt.Errorf("finish a job: %w", err)
	}
	w.noted = ""
	return nil
}

// putBack returns the job to the end it was taken from.
func (w *worker) putBack(ctx context.Context, queue, raw string, j job) error {
	_, err := w.db.TxPipelined(ctx, func(p redis.Pipeliner) error {
		if w.options.Consume == BRPop {
			p.RPush(ctx, queue, raw)
		} else {
			p.LPush(ctx, queue, raw)
		}
		p.SRem(ctx, w.set, j.ID)
		return nil
	})
	return err
}

// hurried says whether there is a backlog to clear that a trouble has left behind.
func (w *worker) hurried() bool {
	return w.queues.backlog() > standing &&
		!w.trouble.Has(Flood) && !w.trouble.Has(SlowWorkers) && !w.trouble.Has(LIFOStarvation)
}

// duration is how long a job takes. It follows from how busy the workers are meant to be, so that queues behave alike
// at every rate and with any number of workers.
func (w *worker) duration(hurried bool) time.Duration {
	busy := 0.3
	switch {
	case w.trouble.Has(SlowWorkers):
		busy = 2
	case w.trouble.Has(LIFOStarvation):
		busy = 1
	case hurried:
		busy = 0.006
	}
	perJob := busy * float64(w.options.Workers) / (jobsPerSecond * w.options.Rate)
	return w.dice.around(time.Duration(perJob * float64(time.Second)))
}

func (w *worker) keys() []string { return []string{w.set} }

// work takes its time, and for ever when workers are stalled. It reports whether it came to an end.
func work(ctx context.Context, k kit, d time.Duration) bool {
	for wait.For(ctx, d) {
		if !k.trouble.Has(StalledWorkers) {
			return true
		}
		d = 100 * time.Millisecond
	}
	return false
}

// crashes decides whether a worker that has abandoned so many jobs abandons another.
func crashes(k kit, abandoned int) bool {
	const most = 500
	return k.trouble.Has(CrashingWorkers) && abandoned < most && k.dice.chance(1.0/3)
}

package mockapp

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/redis/go-redis/v9"
)

const (
	// jobsPerSecond is what the producer makes at rate 1, and what the workers' speed is measured against.
	jobsPerSecond = 4
	// maxDepth bounds every work queue, whatever the trouble: about 7 MB of jobs.
	maxDepth = 50_000
)

// level is a priority: its queue, the kind of its jobs, and its share of them.
type level struct {
	key, kind string
	share     float64
}

func levels() []level {
	return []level{{"queue:high", "critical", 0.25}, {"queue:medium", "normal", 0.45}, {"queue:low", "batch", 0.3}}
}

func queueKeys() []string {
	var keys []string
	for _, l := range levels() {
		keys = append(keys, l.key)
	}
	return keys
}

// queues is the producers' side of the priority queues. It learns the depths from the replies to its own pushes, so
// that nothing needs to look them up, and holds back at maxDepth.
type queues struct {
	db  *redis.Client
	log *slog.Logger

	mu    sync.Mutex
	depth map[string]int
	full  map[string]bool
}

func newQueues(db *redis.Client, log *slog.Logger) *queues {
	return &queues{db: db, log: log, depth: map[string]int{}, full: map[string]bool{}}
}

// push adds jobs, or drops them when they do not fit.
func (q *queues) push(ctx context.Context, key string, jobs ...string) error {
	if !q.room(key, len(jobs)) {
		return q.look(ctx, key)
	}
	values := make([]any, len(jobs))
	for i, j := range jobs {
		values[i] = j
	}
	return q.note(key, q.db.LPush(ctx, key, values...))
}

// room says whether n more fit. It logs when a queue becomes full; that is over only when a tenth is free again, or there
// would be a line for every few jobs that leave a full queue.
func (q *queues) room(key string, n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	full := q.depth[key]+n > maxDepth
	switch {
	case full && !q.full[key]:
		q.log.Warn("queue is full, producers hold back", "queue", key, "depth", q.depth[key], "limit", maxDepth)
		q.full[key] = true
	case q.depth[key] < maxDepth*9/10:
		q.full[key] = false
	}
	return !full
}

// look asks for the depth, when there is no push whose reply would say it.
func (q *queues) look(ctx context.Context, key string) error {
	return q.note(key, q.db.LLen(ctx, key))
}

func (q *queues) note(key string, reply *redis.IntCmd) error {
	n, err := reply.Result()
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.depth[key] = int(n)
	return nil
}

// known is the depth at the last push.
func (q *queues) known(key string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.depth[key]
}

// backlog is the number of jobs waiting, as far as the last pushes tell.
func (q *queues) backlog() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	sum := 0
	for _, n := range q.depth {
		sum += n
	}
	return sum
}

// producer makes jobs of the three priorities: `LPUSH queue:{level} {...}`.
type producer struct {
	kit
	queues *queues
}

func (p *producer) step(ctx context.Context) error {
	l := p.some()
	jobs := []string{newJob(p.kit, l.kind)}
	if l.key == "queue:medium" && p.trouble.Has(LIFOStarvation) {
		for range standing - p.queues.known(l.key) {
			jobs = append(jobs, newJob(p.kit, l.kind))
		}
	}
	return p.queues.push(ctx, l.key, jobs...)
}

// standing is the backlog that producers keep up for LIFO starvation to show: its oldest jobs are never reached.
const standing = 200

func (p *producer) some() level {
	at := p.dice.Float64()
	for _, l := range levels() {
		if at -= l.share; at < 0 {
			return l
		}
	}
	return levels()[0]
}

func (p *producer) keys() []string { return queueKeys() }

// flood is the trouble of that name: batches on queue:high, ten a second at rate 1.
type flood struct {
	kit
	queues *queues
}

func (f *flood) step(ctx context.Context) error {
	if !f.trouble.Has(Flood) {
		return nil
	}
	const batch = 100
	jobs := make([]string, batch)
	for i := range jobs {
		jobs[i] = newJob(f.kit, "critical")
	}
	return f.queues.push(ctx, "queue:high", jobs...)
}

func (f *flood) keys() []string { return nil }

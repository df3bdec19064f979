//go:build unix

package fault

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/stack"
)

var vanished = Want{Alert: alert.QueueMessagesVanished, Severity: config.Critical, Within: 2 * time.Minute, Resolved: 27*time.Minute + told}

var jobFaults = []Fault{
	{
		Name:  "dead-letters",
		Short: true,
		Does:  "There are 150 dead letters, as many as nobody has looked at.",
		Wants: []Want{{Alert: alert.DeadLetterQueueHigh, Severity: config.Warning, Queue: "queue:dead-letter", Within: 7 * time.Minute, Resolved: 9*time.Minute + told}},
		Also:  []alert.Name{alert.DeadLetterQueueGrowing},
		Break: deadLetters,
	},
	{
		Name:  "expiring-jobs",
		Does:  "A worker's jobs in hand are in a key that expires.",
		Wants: []Want{{Alert: alert.QueueProcessingExpires, Severity: config.Warning, Within: 2 * time.Minute, Resolved: 14*time.Minute + told}},
		Also:  []alert.Name{alert.QueueProcessingStuck},
		Break: expiringJobs,
	},
	{
		Name:  "queue-evicted",
		Does:  "The memory is full for a moment while workers restart, and the server evicts a queue with jobs.",
		Wants: []Want{vanished},
		Break: func(ctx context.Context, p Place) (Heal, error) { return lost(ctx, p, evictQueues) },
	},
	{
		Name:  "flushdb",
		Short: true,
		Does:  "Somebody types FLUSHDB while workers restart.",
		Wants: []Want{vanished},
		Break: func(ctx context.Context, p Place) (Heal, error) {
			return lost(ctx, p, func(ctx context.Context, db *redis.Client) error { return db.FlushDB(ctx).Err() })
		},
	},
}

const (
	letterQueue = "queue:dead-letter"
	idleQueue   = "queue:low"
	lostWorker  = "queue:processing:worker-of-fault"
)

// deadLetters keeps 150 of them, whatever the operator of the application drains.
func deadLetters(ctx context.Context, p Place) (Heal, error) {
	const many = 150
	return keepDoing(ctx, p, 100*time.Millisecond, func(ctx context.Context, db *redis.Client) error {
		have, err := db.LLen(ctx, letterQueue).Result()
		if err != nil || have >= many {
			return err
		}
		letters := make([]any, many-have)
		for i := range letters {
			letters[i] = fmt.Sprintf(`{"id":"fault-%d-%d","error":"timeout","failed_at":%d}`, time.Now().UnixNano(), i, time.Now().UnixMilli())
		}
		return db.LPush(ctx, letterQueue, letters...).Err()
	}, func(ctx context.Context, db *redis.Client) error { return db.Del(ctx, letterQueue).Err() })
}

// expiringJobs keeps a key with a job that always has 100 seconds to live. In the end
// the job is done, as by a worker that was alive after all.
func expiringJobs(ctx context.Context, p Place) (Heal, error) {
	const job = "job-of-fault"
	return keepDoing(ctx, p, p.Stack.Scaled(10*time.Second), func(ctx context.Context, db *redis.Client) error {
		pipe := db.TxPipeline()
		pipe.SAdd(ctx, lostWorker, job)
		pipe.PExpire(ctx, lostWorker, p.Stack.Scaled(100*time.Second))
		_, err := pipe.Exec(ctx)
		return err
	}, func(ctx context.Context, db *redis.Client) error { return db.SRem(ctx, lostWorker, job).Err() })
}

// lost loses jobs that wait while the application stands still, and lets it go on.
func lost(ctx context.Context, p Place, lose work) (Heal, error) {
	const jobs = 50
	db := p.Service.Primary.Client()
	defer db.Close()
	if err := p.Service.App.Freeze(); err != nil {
		return nil, err
	}
	defer func() { _ = p.Service.App.Thaw() }() // it runs: it was frozen a moment ago
	for i := range jobs {
		job := fmt.Sprintf(`{"id":"fault-%d","type":"batch","timestamp":%d,"payload":{}}`, i, time.Now().UnixMilli())
		if err := db.LPush(ctx, idleQueue, job).Err(); err != nil {
			return nil, err
		}
	}
	// The server hands some to workers who wait, frozen or not.
	if err := seen(ctx, p.Service, jobs/2); err != nil {
		return nil, err
	}
	// As long as nobody takes a job, it is plain that they are lost: the exporter does
	// not call lost what a worker may have taken between two looks.
	looks := 2 * max(p.Stack.Scaled(look), time.Second)
	time.Sleep(looks)
	if err := lose(ctx, db); err != nil {
		return nil, err
	}
	time.Sleep(looks)
	return func(context.Context) error { return nil }, nil
}

// look is how often the exporter looks into queues, in life.
const look = 5 * time.Second

// patience is how long an exporter may need to see something.
const patience = 30 * time.Second

// seen waits until the exporter has seen the jobs, so that it can miss them.
func seen(ctx context.Context, v *stack.Service, jobs int) error {
	name := `redis_queue_enqueued_total{db="db0",queue="` + idleQueue + `"`
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		page, err := v.Metrics(ctx)
		if err != nil {
			return err
		}
		if n, ok := sample(page, name); ok && n >= float64(jobs) {
			return nil
		}
	}
	return fmt.Errorf("the exporter has not seen %d jobs in %s within %v", jobs, idleQueue, patience)
}

// sample is the value of the first series that begins so.
func sample(page, series string) (float64, bool) {
	_, after, ok := strings.Cut(page, "\n"+series)
	if !ok {
		return 0, false
	}
	line, _, _ := strings.Cut(after, "\n")
	value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
	return value, err == nil
}

// evictQueues makes the memory too small until the idle queue is gone, which is the
// least recently used of all keys but for what was there before.
func evictQueues(ctx context.Context, db *redis.Client) error {
	limit, err := db.ConfigGet(ctx, "maxmemory").Result()
	if err != nil {
		return err
	}
	used, _, err := memory(ctx, db)
	if err != nil {
		return err
	}
	defer db.ConfigSet(ctx, "maxmemory", limit["maxmemory"])
	for tries := 0; ; tries++ {
		left, err := db.Exists(ctx, idleQueue).Result()
		if err != nil || left == 0 {
			return err
		}
		if tries > 200 {
			return fmt.Errorf("%s was not evicted", idleQueue)
		}
		used -= 16 << 10
		if err := db.ConfigSet(ctx, "maxmemory", strconv.FormatInt(used, 10)).Err(); err != nil {
			return err
		}
	}
}

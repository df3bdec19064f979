//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// condition is what questions wait for that have no answer while all is well.
type condition struct {
	when    string
	waits   []string // by panel, with the reference where others of the panel have an answer
	happens func(context.Context, *lab) error
	may     bool          // it may be so while all is well, too
	later   time.Duration // the answer comes when so much time has passed: it is asked then
}

// conditions in the order in which they are brought about: each leaves the service
// in a state in which the next one can be.
var conditions = []condition{
	{
		when: "it runs since a day",
		waits: []string{
			"Hit rate, B", "Expirations per second, B", "Entries, and a day before, B", "Age of the oldest, and a day before, B",
			"Arrivals seen per second, and a day before, B",
		},
		happens: nothing, later: 24 * time.Hour,
	},
	{
		when:    "a stream has a group with pending entries",
		waits:   []string{"Entries in the stream", "Entries not yet read, by group", "Entries read and not acknowledged", "Longest without acknowledgement"},
		happens: server(pendingEntries),
	},
	{
		when:    "a key of the configuration is no queue",
		waits:   []string{"Queues that cannot be read"},
		happens: server(func(ctx context.Context, db *redis.Client) error { return db.Set(ctx, wrongQueue, "text", 0).Err() }),
	},
	{
		when:    "commands fail",
		waits:   []string{"Error replies per second, by kind", "Failed commands per second, by command"},
		happens: server(failing),
	},
	{
		when:    "a snapshot was saved",
		waits:   []string{"Time since the last save that succeeded"},
		happens: server(func(ctx context.Context, db *redis.Client) error { return db.BgSave(ctx).Err() }), may: true,
	},
	{
		when:    "a command stalls the server and the latency monitor is on",
		waits:   []string{"Longest stall, by cause", "Slow commands per minute, by command", "How long do slow commands take?"},
		happens: server(stall),
	},
	{
		when:    "clients come near to the limit",
		waits:   []string{"Connected clients, B"},
		happens: server(func(ctx context.Context, db *redis.Client) error { return db.ConfigSet(ctx, "maxclients", "100").Err() }),
	},
	{
		when:    "the configuration of the server has changed",
		waits:   []string{"Changes, annotation"},
		happens: server(func(ctx context.Context, db *redis.Client) error { return db.ConfigSet(ctx, "maxmemory", "65mb").Err() }),
	},
	{
		when:    "jobs wait that nobody takes",
		waits:   []string{"Entries in the queue, B", "Entries in the queue, C", "Entries in the queue, D", "Age of the oldest message, B", "Age of the oldest message, C", "Age of the oldest message, D", "Critical, annotation", "What is wrong now?", "When did they begin?", "Servers, B"},
		happens: backlog,
	},
	{
		when:    "workers catch up",
		waits:   []string{"Empty in", "Queues, G", "Time until the queue is empty"},
		happens: func(_ context.Context, l *lab) error { return l.service.Relieve("stalled-workers") }, may: true,
	},
	{
		when:    "jobs have died lately",
		waits:   []string{"Newest dead letters, by reason", "Why did jobs die?", "Warnings, annotation", "Servers, C"},
		happens: func(_ context.Context, l *lab) error { return l.service.Trouble("poison-jobs") }, may: true,
	},
	{
		when:    "messages carry times that cannot be",
		waits:   []string{"Messages without a usable time, per second"},
		happens: func(_ context.Context, l *lab) error { return l.service.Trouble("clock-skew", "stalled-workers") },
	},
	{
		when:    "there are many keys without a TTL, and memory grows",
		waits:   []string{"Keys without TTL, share", "Keys without TTL, share by database", "Memory lasts for"},
		happens: server(manyKeys),
	},
	{
		when:  "the exporter may not ask everything",
		waits: []string{"What may not be asked"},
		happens: server(func(ctx context.Context, db *redis.Client) error {
			return db.Do(ctx, "ACL", "SETUSER", "default", "-slowlog").Err()
		}),
	},
	{
		when:    "the replica has become a primary",
		waits:   []string{"Failovers, annotation"},
		happens: promote,
	},
	{
		when:    "the server has restarted",
		waits:   []string{"Restarts, annotation"},
		happens: restart,
	},
}

// waitsFor is the condition that a question waits for; nil: none.
func waitsFor(q question) *condition {
	for i, c := range conditions {
		for _, w := range c.waits {
			if w == q.panel || w == q.panel+", "+q.ref {
				return &conditions[i]
			}
		}
	}
	return nil
}

func nothing(context.Context, *lab) error { return nil }

// server does something to the primary.
func server(do func(context.Context, *redis.Client) error) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		db := l.service.Primary.Client()
		defer db.Close()
		return do(ctx, db)
	}
}

func pendingEntries(ctx context.Context, db *redis.Client) error {
	for range 10 {
		if err := db.XAdd(ctx, &redis.XAddArgs{Stream: streamQueue, Values: []string{"a", "b"}}).Err(); err != nil {
			return err
		}
	}
	if err := db.XGroupCreate(ctx, streamQueue, "readers", "0").Err(); err != nil {
		return err
	}
	return db.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "readers", Consumer: "one", Streams: []string{streamQueue, ">"}, Count: 5}).Err()
}

// failing keeps commands failing for long enough to be seen in two scrapes.
func failing(ctx context.Context, db *redis.Client) error {
	for range 8 {
		if err := db.LPush(ctx, wrongQueue, "x").Err(); err == nil {
			return errors.New("LPUSH on a string did not fail")
		}
		wait(ctx, time.Second)
	}
	return nil
}

// stall runs a script that takes some milliseconds.
func stall(ctx context.Context, db *redis.Client) error {
	if err := db.ConfigSet(ctx, "latency-monitor-threshold", "1").Err(); err != nil {
		return err
	}
	return db.Eval(ctx, "local n = 0 for i = 1, 5000000 do n = n + i end return n", nil).Err()
}

// backlog stops the workers and lets jobs of yesterday wait in each queue, more than
// a third of what its limit allows.
func backlog(ctx context.Context, l *lab) error {
	if err := l.service.Trouble("stalled-workers"); err != nil {
		return err
	}
	db := l.service.Primary.Client()
	defer db.Close()
	yesterday := time.Now().Add(-24 * time.Hour).UnixMilli()
	for queue, n := range map[string]int{"queue:high": 2000, "queue:medium": 3000, "queue:low": 9000} {
		jobs := make([]any, n)
		for i := range jobs {
			jobs[i] = fmt.Sprintf(`{"id":"old-%d","type":"email","timestamp":%d,"payload":{}}`, i, yesterday)
		}
		// At the end from which the oldest is taken.
		if err := db.RPush(ctx, queue, jobs...).Err(); err != nil {
			return err
		}
	}
	return nil
}

// manyKeys fills two thirds of the memory, a little at a time.
func manyKeys(ctx context.Context, db *redis.Client) error {
	value := strings.Repeat("x", 3500)
	for i := range 60 {
		pipe := db.Pipeline()
		for j := range 200 {
			pipe.Set(ctx, fmt.Sprintf("kept:%d:%d", i, j), value, 0)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
		wait(ctx, 100*time.Millisecond)
	}
	return nil
}

func promote(ctx context.Context, l *lab) error {
	db := l.service.Replica.Client()
	defer db.Close()
	return db.Do(ctx, "REPLICAOF", "NO", "ONE").Err()
}

func restart(ctx context.Context, l *lab) error {
	l.service.Primary.Stop()
	return l.service.Primary.Start(ctx)
}

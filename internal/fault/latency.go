//go:build unix

package fault

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var latencyFaults = []Fault{
	{
		Name: "large-writes",
		Does: "A batch adds thousands of members to a sorted set at once, twice a second.",
		Wants: []Want{
			{Alert: alert.LatencyObjective, Severity: config.Warning, Within: 14 * time.Minute, Resolved: 11*time.Minute + told},
		},
		Also:  []alert.Name{alert.SlowCommands, alert.CommandLatencyHigh, alert.CommandRateHigh},
		Break: largeWrites,
	},
}

// tooSlow is how long each write is to take: more than the 1.5 ms that 99 of 100 ZADD
// may take, and than the next bound by which the server counts.
const tooSlow = 4 * time.Millisecond

// largeWrites writes as many members as take long enough on this machine.
func largeWrites(ctx context.Context, p Place) (Heal, error) {
	const key = "ranking:batch"
	members := 2000
	return keepDoing(ctx, p, 500*time.Millisecond, func(ctx context.Context, db *redis.Client) error {
		batch := make([]redis.Z, members)
		for i := range batch {
			batch[i] = redis.Z{Score: float64(i), Member: fmt.Sprint("user:", i)}
		}
		before, err := zaddTime(ctx, db)
		if err == nil {
			err = db.ZAdd(ctx, key, batch...).Err()
		}
		if err != nil {
			return err
		}
		after, err := zaddTime(ctx, db)
		if err == nil && after-before < tooSlow {
			members += members / 2
		}
		return errors.Join(err, db.Unlink(ctx, key).Err())
	}, func(ctx context.Context, db *redis.Client) error { return db.Unlink(ctx, key).Err() })
}

var zaddMicros = regexp.MustCompile(`cmdstat_zadd:calls=\d+,usec=(\d+)`)

// zaddTime is what all ZADD have taken so far, by the server's own count: to the
// client it also takes what sending thousands of members does.
func zaddTime(ctx context.Context, db *redis.Client) (time.Duration, error) {
	stats, err := db.Info(ctx, "commandstats").Result()
	if err != nil {
		return 0, err
	}
	m := zaddMicros.FindStringSubmatch(stats)
	if m == nil {
		return 0, nil // nobody has sent one yet
	}
	micros, err := strconv.ParseInt(m[1], 10, 64)
	return time.Duration(micros) * time.Microsecond, err
}

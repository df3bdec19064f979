package mockapp

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// The hit ratio of the application is near 0.9 at any rate and from the first minute on, by construction.
//
// Whoever reads an entry also, with probability q, invalidates an entry of the same cache, chosen by the same dice. To
// any one key, reads and invalidations then come as 1 to q, and a read is a miss if and only if an invalidation was the
// last thing that happened to the key: misses are q/(1+q) of the reads, however popular the key is and however fast
// the pattern is played. Entries are there before the first read (warm), with their expiries spread out, and are few
// (some 90), so that expiry adds no more than a miss every three seconds, 0.01 of the look-ups at rate 1.
//
// With q = 0.13 the caches and sessions hit 0.88 of the time at rate 1. A fifth of all look-ups (the rate limit's ZCARD, the
// ranking's ZREVRANGE, the lock release's GET) always hit, which makes 0.9 in all.
const invalidated = 0.13

// oversized is the size of a value in the trouble of that name. With it all entries together stay below 25 MB.
const oversized = 256 << 10

// readThrough is the read path that all caches share: look, and fill on a miss.
type readThrough struct {
	kit
	ttl time.Duration
}

// read looks the key up and calls fill when it is missing, or when its size is not what the trouble of the day wants:
// that way large values come and go within seconds of the switch.
func (c *readThrough) read(ctx context.Context, key string, fill func(context.Context) error) error {
	if c.trouble.Has(ColdCache) {
		if err := c.db.Del(ctx, key).Err(); err != nil {
			return err
		}
	}
	value, err := c.db.Get(ctx, key).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return fill(ctx)
	case err != nil:
		return err
	case (len(value) >= oversized) != c.trouble.Has(OversizedValues):
		return fill(ctx)
	}
	return nil
}

// filler is what makes a value oversized.
func (c *readThrough) filler() string {
	if c.trouble.Has(OversizedValues) {
		return strings.Repeat("x", oversized)
	}
	return ""
}

// spread is an expiry for the warm-up. Entries written in one moment must not all expire in one moment.
func (c *readThrough) spread() time.Duration {
	return (c.ttl/2 + time.Duration(c.dice.Float64()*float64(c.ttl/2))).Truncate(time.Second)
}

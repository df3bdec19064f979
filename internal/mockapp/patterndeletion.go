package mockapp

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// patternDeletion is the invalidation the specification says to use with caution: KEYS in a script. It is played once in
// a minute or so, on keys of its own.
type patternDeletion struct{ kit }

func (d *patternDeletion) step(ctx context.Context) error {
	const script = "return redis.call('del', unpack(redis.call('keys', ARGV[1])))"
	_, err := d.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range d.keys() { // at least one must exist: DEL without a key is an error
			p.Set(ctx, key, "{}", 300*time.Second)
		}
		p.Eval(ctx, script, nil, "cache:user:*")
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete by pattern: %w", err)
	}
	return nil
}

func (d *patternDeletion) keys() []string { return []string{"cache:user:1", "cache:user:2"} }

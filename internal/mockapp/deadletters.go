package mockapp

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	deadLetterKey = "queue:dead-letter"
	maxLetters    = 5000 // kept at most, whatever the trouble
)

// deadLetters is where jobs go that failed, and the operator who looks at them now and then. Some are always there:
// the operator takes his time, and leaves the last few for the developers.
type deadLetters struct{ kit }

// put files a job that failed with the given error.
func (d *deadLetters) put(ctx context.Context, id, raw string, cause error) error {
	original := json.RawMessage(raw)
	if !json.Valid(original) {
		original = json.RawMessage(encode(raw))
	}
	text := encode(letter{ID: id, Error: cause.Error(), FailedAt: time.Now().UnixMilli(), Original: original})
	_, err := d.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.LPush(ctx, deadLetterKey, text)
		p.LTrim(ctx, deadLetterKey, 0, maxLetters-1)
		return nil
	})
	if err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	return nil
}

// step is the operator's visit. Poison keeps him too busy to come.
func (d *deadLetters) step(ctx context.Context) error {
	const many, left = 20, 5
	if d.trouble.Has(PoisonJobs) {
		return nil
	}
	n, err := d.db.LLen(ctx, deadLetterKey).Result()
	if err != nil || n < many {
		return err
	}
	_, err = d.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.LRange(ctx, deadLetterKey, 0, 10)
		p.LTrim(ctx, deadLetterKey, 0, left-1)
		return nil
	})
	return err
}

func (d *deadLetters) keys() []string { return []string{deadLetterKey} }

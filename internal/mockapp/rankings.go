package mockapp

import (
	"context"
	"fmt"
)

// rankings are sorted sets, `ZINCRBY ranking:{type} 1 ...`, of which the top ten are looked at now and then.
type rankings struct{ kit }

const (
	activeUsers  = "ranking:active:users"
	popularPages = "ranking:popular:pages"
)

func (r *rankings) step(ctx context.Context) error {
	key, member := activeUsers, userKey(someUser(r.dice))
	if r.dice.chance(0.3) {
		key, member = popularPages, fmt.Sprintf("page:%d", 1+r.dice.skewed(20))
	}
	if err := r.db.ZIncrBy(ctx, key, 1, member).Err(); err != nil {
		return fmt.Errorf("ranking: %w", err)
	}
	if r.dice.chance(0.25) {
		return r.db.ZRevRangeWithScores(ctx, key, 0, 9).Err()
	}
	return nil
}

func (r *rankings) keys() []string { return []string{activeUsers, popularPages} }

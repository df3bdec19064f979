package mockapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const sessionTTL = time.Hour

// sessions are `SET session:{id} ... EX 3600`, extended at every visit. Visitors log out as often as cache entries are
// invalidated, come back with the old cookie (a miss) and log in anew: the number of live sessions is bounded.
type sessions struct {
	kit
	cookies []string // by visitor
}

func newSessions(k kit) *sessions {
	s := &sessions{kit: k, cookies: make([]string, 40)}
	for i := range s.cookies {
		s.cookies[i] = k.dice.hex(12)
	}
	return s
}

func sessionKey(id string) string { return "session:" + id }

func (s *sessions) step(ctx context.Context) error {
	visitor := s.dice.skewed(len(s.cookies))
	err := s.db.Get(ctx, sessionKey(s.cookies[visitor])).Err()
	switch {
	case errors.Is(err, redis.Nil):
		s.cookies[visitor] = s.dice.hex(12)
		err = s.login(ctx, s.db, visitor)
	case err == nil:
		err = s.extend(ctx, visitor)
	}
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if s.dice.chance(invalidated) {
		return s.db.Del(ctx, sessionKey(s.cookies[s.dice.skewed(len(s.cookies))])).Err()
	}
	return nil
}

func (s *sessions) login(ctx context.Context, db redis.Cmdable, visitor int) error {
	ttl := sessionTTL
	if s.trouble.Has(MissingTTL) {
		ttl = 0
	}
	doc := encode(map[string]any{"user_id": visitor + 1, "roles": []string{"user"}, "created_at": time.Now().Unix()})
	return db.Set(ctx, sessionKey(s.cookies[visitor]), doc, ttl).Err()
}

func (s *sessions) extend(ctx context.Context, visitor int) error {
	if s.trouble.Has(MissingTTL) {
		return nil
	}
	return s.db.Expire(ctx, sessionKey(s.cookies[visitor]), sessionTTL).Err()
}

func (s *sessions) warm(ctx context.Context) error {
	_, err := s.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for visitor := range s.cookies {
			_ = s.login(ctx, p, visitor)
		}
		return nil
	})
	return err
}

func (s *sessions) keys() []string {
	all := make([]string, len(s.cookies))
	for i, id := range s.cookies {
		all[i] = sessionKey(id)
	}
	return all
}

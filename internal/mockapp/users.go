package mockapp

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// population is the number of users, with ids from 1.
const population = 60

// user is the cached document of the specification.
type user struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Filler string `json:"filler,omitempty"`
}

func newUser(id int) user {
	return user{ID: id, Name: fmt.Sprintf("User %d", id), Email: fmt.Sprintf("user%d@example.com", id)}
}

func userKey(id int) string { return fmt.Sprintf("user:%d", id) }

// someUser draws a user id as visitors come: a few all the time, most now and then.
func someUser(d dice) int { return 1 + d.skewed(population) }

// users is the user cache: `SET user:{id} ... EX 300`, read through, invalidated by events.
type users struct{ readThrough }

func newUsers(k kit) *users { return &users{readThrough{k, 300 * time.Second}} }

func (u *users) step(ctx context.Context) error {
	id := someUser(u.dice)
	if err := u.read(ctx, userKey(id), func(ctx context.Context) error { return u.fill(ctx, u.db, id, u.ttl) }); err != nil {
		return fmt.Errorf("user cache: %w", err)
	}
	if u.dice.chance(invalidated) {
		return u.update(ctx, someUser(u.dice))
	}
	return nil
}

func (u *users) fill(ctx context.Context, db redis.Cmdable, id int, ttl time.Duration) error {
	if u.trouble.Has(MissingTTL) {
		ttl = 0
	}
	doc := newUser(id)
	doc.Filler = u.filler()
	return db.Set(ctx, userKey(id), encode(doc), ttl).Err()
}

// update is the event-driven invalidation: the data changed, so what was derived from it goes, and everybody hears.
func (u *users) update(ctx context.Context, id int) error {
	_, err := u.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, userKey(id))
		p.Del(ctx, detailKey(id))
		p.Publish(ctx, "cache:invalidate", encode(map[string]any{"type": "user", "id": id}))
		return nil
	})
	if err != nil {
		return fmt.Errorf("invalidate user: %w", err)
	}
	return nil
}

func (u *users) warm(ctx context.Context) error {
	_, err := u.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for id := 1; id <= population; id++ {
			_ = u.fill(ctx, p, id, u.spread())
		}
		return nil
	})
	return err
}

func (u *users) keys() []string {
	var all []string
	for id := 1; id <= population; id++ {
		all = append(all, userKey(id))
	}
	return all
}

package mockapp

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/redis/go-redis/v9"
)

// api is the API response cache: `SET api:{endpoint}:{hash} ... EX 600`, each entry noted in the set of its tag, and
// invalidated by tag.
type api struct {
	readThrough
	tags []tag
}

// tag is a group of entries that go together.
type tag struct {
	key     string
	entries []string
	q       float64 // how likely a read is followed by an invalidation of the group
}

// newAPI makes two groups of twelve entries. An invalidation takes all twelve at once and is therefore a twelfth as
// likely as that of a single entry. The user group's is rarer still: its details also go when a user changes.
func newAPI(k kit) *api {
	data := tag{key: "cache:tags:data", q: invalidated / 12}
	for n := range 12 {
		data.entries = append(data.entries, hashedKey("data", fmt.Sprintf("offset=%d", n)))
	}
	people := tag{key: "cache:tags:users", q: 0.6 * invalidated / 12}
	for n := range 2 {
		people.entries = append(people.entries, hashedKey("users:list", fmt.Sprintf("page=%d", n)))
	}
	for id := population - 9; id <= population; id++ {
		people.entries = append(people.entries, detailKey(id))
	}
	return &api{readThrough{k, 600 * time.Second}, []tag{data, people}}
}

func hashedKey(endpoint, params string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(params))
	return fmt.Sprintf("api:%s:%08x", endpoint, h.Sum32())
}

// detailKey is the response about one user; only the newest ten users' are asked for, by the people who greet them.
func detailKey(id int) string { return fmt.Sprintf("api:users:detail:%d", id) }

func (a *api) step(ctx context.Context) error {
	t := pick(a.dice, a.tags)
	key := pick(a.dice, t.entries)
	if err := a.read(ctx, key, func(ctx context.Context) error { return a.store(ctx, t.key, key) }); err != nil {
		return fmt.Errorf("api cache: %w", err)
	}
	if a.dice.chance(t.q) {
		return a.invalidate(ctx, t.key)
	}
	return nil
}

func (a *api) store(ctx context.Context, tag, key string) error {
	_, err := a.db.Pipelined(ctx, func(p redis.Pipeliner) error { return a.fill(ctx, p, tag, key, a.ttl) })
	return err
}

func (a *api) fill(ctx context.Context, p redis.Pipeliner, tag, key string, ttl time.Duration) error {
	body := map[string]any{"data": []int{1, 2, 3}, "timestamp": time.Now().Unix()}
	if f := a.filler(); f != "" {
		body["filler"] = f
	}
	p.Set(ctx, key, encode(body), ttl)
	p.SAdd(ctx, tag, key)
	return nil
}

// invalidate is the specification's: all keys with the tag, one DEL each, then the tag.
func (a *api) invalidate(ctx context.Context, tag string) error {
	keys, err := a.db.SMembers(ctx, tag).Result()
	if err != nil {
		return fmt.Errorf("invalidate %s: %w", tag, err)
	}
	_, err = a.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range keys {
			p.Del(ctx, key)
		}
		p.Del(ctx, tag)
		return nil
	})
	return err
}

func (a *api) warm(ctx context.Context) error {
	_, err := a.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, t := range a.tags {
			for _, key := range t.entries {
				_ = a.fill(ctx, p, t.key, key, a.spread())
			}
		}
		return nil
	})
	return err
}

func (a *api) keys() []string {
	var all []string
	for _, t := range a.tags {
		all = append(append(all, t.key), t.entries...)
	}
	return all
}

package mockapp

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	pageLimit = 20
	pageCount = population / pageLimit
)

// pages is the bulk user cache: `SET users:page:{page}:{limit} ... EX 300`.
type pages struct{ readThrough }

func newPages(k kit) *pages { return &pages{readThrough{k, 300 * time.Second}} }

func pageKey(page int) string { return fmt.Sprintf("users:page:%d:%d", page, pageLimit) }

func (p *pages) step(ctx context.Context) error {
	page := p.some()
	if err := p.read(ctx, pageKey(page), func(ctx context.Context) error { return p.fill(ctx, p.db, page, p.ttl) }); err != nil {
		return fmt.Errorf("page cache: %w", err)
	}
	if p.dice.chance(invalidated) {
		return p.db.Del(ctx, pageKey(p.some())).Err()
	}
	return nil
}

func (p *pages) some() int { return 1 + p.dice.skewed(pageCount) }

func (p *pages) fill(ctx context.Context, db redis.Cmdable, page int, ttl time.Duration) error {
	list := make([]user, pageLimit)
	for i := range list {
		list[i] = newUser((page-1)*pageLimit + i + 1)
	}
	list[0].Filler = p.filler()
	return db.Set(ctx, pageKey(page), encode(list), ttl).Err()
}

func (p *pages) warm(ctx context.Context) error {
	_, err := p.db.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for page := 1; page <= pageCount; page++ {
			_ = p.fill(ctx, pipe, page, p.spread())
		}
		return nil
	})
	return err
}

func (p *pages) keys() []string {
	var all []string
	for page := 1; page <= pageCount; page++ {
		all = append(all, pageKey(page))
	}
	return all
}

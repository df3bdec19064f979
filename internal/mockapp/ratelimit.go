package mockapp

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// slidingLimit is the API rate limit: requests of the last minute in a sorted set by time, `rate:api:{client}:{endpoint}`.
type slidingLimit struct{ kit }

const slidingWindow = time.Minute

func apiClients() []string {
	return []string{"client101", "client123", "client205", "client310", "client477"}
}
func apiEndpoints() []string { return []string{"data", "users"} }

func slidingKey(client, endpoint string) string { return "rate:api:" + client + ":" + endpoint }

// step counts one request. The EXPIRE is ours: without it the set of a client who never returns would stay for ever.
func (l *slidingLimit) step(ctx context.Context) error {
	key := slidingKey(pick(l.dice, apiClients()), pick(l.dice, apiEndpoints()))
	now := time.Now()
	_, err := l.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZAdd(ctx, key, redis.Z{Score: float64(now.Unix()), Member: l.dice.uuid()})
		p.ZRemRangeByScore(ctx, key, "0", strconv.FormatInt(now.Add(-slidingWindow).Unix(), 10))
		p.ZCard(ctx, key)
		p.Expire(ctx, key, slidingWindow)
		return nil
	})
	if err != nil {
		return fmt.Errorf("api limit: %w", err)
	}
	return nil
}

func (l *slidingLimit) keys() []string {
	var all []string
	for _, c := range apiClients() {
		for _, e := range apiEndpoints() {
			all = append(all, slidingKey(c, e))
		}
	}
	return all
}

// counterLimit is the user action limit: `INCR limit:action:{user}:{action}` and an hour to live.
type counterLimit struct{ kit }

func userActions() []string { return []string{"login", "upload", "comment"} }

func counterKey(user int, action string) string {
	return fmt.Sprintf("limit:action:%d:%s", user, action)
}

func (l *counterLimit) step(ctx context.Context) error {
	key := counterKey(someUser(l.dice), pick(l.dice, userActions()))
	_, err := l.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Incr(ctx, key)
		p.Expire(ctx, key, time.Hour)
		return nil
	})
	if err != nil {
		return fmt.Errorf("action limit: %w", err)
	}
	return nil
}

func (l *counterLimit) keys() []string {
	var all []string
	for id := 1; id <= population; id++ {
		for _, a := range userActions() {
			all = append(all, counterKey(id, a))
		}
	}
	return all
}

package mockapp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/wait"
)

// publisher sends the specification's events and metrics.
type publisher struct{ kit }

func (p *publisher) step(ctx context.Context) error {
	channel, message := p.some()
	if err := p.db.Publish(ctx, channel, encode(message)).Err(); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

func (p *publisher) some() (channel string, message map[string]any) {
	now := time.Now().Unix()
	switch p.dice.IntN(3) {
	case 0:
		return "events:user:created", map[string]any{"user_id": someUser(p.dice), "timestamp": now}
	case 1:
		return "events:data:updated", map[string]any{"id": p.dice.IntN(1000), "changes": map[string]any{"name": "new"}}
	}
	return "metrics:requests", map[string]any{"service": "backend", "count": 100, "timestamp": now}
}

func (p *publisher) keys() []string { return nil }

// subscriber listens, by name to the events and by pattern to the metrics, on a connection of its own.
type subscriber struct {
	trouble *Switches
	server  *redis.Options
	topic   string
}

func newSubscriber(trouble *Switches, server *redis.Options, topic string) *subscriber {
	return &subscriber{trouble, connection(server, "mockapp-"+topic), topic}
}

// step listens until the connection is lost, ctx is done, or subscribers turn deaf.
func (s *subscriber) step(ctx context.Context) error {
	db := redis.NewClient(s.server)
	defer db.Close()
	if s.trouble.Has(DeafSubscribers) {
		return s.forget(ctx, db)
	}
	sub := s.subscribe(ctx, db)
	defer sub.Close()
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	for !s.trouble.Has(DeafSubscribers) {
		if err := s.receive(ctx, sub); err != nil {
			return fmt.Errorf("subscriber: %w", err)
		}
	}
	return nil
}

// forget is connected and does not subscribe while the trouble lasts.
func (s *subscriber) forget(ctx context.Context, db *redis.Client) error {
	for s.trouble.Has(DeafSubscribers) && wait.For(ctx, time.Second) {
		if err := db.Ping(ctx).Err(); err != nil {
			return fmt.Errorf("subscriber: %w", err)
		}
	}
	return nil
}

func (s *subscriber) subscribe(ctx context.Context, db *redis.Client) *redis.PubSub {
	if s.topic == "metrics" {
		return db.PSubscribe(ctx, "metrics:*")
	}
	return db.Subscribe(ctx, "events:user:created", "events:data:updated", "cache:invalidate")
}

// receive reads one message, or asks for a sign of life after a silence.
func (s *subscriber) receive(ctx context.Context, sub *redis.PubSub) error {
	const silence = 10 * time.Second
	_, err := sub.ReceiveTimeout(ctx, silence)
	if quiet, ok := errors.AsType[net.Error](err); ok && quiet.Timeout() {
		return sub.Ping(ctx)
	}
	return err
}

func (s *subscriber) keys() []string { return nil }

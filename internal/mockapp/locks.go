package mockapp

import (
	"context"
	"fmt"
	"time"

	"valkey-exporter/internal/wait"
)

const (
	locksPerSecond = 0.5
	lockTTL        = 30 * time.Second
	migrationLock  = "lock:database:migration"
)

// release is the specification's script: only the holder may release.
const release = `
if redis.call("get", KEYS[1]) == ARGV[1] then
    return redis.call("del", KEYS[1])
else
    return 0
end`

// locks are `SET lock:{resource} {holder} NX EX 30`, held for a while and released by the script. Another contender
// asks for the same lock meanwhile and is turned away.
type locks struct {
	kit
	stuck bool
}

func resources() []string { return []string{migrationLock, "lock:report:daily", "lock:index:rebuild"} }

func (l *locks) step(ctx context.Context) error {
	if l.trouble.Has(StuckLock) || l.stuck {
		return l.stick(ctx)
	}
	key := pick(l.dice, resources())
	got, err := l.db.SetNX(ctx, key, "worker1", lockTTL).Result()
	if err != nil || !got {
		return err
	}
	if err := l.db.SetNX(ctx, key, "worker2", lockTTL).Err(); err != nil {
		return fmt.Errorf("contend for %s: %w", key, err)
	}
	wait.For(ctx, l.dice.around(time.Duration(0.5/(locksPerSecond*l.options.Rate)*float64(time.Second))))
	return l.release(context.WithoutCancel(ctx), key)
}

func (l *locks) release(ctx context.Context, key string) error {
	if err := l.db.Eval(ctx, release, []string{key}, "worker1").Err(); err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// stick takes the lock for good while the trouble lasts, and releases it afterwards.
func (l *locks) stick(ctx context.Context) error {
	if l.trouble.Has(StuckLock) {
		l.stuck = true
		return l.db.Set(ctx, migrationLock, "worker1", 0).Err()
	}
	if err := l.release(ctx, migrationLock); err != nil {
		return err
	}
	l.stuck = false
	return nil
}

// warm lets go of a lock that got stuck in an earlier life.
func (l *locks) warm(ctx context.Context) error { return l.release(ctx, migrationLock) }

func (l *locks) keys() []string { return resources() }

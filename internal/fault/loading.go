//go:build unix

package fault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// What a server has to load: enough keys that each may be slow, and so big that the
// server looks up after each of them.
const (
	loadKey   = "fault:load:"
	loadKeys  = 10_000
	loadValue = 1 << 10
	loadTime  = 20 * time.Minute
)

// loading restarts the server in order, with a data set that takes very long to load,
// until the healing.
func loading(ctx context.Context, p Place) (Heal, error) {
	if err := pad(ctx, p); err != nil {
		return nil, err
	}
	p.Service.Primary.Stop()
	delay := p.Stack.Scaled(loadTime) / loadKeys
	err := p.Service.Primary.Start(ctx,
		"--key-load-delay", strconv.FormatInt(delay.Microseconds(), 10),
		"--loading-process-events-interval-bytes", strconv.Itoa(loadValue))
	return func(ctx context.Context) error {
		db := p.Service.Primary.Client()
		defer db.Close()
		if err := db.ConfigSet(ctx, "key-load-delay", "0").Err(); err != nil {
			return err
		}
		if err := loaded(ctx, db); err != nil {
			return err
		}
		return remove(ctx, db, loadKey)
	}, err
}

// pad writes the keys, and has the server write a snapshot of all its data, which
// is what it loads one key at a time.
func pad(ctx context.Context, p Place) error {
	db := p.Service.Primary.Client()
	defer db.Close()
	value := make([]byte, loadValue) // that cannot be compressed
	if _, err := rand.Read(value); err != nil {
		return err
	}
	pipe := db.Pipeline()
	for i := range loadKeys {
		pipe.Set(ctx, loadKey+strconv.Itoa(i), value, 0)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	if err := db.BgRewriteAOF(ctx).Err(); err != nil {
		return err
	}
	return until(ctx, "the append-only file is rewritten", func() (bool, error) {
		info, err := db.InfoMap(ctx, "persistence").Result()
		section := info["Persistence"]
		return section["aof_rewrite_in_progress"] == "0" && section["aof_rewrite_scheduled"] == "0", err
	})
}

// loaded waits until the server answers as usual.
func loaded(ctx context.Context, db *redis.Client) error {
	return until(ctx, "the data is loaded", func() (bool, error) {
		err := db.Ping(ctx).Err()
		if redis.HasErrorPrefix(err, "LOADING") {
			return false, nil
		}
		return err == nil, err
	})
}

// until waits until something is so.
func until(ctx context.Context, what string, so func() (bool, error)) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		yes, err := so()
		if err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("waited in vain until " + what + fmt.Sprintf(", for %v", patience))
}

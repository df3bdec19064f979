//go:build unix

package fault

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var memoryFaults = []Fault{
	{
		Name:  "memory-85",
		Does:  "Values without an expiry fill 85 % of maxmemory.",
		Wants: []Want{{Alert: alert.HighMemory, Severity: config.Warning, Within: 7 * time.Minute, Resolved: 6*time.Minute + told}},
		Also:  []alert.Name{alert.QueueEvictable},
		Break: func(ctx context.Context, p Place) (Heal, error) { return ballast(ctx, p, 0.85) },
	},
	{
		Name:  "memory-97",
		Short: true,
		Does:  "Values without an expiry fill 97 % of maxmemory, on a server whose policy may evict queues.",
		Wants: []Want{{Alert: alert.MemoryCritical, Severity: config.Critical, Within: 7 * time.Minute, Resolved: 6*time.Minute + told}},
		Also:  []alert.Name{alert.QueueEvictable},
		Muted: []alert.Name{alert.HighMemory},
		Break: func(ctx context.Context, p Place) (Heal, error) { return ballast(ctx, p, 0.97) },
	},
	{
		Name: "eviction-storm",
		Does: "The memory is full, and 300 new keys a second push others out.",
		Wants: []Want{
			// Its message waits for the next one of the group, which began with what is muted.
			{Alert: alert.HighEviction, Severity: config.Warning, Within: 9*time.Minute + told, Resolved: 11*time.Minute + told},
			{Alert: alert.MemoryCritical, Severity: config.Critical, Within: 7 * time.Minute, Resolved: 6*time.Minute + told},
		},
		Also:  []alert.Name{alert.QueueEvictable, alert.EvictionSpike, alert.QueueMessagesVanished, alert.HitRateLow, alert.HighMemory},
		Muted: []alert.Name{alert.HighMemory},
		Break: storm,
	},
}

// Keys that a fault writes, apart from the application's.
const (
	ballastKey = "fault:ballast:"
	stormKey   = "fault:storm:"
)

// ballast fills a share of maxmemory.
func ballast(ctx context.Context, p Place, share float64) (Heal, error) {
	db := p.Service.Primary.Client()
	defer db.Close()
	if err := fill(ctx, db, share); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		db := p.Service.Primary.Client()
		defer db.Close()
		return remove(ctx, db, ballastKey)
	}, nil
}

// piece is what one key of the ballast holds.
const piece = 32 << 10

// fill writes until a share of maxmemory is in use.
func fill(ctx context.Context, db *redis.Client, share float64) error {
	value := strings.Repeat("x", piece)
	for next := 0; ; {
		used, limit, err := memory(ctx, db)
		if err != nil {
			return err
		}
		if limit == 0 {
			return errors.New("the server has no maxmemory, so it cannot be full")
		}
		missing := int64(share*float64(limit)) - used
		if missing <= 0 {
			return nil
		}
		pipe := db.Pipeline()
		for range max(1, missing/(2*piece)) { // a piece takes more room than it is long
			pipe.Set(ctx, ballastKey+strconv.Itoa(next), value, 0)
			next++
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
	}
}

// memory is used_memory and maxmemory, in bytes.
func memory(ctx context.Context, db *redis.Client) (used, limit int64, err error) {
	info, err := db.InfoMap(ctx, "memory").Result()
	if err != nil {
		return 0, 0, err
	}
	section := info["Memory"]
	if used, err = strconv.ParseInt(section["used_memory"], 10, 64); err != nil {
		return 0, 0, fmt.Errorf("INFO: used_memory: %w", err)
	}
	if limit, err = strconv.ParseInt(section["maxmemory"], 10, 64); err != nil {
		return 0, 0, fmt.Errorf("INFO: maxmemory: %w", err)
	}
	return used, limit, nil
}

// remove deletes all keys that begin with a text.
func remove(ctx context.Context, db *redis.Client, prefix string) error {
	for cursor := uint64(0); ; {
		keys, next, err := db.Scan(ctx, cursor, prefix+"*", 10000).Result()
		if err != nil {
			return err
		}
		if len(keys) > 0 {
			if err := db.Unlink(ctx, keys...).Err(); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// New keys of a storm come in bursts.
const (
	bursts     = 10 // a second
	burst      = 30
	stormValue = 1 << 10
)

// storm fills the memory with small keys and goes on.
func storm(ctx context.Context, p Place) (Heal, error) {
	next := 0
	write := func(ctx context.Context, db *redis.Client) error {
		pipe := db.Pipeline()
		for range burst {
			next++
			pipe.Set(ctx, stormKey+strconv.Itoa(next), strings.Repeat("x", stormValue), 0)
		}
		_, err := pipe.Exec(ctx)
		return err
	}
	db := p.Service.Primary.Client()
	defer db.Close()
	for full := false; !full; {
		if err := write(ctx, db); err != nil {
			return nil, err
		}
		used, limit, err := memory(ctx, db)
		if err != nil {
			return nil, err
		}
		full = used >= limit-burst*stormValue
	}
	return keepDoing(ctx, p, time.Second/bursts, write, func(ctx context.Context, db *redis.Client) error {
		return remove(ctx, db, stormKey)
	})
}

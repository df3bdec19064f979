//go:build unix

package fault

import (
	"context"
	"maps"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var configFaults = []Fault{
	{
		Name: "config-drift",
		Does: "Somebody turns the append-only file off while the server runs.",
		Wants: []Want{
			{Alert: alert.QueuesNotPersisted, Severity: config.Warning, Within: 12 * time.Minute, Resolved: time.Minute + told},
			{Alert: alert.ConfigDrift, Severity: config.Info, Nobody: true, Within: 17 * time.Minute, Resolved: time.Minute + told},
		},
		Break: func(ctx context.Context, p Place) (Heal, error) {
			return changed(ctx, p, map[string]string{"appendonly": "no"})
		},
	},
}

// changed gives parameters of the primary other values; the healing sets back what was
// there before.
func changed(ctx context.Context, p Place, parameters map[string]string) (Heal, error) {
	db := p.Service.Primary.Client()
	defer db.Close()
	before := map[string]string{}
	for name := range parameters {
		value, err := db.ConfigGet(ctx, name).Result()
		if err != nil {
			return nil, err
		}
		maps.Copy(before, value)
	}
	return func(ctx context.Context) error {
		db := p.Service.Primary.Client()
		defer db.Close()
		return configure(ctx, db, before)
	}, configure(ctx, db, parameters)
}

func configure(ctx context.Context, db *redis.Client, parameters map[string]string) error {
	command := []any{"CONFIG", "SET"}
	for name, value := range parameters {
		command = append(command, name, value)
	}
	return db.Do(ctx, command...).Err()
}

//go:build unix

package fault

import (
	"context"
	"time"

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
			return func(ctx context.Context) error { return appendonly(ctx, p, "yes") }, appendonly(ctx, p, "no")
		},
	},
}

func appendonly(ctx context.Context, p Place, value string) error {
	db := p.Service.Primary.Client()
	defer db.Close()
	return db.ConfigSet(ctx, "appendonly", value).Err()
}

//go:build unix

package fault

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var clientFaults = []Fault{
	{
		Name:  "slow-commands",
		Does:  "A script keeps the server busy for 12 ms, four times a second.",
		Wants: []Want{{Alert: alert.SlowCommands, Severity: config.Warning, Within: 14 * time.Minute, Resolved: 16*time.Minute + told}},
		Break: slowCommands,
	},
	{
		Name: "clients-at-limit",
		Does: "Clients leak connections until the server takes no more.",
		Wants: []Want{
			{Alert: alert.ConnectionsRejected, Severity: config.Critical, Within: 2 * time.Minute, Resolved: 11*time.Minute + told},
		},
		Also:  []alert.Name{alert.ClientsNearLimit},
		Break: leakClients,
	},
}

// busy is a script that counts. Time stands still in a script, so how far it must
// count is found out.
const busy = `for i = 1, tonumber(ARGV[1]) do end return 1`

// slow is how long it is to take: the slow log begins at 10 ms.
const slow = 12 * time.Millisecond

func slowCommands(ctx context.Context, p Place) (Heal, error) {
	count := 100_000
	return keepDoing(ctx, p, 250*time.Millisecond, func(ctx context.Context, db *redis.Client) error {
		for {
			begun := time.Now()
			if err := db.Eval(ctx, busy, nil, count).Err(); err != nil {
				return err
			}
			if time.Since(begun) >= slow {
				return nil
			}
			count += count / 3
		}
	}, nothing)
}

// leakClients opens connections to a lowered limit, and goes on trying.
func leakClients(ctx context.Context, p Place) (Heal, error) {
	const limit, some = "60", 70
	db := p.Service.Primary.Client()
	defer db.Close()
	before, err := db.ConfigGet(ctx, "maxclients").Result()
	if err != nil {
		return nil, err
	}
	if err := db.ConfigSet(ctx, "maxclients", limit).Err(); err != nil {
		return nil, err
	}
	var open []net.Conn
	end, err := again(ctx, p.Stack.Scaled(10*time.Second), func(ctx context.Context) error {
		for range some / 10 {
			c, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.Service.Primary.Addr)
			if err != nil {
				return err
			}
			open = append(open, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		err := end(ctx)
		for _, c := range open {
			err = errors.Join(err, c.Close())
		}
		time.Sleep(100 * time.Millisecond) // the server notices
		db := p.Service.Primary.Client()
		defer db.Close()
		return errors.Join(err, db.ConfigSet(ctx, "maxclients", before["maxclients"]).Err())
	}, nil
}

//go:build unix

package fault

import (
	"context"
	"errors"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var down = Want{Alert: alert.Down, Severity: config.Critical, Within: 3 * time.Minute, Resolved: 3*time.Minute + told}

var availabilityFaults = []Fault{
	{
		Name:  "server-killed",
		Short: true,
		Does:  "The server is gone, as after a crash or by the kernel's hand.",
		Wants: []Want{down},
		Break: func(_ context.Context, p Place) (Heal, error) {
			p.Service.Primary.Kill()
			return func(ctx context.Context) error { return p.Service.Primary.Start(ctx) }, nil
		},
	},
	{
		Name:  "server-frozen",
		Does:  "The server accepts connections and answers nothing (SIGSTOP).",
		Wants: []Want{down},
		Break: func(_ context.Context, p Place) (Heal, error) {
			return func(context.Context) error { return p.Service.Primary.Thaw() }, p.Service.Primary.Freeze()
		},
	},
	{
		Name:  "loading",
		Short: true,
		Does:  "The server was restarted and takes very long to load its data.",
		Wants: []Want{{Alert: alert.LoadingDataset, Severity: config.Warning, Within: 8 * time.Minute, Resolved: 4*time.Minute + told}},
		Also:  []alert.Name{alert.QueueProcessingStuck}, // workers have lost what they had in hand
		Break: loading,
	},
	{
		Name:    "replica-cut",
		Does:    "The network between the replica and its primary is cut.",
		Replica: true,
		Wants: []Want{
			{Alert: alert.ReplicaLinkDown, Severity: config.Warning, Replica: true, Within: 5 * time.Minute, Resolved: 7*time.Minute + told},
			{Alert: alert.ReplicaLost, Severity: config.Warning, Within: 13 * time.Minute, Resolved: 2*time.Minute + told},
		},
		Break: func(_ context.Context, p Place) (Heal, error) {
			if p.Service.Link == nil {
				return nil, errors.New("this service has no replica")
			}
			p.Service.Link.Cut()
			return p.Service.Link.Join, nil
		},
	},
	{
		Name:  "wrong-password",
		Short: true,
		Does:  "The server's password was changed, and nobody told the exporter and the application.",
		Wants: []Want{down},
		Break: changePassword,
	},
}

// password is the new one. It guards nothing: a server on loopback for an hour.
const password = "changed-by-fault"

func changePassword(ctx context.Context, p Place) (Heal, error) {
	db := p.Service.Primary.Client()
	if err := db.ConfigSet(ctx, "requirepass", password).Err(); err != nil {
		return nil, err
	}
	// Who is connected stays so; restarts and time-outs would come one by one.
	if err := db.ClientKillByFilter(ctx, "TYPE", "normal", "SKIPME", "yes").Err(); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		defer db.Close()
		pipe := db.Pipeline()
		pipe.Do(ctx, "AUTH", password)
		pipe.ConfigSet(ctx, "requirepass", "")
		_, err := pipe.Exec(ctx)
		return err
	}, nil
}

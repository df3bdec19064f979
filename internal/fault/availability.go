//go:build unix

package fault

import (
	"context"
	"errors"
	"strconv"
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
		Name:  "script-blocks",
		Does:  "A script that never ends keeps the server to itself: everybody else is answered with BUSY.",
		Wants: []Want{{Alert: alert.Blocked, Severity: config.Critical, Within: 3 * time.Minute, Resolved: 3*time.Minute + told}},
		Break: blockServer,
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
		Name:    "replica-slow",
		Does:    "The network between the replica and its primary takes much less than is written.",
		Replica: true,
		Wants:   []Want{{Alert: alert.ReplicaBehind, Severity: config.Warning, Within: 11 * time.Minute, Resolved: 6*time.Minute + told}},
		Break:   slowLink,
	},
	{
		Name:  "wrong-password",
		Short: true,
		Does:  "The server's password was changed, and nobody told the exporter and the application.",
		Wants: []Want{down},
		Break: changePassword,
	},
}

// slowLink leaves a kilobyte a second, and has the primary write most of what its
// backlog can hold, over one key: for half an hour and more the replica is that far
// behind.
func slowLink(ctx context.Context, p Place) (Heal, error) {
	if p.Service.Link == nil {
		return nil, errors.New("this service has no replica")
	}
	const key = "import:batch"
	p.Service.Link.Slow(1 << 10)
	db := p.Service.Primary.Client()
	heal := func(ctx context.Context) error {
		p.Service.Link.Slow(0)
		return errors.Join(db.Del(ctx, key).Err(), db.Close())
	}
	backlog, err := db.ConfigGet(ctx, "repl-backlog-size").Result()
	size, _ := strconv.Atoi(backlog["repl-backlog-size"])
	for written := 0; err == nil && written < size/4*3; written += portion {
		err = db.Set(ctx, key, make([]byte, portion), time.Hour).Err()
	}
	return heal, err
}

// portion is how large a value of a bulk import is.
const portion = 128 << 10

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

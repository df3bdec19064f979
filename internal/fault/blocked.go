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
)

// endless is a script that only SCRIPT KILL ends.
const endless = `while true do end`

// replyAfter is for how long a script may run before the server answers others with
// BUSY, and nothing until then. It is the server's own default.
const replyAfter = 5 * time.Second

// blockServer has the primary run a script that does not end. The connection that has
// sent it waits for as long, so everything else goes over another one.
func blockServer(ctx context.Context, p Place) (Heal, error) {
	db := p.Service.Primary.Client()
	before, err := db.ConfigGet(ctx, "busy-reply-threshold").Result()
	if err == nil {
		err = db.ConfigSet(ctx, "busy-reply-threshold", strconv.FormatInt(p.Stack.Scaled(replyAfter).Milliseconds(), 10)).Err()
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	ended := make(chan error, 1)
	go func() {
		sender := p.Service.Primary.Client()
		defer sender.Close()
		ended <- sender.WithTimeout(-1).Eval(context.WithoutCancel(ctx), endless, nil).Err()
	}()
	heal := func(ctx context.Context) error {
		defer db.Close()
		if err := db.ScriptKill(ctx).Err(); err != nil {
			return fmt.Errorf("SCRIPT KILL: %w", err)
		}
		if said := fmt.Sprint(<-ended); !strings.Contains(said, "killed by user") {
			return errors.New("the script was not killed, it ended with " + said)
		}
		return db.ConfigSet(ctx, "busy-reply-threshold", before["busy-reply-threshold"]).Err()
	}
	return heal, until(ctx, "a script blocks the server", func() (bool, error) {
		err := db.Ping(ctx).Err()
		if redis.HasErrorPrefix(err, "BUSY") {
			return true, nil
		}
		return false, err
	})
}

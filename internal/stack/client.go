//go:build unix

package stack

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// client speaks to a server as an operator does: one connection, no second
// attempt.
func client(addr string) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: addr, Protocol: 2, PoolSize: 1, MaxRetries: -1, DialerRetries: 1,
		DialTimeout: time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		ClientName: "stack", DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

// quiet drops what go-redis logs of attempts: who asked gets the error.
type quiet struct{}

// Printf is the interface of go-redis.
func (quiet) Printf(context.Context, string, ...any) {}

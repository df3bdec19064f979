package mockapp

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// connection is how every part of the application connects: ten connections per service as the specification says, no
// hidden retries (the link handles outages), and none of the handshake commands that an older server answers with an
// error, so that a healthy application causes no error at all.
func connection(server *redis.Options, name string) *redis.Options {
	return &redis.Options{
		Network: server.Network, Addr: server.Addr, DB: server.DB, TLSConfig: server.TLSConfig,
		Username: server.Username, Password: server.Password, CredentialsProvider: server.CredentialsProvider,
		ClientName: name, PoolSize: 10, PipelinePoolSize: -1,
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: time.Second, ReadTimeout: time.Second, ContextTimeoutEnabled: true,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// line is the single connection of a consumer that blocks. It knows its client id, by which the server can be asked to
// end the wait without losing a job that arrives at that moment, as closing the connection would.
type line struct {
	db *redis.Client
	id atomic.Int64
}

func newLine(server *redis.Options, name string) *line {
	l := &line{}
	o := connection(server, name)
	o.PoolSize = 1
	o.OnConnect = func(ctx context.Context, c *redis.Conn) error {
		id, err := c.ClientID(ctx).Result()
		l.id.Store(id)
		return err
	}
	l.db = redis.NewClient(o)
	return l
}

// unblock ends a blocking command of the line, if one is waiting. A failure does not matter: it is asked again.
func (l *line) unblock(ctx context.Context, via *redis.Client) {
	if id := l.id.Load(); id != 0 {
		_ = via.ClientUnblock(ctx, id).Err()
	}
}

package valkey

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// dialTimeout bounds one attempt to connect, whatever the scrape's deadline.
const dialTimeout = 5 * time.Second

// Options say which server to ask, and as whom.
type Options struct {
	Target      Target
	Credentials Credentials
	TLS         TLSFiles
	// Name is what CLIENT LIST shows of us.
	Name string
	// Longest is how many bytes one string of a reply may have; 0 is MaxReplyBytes.
	// More is only good for replies that are read as they arrive.
	Longest int
}

// Conn is one kept connection for one user at a time. go-redis speaks the
// protocol; this type adds what it lacks: the guard, a cancellation that also
// interrupts a read, and a handshake that leaves no trace.
type Conn struct {
	options Options
	client  *redis.Client

	mu    sync.Mutex
	ctx   context.Context // of the round trip under way
	link  *link           // the connection in use, or the latest; nil before the first
	fresh bool            // connected in the round trip under way
}

// Open prepares a connection; it is dialed when it is first used.
func Open(o Options) *Conn {
	c := &Conn{options: o, ctx: context.Background()}
	c.client = redis.NewClient(&redis.Options{
		Network: o.Target.Network, Addr: o.Target.Address,
		Dialer: c.dial, DialTimeout: dialTimeout, DialerRetries: 1,
		OnConnect:                  c.greet,
		CredentialsProviderContext: c.credentials,
		// RESP2 needs no HELLO to work, and every supported server speaks it.
		Protocol: 2,
		// CLIENT SETINFO is an error on Redis 7.0; the handshake below asks
		// only for what the server knows.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		// One connection, kept for ever, no retries behind our back: the scrape
		// decides, and its context is the only deadline.
		// MaxIdleConns closes the one too many that go-redis may have dialed for
		// a round trip that was cancelled meanwhile.
		PoolSize: 1, MaxIdleConns: 1, ConnMaxIdleTime: -1, MaxRetries: -1,
		ReadTimeout: -1, WriteTimeout: -1, ContextTimeoutEnabled: true,
	})
	return c
}

// Close ends the connection.
func (c *Conn) Close() error { return c.client.Close() }

// Exec sends the commands in one write and reads all replies. Each command
// holds its own result. The error is why the connection could not be used to
// the end; commands whose replies had arrived by then are good. A server's
// error reply to a command is not an error of Exec, unless it says that we
// are not welcome at all.
func (c *Conn) Exec(ctx context.Context, cmds []redis.Cmder) error {
	err := c.exec(ctx, cmds)
	if err != nil && ctx.Err() == nil && c.stale(err) {
		// The server has closed the kept connection since it was last used,
		// and go-redis could not see that in advance (it cannot through TLS).
		err = c.exec(ctx, cmds)
	}
	return err
}

func (c *Conn) exec(ctx context.Context, cmds []redis.Cmder) error {
	c.begin(ctx)
	stop := context.AfterFunc(ctx, func() { c.interrupt(ctx) })
	defer stop()
	for _, cmd := range cmds {
		cmd.SetErr(nil)
	}
	pipe := c.client.Pipeline()
	_ = pipe.BatchProcess(ctx, cmds...) // only queues; the result is the command's own
	_, err := pipe.Exec(ctx)
	if c.ended(err) {
		c.drop()
	}
	if err == nil || isReply(err) && reached(err) {
		return nil
	}
	cause := c.explain(ctx, err)
	whole := c.whole(err)
	for i, cmd := range cmds {
		if i >= whole {
			cmd.SetErr(cause)
		} else if errors.Is(cmd.Err(), err) {
			cmd.SetErr(nil)
		}
	}
	return cause
}

// ended reports whether the connection is of no further use. One on which we
// are not welcome must be made anew, because only a handshake authenticates.
func (c *Conn) ended(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link != nil && c.link.unfinished || isReply(err) && !reached(err)
}

func (c *Conn) begin(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ctx, c.fresh = ctx, false
	if c.link != nil {
		c.link.begin()
	}
}

// arrived is when reply number i of the latest round trip was complete.
func (c *Conn) arrived(i int) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == nil {
		return time.Time{}
	}
	return c.link.arrived(i)
}

// sinceArrived is how long before t reply number i was complete; 0 if that is
// not known.
func (c *Conn) sinceArrived(i int, t time.Time) time.Duration {
	at := c.arrived(i)
	if at.IsZero() {
		return 0
	}
	return t.Sub(at)
}

// connectTime is what connecting and the handshake of the connection in use
// took.
func (c *Conn) connectTime() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == nil {
		return 0
	}
	return c.link.connect
}

// untouching reports whether reads on the connection in use do not count as use
// of the keys.
func (c *Conn) untouching() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link != nil && c.link.untouching
}

// drop ends the connection in use; go-redis notices and makes a new one. It
// also makes a read that is waiting return: go-redis itself only knows
// deadlines, and a client that goes away has none.
func (c *Conn) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil {
		_ = c.link.Close() // whatever is still to come is of no interest
	}
}

// interrupt ends the round trip of ctx, if it is still under way.
func (c *Conn) interrupt(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == ctx && c.link != nil {
		_ = c.link.Close() // likewise
	}
}

// stayHome ends a connection that did not go back to database 0: the keys of
// the next round trip would be looked for in another one.
func (c *Conn) stayHome(home *redis.StatusCmd) {
	if home != nil && home.Err() != nil {
		c.drop()
	}
}

// stale reports whether err means that the kept connection had been closed
// before it was used: nothing was answered.
func (c *Conn) stale(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return isClosed(err) && !c.fresh && c.link != nil && c.link.replies == 0
}

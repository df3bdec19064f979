package valkey

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
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
		PoolSize: 1, ConnMaxIdleTime: -1, MaxRetries: -1,
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

// whole is how many replies had arrived when err ended the round trip.
// go-redis marks all commands as failed.
func (c *Conn) whole(err error) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	ended := isClosed(err) || errors.Is(err, errGarbage) || c.ctx.Err() != nil
	if c.link == nil || !c.link.greeted || !ended {
		return 0 // nothing arrived, or what arrived cannot be trusted
	}
	return c.link.replies
}

// explain replaces "connection closed" by what the server said before it
// closed, if it did: that it has too many clients, or is in protected mode.
// When we have closed it ourselves, it says why.
func (c *Conn) explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %v", cause, err) //nolint:errorlint // what the interrupted read says is not why it failed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil && isClosed(err) && c.link.farewell != "" {
		return serverSaid(withoutArguments(c.link.farewell))
	}
	if isReply(err) {
		return serverSaid(withoutArguments(err.Error()))
	}
	if c.options.Target.TLS && c.link != nil && !c.link.greeted && isClosed(err) {
		// With TLS 1.3 the server judges our certificate after the handshake,
		// and its verdict may be lost when it closes at once.
		return fmt.Errorf("%w: the server ended the connection right after the handshake, as it does when it wants"+
			" another client certificate: %w", errTLS, err)
	}
	return err
}

// withoutArguments cuts what a server that does not know a command repeats of
// it: after AUTH, that is the password.
func withoutArguments(reply string) string {
	reply, _, _ = strings.Cut(reply, ", with args beginning with")
	return reply
}

// serverSaid is an error reply of the server.
type serverSaid string

func (s serverSaid) Error() string { return string(s) }

// RedisError marks the text as the server's, as go-redis does.
func (serverSaid) RedisError() {}

func isReply(err error) bool {
	if err == nil {
		return false // the usual case costs nothing: this is asked for every queue
	}
	reply := redis.Error(nil)
	return errors.As(err, &reply)
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

// dial connects on behalf of go-redis, which calls it with a context of its
// own.
func (c *Conn) dial(ctx context.Context, network, address string) (net.Conn, error) {
	start := time.Now()
	config, err := c.options.Target.clientConfig(c.options.TLS)
	if err != nil {
		return nil, err
	}
	raw, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if config == nil {
		return socketLink{c.newLink(raw, start)}, nil
	}
	secured := tls.Client(raw, config)
	handshake, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if err := secured.HandshakeContext(handshake); err != nil {
		_ = raw.Close()
		return nil, fmt.Errorf("%w: %w", errTLS, err)
	}
	return c.newLink(secured, start), nil
}

func (c *Conn) credentials(context.Context) (user, password string, err error) {
	t, cr := c.options.Target, c.options.Credentials
	user = cr.User
	if user == "" {
		user = t.User
	}
	if password, err = cr.read(); err != nil {
		return "", "", err
	}
	if password == "" {
		password = t.password
	}
	if user != "" && password == "" {
		// go-redis does not log in without a password, and we would silently be
		// the default user. A user that needs none accepts any.
		password = "none"
	}
	return user, password, nil
}

// greet finishes the handshake: it gives the connection its name, and asks
// the server not to count our reads as use of the keys. A server that refuses
// either is still worth asking everything else. One that cannot answer just
// now (a script blocks it) is greeted again at the next round trip.
func (c *Conn) greet(ctx context.Context, cn *redis.Conn) error {
	version, err := serverVersion(ctx, cn)
	if err != nil && !reached(err) {
		return err
	}
	busy := KindOf(err) == KindBusy
	_, err = cn.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ClientSetName(ctx, c.options.Name)
		if version.noTouch() {
			p.Do(ctx, "CLIENT", "NO-TOUCH", "ON")
		}
		return nil
	})
	if err != nil && !reached(err) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.greet(busy || KindOf(err) == KindBusy)
	return nil
}

// version is the Redis version that a server claims to be compatible with.
type version struct{ major, minor int }

// noTouch reports whether the server knows CLIENT NO-TOUCH.
func (v version) noTouch() bool { return v.major > 7 || v.major == 7 && v.minor >= 2 }

func serverVersion(ctx context.Context, cn *redis.Conn) (version, error) {
	reply, err := cn.Info(ctx, "server").Result()
	if err != nil {
		return version{}, err
	}
	_, after, _ := strings.Cut(reply, "redis_version:")
	major, after, _ := strings.Cut(after, ".")
	minor, _, _ := strings.Cut(after, ".")
	var v version
	v.major, _ = strconv.Atoi(major) // a version we cannot read is an old one: then nothing is asked of it
	v.minor, _ = strconv.Atoi(minor)
	return v, nil
}

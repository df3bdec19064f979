package valkey

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// dial connects on behalf of go-redis, which calls it with a context of its
// own.
func (c *Conn) dial(ctx context.Context, network, address string) (net.Conn, error) {
	start := time.Now()
	conn, err := c.options.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if _, secured := conn.(*tls.Conn); secured {
		return c.newLink(conn, start), nil
	}
	return socketLink{c.newLink(conn, start)}, nil
}

// dial connects, with TLS if the target wants it.
func (o Options) dial(ctx context.Context, network, address string) (net.Conn, error) {
	config, err := o.Target.clientConfig(o.TLS)
	if err != nil {
		return nil, err
	}
	raw, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	if err != nil || config == nil {
		return raw, err
	}
	secured := tls.Client(raw, config)
	handshake, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if err := secured.HandshakeContext(handshake); err != nil {
		_ = raw.Close()
		return nil, fmt.Errorf("%w: %w", errTLS, err)
	}
	return secured, nil
}

func (c *Conn) credentials(context.Context) (user, password string, err error) {
	return c.options.login()
}

// login is as whom we authenticate; both are empty if we do not.
func (o Options) login() (user, password string, err error) {
	t, cr := o.Target, o.Credentials
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
	var noTouch *redis.Cmd
	_, err = cn.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ClientSetName(ctx, c.options.Name)
		if version.noTouch() {
			noTouch = p.Do(ctx, "CLIENT", "NO-TOUCH", "ON")
		}
		return nil
	})
	if err != nil && !reached(err) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.greet(busy || KindOf(err) == KindBusy, noTouch != nil && noTouch.Err() == nil)
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

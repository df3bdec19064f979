package valkey

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// link is one connection of a Conn, and what its handshake has shown.
type link struct {
	*guard

	conn    *Conn
	dialed  time.Time
	connect time.Duration // dial and handshake

	greeted    bool // the handshake is done
	unfinished bool // the server could not take part of it just then, see greet
	untouching bool // our reads do not count as use of the keys
}

func (c *Conn) newLink(conn net.Conn, dialed time.Time) *link {
	g := newGuard(conn)
	if longest := c.options.Longest; longest > 0 {
		g.longest, g.budget = longest, max(g.budget, longest)
	}
	return &link{guard: g, conn: c, dialed: dialed}
}

// Write tells the Conn that this is the connection in use. That it was dialed
// does not: go-redis may finish in the background what a cancelled round trip
// began, and keep it for later.
func (l *link) Write(p []byte) (int, error) {
	if err := l.conn.use(l); err != nil {
		return 0, err
	}
	return l.guard.Write(p)
}

// use makes l the connection that drop ends, unless the round trip has
// already ended.
func (c *Conn) use(l *link) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if c.link != l {
		c.link, c.fresh = l, !l.greeted
		l.begin()
	}
	return nil
}

// greet takes note that the handshake is done, perhaps in part, and whether our
// reads now leave no trace.
func (l *link) greet(unfinished, untouching bool) {
	l.connect = time.Since(l.dialed)
	l.greeted, l.unfinished, l.untouching = true, unfinished, untouching
	l.begin()
}

// socketLink is a link on a plain socket. go-redis peeks at the socket before
// it uses a kept connection again, to notice that the server has closed it. It
// must not peek through TLS, so the method is not the link's own.
type socketLink struct{ *link }

// SyscallConn gives go-redis the socket.
func (l socketLink) SyscallConn() (syscall.RawConn, error) {
	socket, ok := l.Conn.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return socket.SyscallConn()
}

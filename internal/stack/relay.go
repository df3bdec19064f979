//go:build unix

package stack

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Relay is a network link between two programs, which can be cut and slowed down.
type Relay struct {
	near, far string
	pace      atomic.Int64 // bytes per second from far to near; 0: any number

	lock     sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// newRelay listens for somebody who wants to speak to far.
func newRelay(ctx context.Context, far string) (*Relay, error) {
	near, err := FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	r := &Relay{near: near, far: far, open: map[net.Conn]bool{}}
	return r, r.Join(ctx)
}

// Cut closes every connection, and refuses new ones.
func (r *Relay) Cut() {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.listener != nil {
		r.listener.Close()
		r.listener = nil
	}
	for c := range r.open {
		c.Close()
	}
}

// Join lets connections pass again.
func (r *Relay) Join(ctx context.Context) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.listener != nil {
		return errors.New("the link is not cut")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", r.near)
	if err != nil {
		return err
	}
	r.listener = listener
	go r.serve(context.WithoutCancel(ctx), listener)
	return nil
}

// Slow lets so many bytes a second pass from far to near, 0 as many as there are.
// What goes the other way is as fast as ever.
func (r *Relay) Slow(perSecond int) { r.pace.Store(int64(perSecond)) }

// slowed reads from far at the pace of the relay.
type slowed struct {
	net.Conn
	relay *Relay
}

// steps are the portions of a second.
const steps = 10

func (c slowed) Read(p []byte) (int, error) {
	if pace := c.relay.pace.Load(); pace > 0 {
		time.Sleep(time.Second / steps)
		p = p[:min(int64(len(p)), max(1, pace/steps))]
	}
	return c.Conn.Read(p)
}

func (r *Relay) serve(ctx context.Context, listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return // cut
		}
		go r.pass(ctx, near)
	}
}

// pass copies both ways until either end is closed.
func (r *Relay) pass(ctx context.Context, near net.Conn) {
	defer near.Close()
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.far)
	if err != nil {
		return
	}
	defer far.Close()
	r.note(near, far)
	defer r.forget(near, far)
	ended := make(chan struct{}, 2)
	for _, way := range []struct {
		from io.Reader
		to   io.Writer
	}{{near, far}, {slowed{far, r}, near}} {
		go func() {
			_, _ = io.Copy(way.to, way.from) // an error is the end, as is the end
			ended <- struct{}{}
		}()
	}
	<-ended
}

func (r *Relay) note(all ...net.Conn) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, c := range all {
		r.open[c] = true
	}
}

func (r *Relay) forget(all ...net.Conn) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, c := range all {
		delete(r.open, c)
	}
}

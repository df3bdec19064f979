//go:build unix

package stack

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
)

// Relay is a network link between two programs, which can be cut.
type Relay struct {
	near, far string

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
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(way[1], way[0]) // an error is the end, as is the end
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

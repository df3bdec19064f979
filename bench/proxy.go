//go:build unix

package main

import (
	"context"
	"io"
	"net"
	"time"
)

// proxy is a network that takes its time: it hands on every byte after a
// delay, in both directions, and returns the address of its near end.
func (l *lab) proxy(ctx context.Context, server string, delay time.Duration) (addr string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		return "", err
	}
	l.later(func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go join(ctx, near, server, delay)
		}
	}()
	return listener.Addr().String(), nil
}

func join(ctx context.Context, near net.Conn, server string, delay time.Duration) {
	defer near.Close()
	var dialer net.Dialer
	far, err := dialer.DialContext(ctx, "tcp", server)
	if err != nil {
		return
	}
	defer far.Close()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			pass(way[0], way[1], delay)
			ended <- struct{}{}
		}()
	}
	select {
	case <-ended:
	case <-ctx.Done():
	}
}

// parcel is some bytes on their way.
type parcel struct {
	bytes []byte
	due   time.Time
}

// pass copies from one end to the other until either ends. Later bytes do not
// wait for earlier ones: it is a delay, not a limit of speed.
func pass(from io.Reader, to io.Writer, delay time.Duration) {
	parcels := make(chan parcel, 1024)
	go func() {
		defer close(parcels)
		for {
			b := make([]byte, 64<<10)
			n, err := from.Read(b)
			if n > 0 {
				parcels <- parcel{b[:n], time.Now().Add(delay)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range parcels {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.bytes); err != nil {
			break
		}
	}
	for range parcels {
		// lets the reader end
	}
}

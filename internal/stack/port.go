//go:build unix

package stack

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

const loopback = "127.0.0.1"

// given are the addresses that were handed out. Whoever got one listens there only a
// little later, and until then the system would hand it out again.
var given struct {
	lock sync.Mutex
	all  map[string]bool
}

// Ports are taken from below those that systems give to outgoing connections, which
// come and go by the thousand, and to others who want any that is free.
const (
	firstPort = 20_000
	ports     = 12_000
	attempts  = 1000
)

// FreeAddress is a place on loopback where nobody listens, and which nobody else in
// this process has got.
func FreeAddress(ctx context.Context) (string, error) {
	given.lock.Lock()
	defer given.lock.Unlock()
	var err error
	for range attempts {
		var addr string
		if addr, err = listenOnce(ctx, firstPort+rand.IntN(ports)); err != nil || given.all[addr] {
			continue
		}
		if given.all == nil {
			given.all = map[string]bool{}
		}
		given.all[addr] = true
		return addr, nil
	}
	return "", fmt.Errorf("no port on %s is free: %w", loopback, err)
}

// address is the one with the port, or any that is free for 0.
func address(ctx context.Context, port int) (string, error) {
	if port == 0 {
		return FreeAddress(ctx)
	}
	addr, err := listenOnce(ctx, port)
	if err != nil {
		return "", fmt.Errorf("port %d is taken: stop what uses it, or choose another (%w)", port, err)
	}
	return addr, nil
}

// listenOnce finds out whether an address can be had.
func listenOnce(ctx context.Context, port int) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

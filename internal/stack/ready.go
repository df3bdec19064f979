//go:build unix

package stack

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

const loopback = "127.0.0.1"

// answers is ready when the address says 200.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, answer.Status)
		}
		return nil
	}
}

// pings is ready when the server answers PING, or says that it is loading or
// wants a password: it is there.
func pings(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		db := client(addr)
		defer db.Close()
		err := db.Ping(ctx).Err()
		if redis.HasErrorPrefix(err, "LOADING") || redis.HasErrorPrefix(err, "NOAUTH") {
			return nil
		}
		return err
	}
}

// FreeAddress is a place on loopback where nobody listens.
func FreeAddress(ctx context.Context) (string, error) { return port(ctx, 0) }

// port is the address with the port given, or with a free one for 0.
func port(ctx context.Context, given int) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(loopback, strconv.Itoa(given)))
	if err != nil {
		return "", fmt.Errorf("port %d is taken: stop what uses it, or choose another (%w)", given, err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

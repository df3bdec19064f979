//go:build unix

package stack

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
)

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

package mockapp_test

import (
	"bytes"
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// patience is how long a test waits for what is bound to happen; nearly always it takes a fraction of it.
const patience = 20 * time.Second

// start plays against the server until the test ends, or stop is called. Stop fails the test when Run does not return.
func start(t *testing.T, s *testserver.Server, o mockapp.Options) (a *mockapp.App, stop func()) {
	t.Helper()
	a, err := mockapp.New(&redis.Options{Addr: s.Addr}, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run did not return")
		}
	})
	t.Cleanup(stop)
	return a, stop
}

// client looks at the server as a test does.
func client(t *testing.T, s *testserver.Server) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{
		Addr: s.Addr, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// eventually waits for the condition, and says which it was when it does not come true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// stat is a number of INFO.
func stat(t *testing.T, c *redis.Client, field string) int {
	t.Helper()
	info, err := c.Info(t.Context(), "all").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(info, "\n"+field)
	if !found {
		return 0
	}
	end := strings.IndexAny(rest, ",\r\n")
	n, err := strconv.Atoi(strings.TrimLeft(rest[:end], ":"))
	if err != nil {
		t.Fatalf("INFO %s: %v", field, err)
	}
	return n
}

// lookups are the key look-ups that hit and missed so far.
type lookups struct{ hits, misses int }

func looked(t *testing.T, c *redis.Client) lookups {
	t.Helper()
	return lookups{stat(t, c, "keyspace_hits"), stat(t, c, "keyspace_misses")}
}

func (l lookups) since(o lookups) lookups { return lookups{l.hits - o.hits, l.misses - o.misses} }
func (l lookups) count() int              { return l.hits + l.misses }
func (l lookups) ratio() float64          { return float64(l.hits) / float64(l.count()) }

// journal is a log to be read by a test.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) count(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), text)
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

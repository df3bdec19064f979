package mockapp

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/wait"
)

// link is what all patterns know of the server: whether it answers. Many loops notice an outage at the same moment;
// the first to report it is the one that waits for the server's return and writes the one line about it, the others
// wait for its word.
type link struct {
	server *redis.Client
	log    *slog.Logger

	mu       sync.Mutex
	back     chan struct{}        // open during an outage, nil otherwise
	returned time.Time            // the end of the last outage
	refused  map[string]time.Time // by pattern, when a refusal was last logged
}

func newLink(server *redis.Client, log *slog.Logger) *link {
	return &link{server: server, log: log, refused: map[string]time.Time{}}
}

// wait returns when the server is believed to answer, and false when ctx is done.
func (l *link) wait(ctx context.Context) bool {
	l.mu.Lock()
	back := l.back
	l.mu.Unlock()
	if back == nil {
		return ctx.Err() == nil
	}
	select {
	case <-back:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// failed takes the error of a step. It comes back when the server answers or ctx is done.
func (l *link) failed(ctx context.Context, pattern string, began time.Time, err error) {
	if !l.open(began) {
		return
	}
	answers := l.server.Ping(ctx).Err() == nil
	if !answers {
		l.outlast(ctx, err)
	}
	l.close()
	if answers {
		l.refusal(pattern, err)
		wait.For(ctx, 100*time.Millisecond) // a worker that is refused must not ask in a tight loop
	}
}

// open begins an outage. It says no when one is on already, or when the failed step began before the last one ended:
// that failure is old news.
func (l *link) open(began time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.back != nil || began.Before(l.returned) {
		return false
	}
	l.back = make(chan struct{})
	return true
}

func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.returned = time.Now()
	close(l.back)
	l.back = nil
}

// outlast asks again, ever more slowly, until the server answers.
func (l *link) outlast(ctx context.Context, cause error) {
	const first, slowest = 50 * time.Millisecond, 2 * time.Second
	if ctx.Err() != nil {
		return
	}
	began := time.Now()
	l.log.WarnContext(ctx, "the server is not available, trying again", "err", cause)
	for pause := first; wait.For(ctx, pause); pause = min(2*pause, slowest) {
		if l.server.Ping(ctx).Err() == nil {
			l.log.InfoContext(ctx, "the server is available again", "after", time.Since(began).Round(time.Millisecond))
			return
		}
	}
}

// refusal tells of an error the server itself sent (out of memory, not permitted, wrong type): once a minute for each
// pattern. Anything else, while the server answers a ping, was a connection that an outage left behind.
func (l *link) refusal(pattern string, err error) {
	if _, ok := errors.AsType[redis.Error](err); !ok {
		l.log.Debug("step failed", "pattern", pattern, "err", err)
		return
	}
	l.mu.Lock()
	last := l.refused[pattern]
	due := time.Since(last) > time.Minute
	if due {
		l.refused[pattern] = time.Now()
	}
	l.mu.Unlock()
	if due {
		l.log.Warn("the server refused", "pattern", pattern, "err", err)
	}
}

//go:build unix

package healthyday

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// background runs until the test ends, and is waited for.
func (l *lab) background(run func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(l.t.Context())
	var done sync.WaitGroup
	done.Go(func() { run(ctx) })
	l.t.Cleanup(func() { cancel(); done.Wait() })
}

// play is the mock application, with nothing wrong.
func (l *lab) play(s *testserver.Server, which server, log io.Writer) {
	l.t.Helper()
	options := mockapp.Options{
		Consume: mockapp.BLPop,
		Log:     slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if which.fifo {
		options.Consume = mockapp.BRPop
	}
	app, err := mockapp.New(&redis.Options{Addr: s.Addr}, options)
	if err != nil {
		l.t.Fatal(err)
	}
	l.background(func(ctx context.Context) { _ = app.Run(ctx) })
}

// batches brings more jobs at once than workers can take, who have them done in
// half a minute.
func (l *lab) batches(s *testserver.Server) {
	db := l.client(s)
	l.background(func(ctx context.Context) {
		for ; ctx.Err() == nil; wait(ctx, time.Minute) {
			for queue, jobs := range map[string]int{"queue:medium": 40, "queue:low": 120} {
				for range jobs {
					now := time.Now()
					db.LPush(ctx, queue, fmt.Sprintf(`{"id":"%d","type":"batch","timestamp":%d,"payload":{}}`, now.UnixNano(), now.UnixMilli()))
				}
			}
		}
	})
}

func (l *lab) client(s *testserver.Server) *redis.Client {
	db := redis.NewClient(&redis.Options{Addr: s.Addr})
	l.t.Cleanup(func() { _ = db.Close() })
	return db
}

// stream is a producer and a worker of a stream.
func (l *lab) stream(s *testserver.Server) {
	const key, group, pace = "queue:stream", "workers", 250 * time.Millisecond
	s.Must(l.t, "XGROUP", "CREATE", key, group, "$", "MKSTREAM")
	db := l.client(s)
	l.background(func(ctx context.Context) {
		for ctx.Err() == nil {
			db.XAdd(ctx, &redis.XAddArgs{Stream: key, MaxLen: 100, Values: []string{"job", strconv.FormatInt(time.Now().UnixMilli(), 10)}})
			wait(ctx, pace)
		}
	})
	l.background(func(ctx context.Context) {
		for ctx.Err() == nil {
			read, err := db.XReadGroup(ctx, &redis.XReadGroupArgs{Group: group, Consumer: "worker1", Streams: []string{key, ">"}, Count: 1, Block: pace}).Result()
			if err != nil {
				wait(ctx, pace/10)
				continue
			}
			wait(ctx, pace/5)
			db.XAck(ctx, key, group, read[0].Messages[0].ID)
		}
	})
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// logbook keeps what is written to it from several goroutines.
type logbook struct {
	lock sync.Mutex
	text strings.Builder
}

func (b *logbook) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.Write(p)
}

// complaints are the lines of applications that could not do their work.
func (b *logbook) complaints() []string {
	b.lock.Lock()
	defer b.lock.Unlock()
	var all []string
	for line := range strings.Lines(b.text.String()) {
		if !strings.Contains(line, "level=INFO") {
			all = append(all, line)
		}
	}
	return all
}

// quiet drops what go-redis says of each attempt to connect: the application
// tells of an outage itself.
type quiet struct{}

// Printf is the interface of go-redis.
func (quiet) Printf(context.Context, string, ...any) {}

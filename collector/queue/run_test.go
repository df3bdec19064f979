package queue

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
	"valkey-exporter/internal/wait"
)

// running is a discoverer in its loop.
type running struct {
	stop  context.CancelFunc
	ended chan struct{}
}

// run starts the loop; it ends with the test at the latest.
func run(t testing.TB, d *Discoverer) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := running{cancel, make(chan struct{})}
	go func() {
		defer close(r.ended)
		d.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-r.ended })
	return r
}

// patience is how long a test waits for what must happen.
const patience = time.Minute

// mustEnd stops the loop and expects its end before the step under way would
// have been given up anyway.
func (r running) mustEnd(t testing.TB) {
	t.Helper()
	r.stop()
	select {
	case <-r.ended:
	case <-time.After(stepTimeout / 2):
		t.Fatal("Run has not ended")
	}
}

func waitFor(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestRunWithoutPatternsReturnsAtOnce(t *testing.T) {
	NewDiscoverer(NewWatchlist(Options{}), nil, Pace{}, hour, slog.New(slog.DiscardHandler)).Run(t.Context())
}

func TestRunFindsWhatComesLater(t *testing.T) {
	server := testserver.Valkey(t)
	list := NewWatchlist(oneDatabase())
	d := NewDiscoverer(list, connect(t, server), Pace{Interval: time.Millisecond, Share: 0.5}, hour, slog.New(slog.DiscardHandler))
	loop := run(t, d)
	for _, key := range []string{"queue:a", "queue:b"} {
		server.Must(t, "RPUSH", key, "x")
		waitFor(t, key+" found", func() bool { return watches(list, key) })
	}
	loop.mustEnd(t)
}

// Wherever the server stops answering, Run ends with its context.
func TestRunEndsWhileTheServerHangs(t *testing.T) {
	handler := fake.Handshake(func(args []string) []byte {
		switch args[0] {
		case "SCAN":
			return fake.Array(fake.Bulk("0"), fake.Array())
		case "INFO":
			return fake.Bulk("# Server\r\nredis_version:7.2.4\r\n")
		}
		return fake.Error("ERR unknown command")
	})
	for _, command := range []string{"HELLO", "INFO", "CLIENT SETNAME", "PING", "SCAN"} {
		t.Run(command, func(t *testing.T) {
			server := fake.New(t, handler)
			server.Hang(command)
			conn := open(t, server.Addr, "")
			d := NewDiscoverer(NewWatchlist(oneDatabase()), conn, Pace{time.Minute, 0.01}, hour, slog.New(slog.DiscardHandler))
			loop := run(t, d)
			waitFor(t, command+" asked", func() bool { return server.Count(command) > 0 })
			loop.mustEnd(t)
			_ = conn.Close()
			server.Close()
			waitFor(t, "every goroutine ended", func() bool { return ours() == 0 })
		})
	}
}

// ours is how many goroutines run code of this module's client or walker.
func ours() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	n := 0
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(stack, "collector/valkey.") || strings.Contains(stack, "queue.(*Discoverer)") {
			n++
		}
	}
	return n
}

func TestRunEndsWhileTheServerIsStopped(t *testing.T) {
	server := testserver.Valkey(t)
	d := NewDiscoverer(NewWatchlist(oneDatabase()), connect(t, server), Pace{time.Millisecond, 0.5}, hour, slog.New(slog.DiscardHandler))
	stopped := make(chan struct{})
	d.pause = func(context.Context, time.Duration) bool {
		d.pause = wait.For
		server.Pause()
		close(stopped)
		return true
	}
	t.Cleanup(server.Resume)
	loop := run(t, d)
	<-stopped // after the first piece
	loop.mustEnd(t)
}

// A walk that was broken off by us says nothing about the server.
func TestStoppingIsNoFailure(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "DEBUG", "POPULATE", "1000", "cache", "10")
	d := discover(t, connect(t, server), oneDatabase())
	d.once()
	before := d.status().Walks[0]

	ctx, cancel := context.WithCancel(t.Context())
	d.pause = func(context.Context, time.Duration) bool { cancel(); return false } // after the first piece
	d.Run(ctx)
	if after := d.status().Walks[0]; after != before {
		t.Errorf("walk = %+v, want that before, %+v", after, before)
	}
	d.logged(0, "level=")
}

package mockapp

import (
	"context"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/testserver"
)

// deaf executes a command once whose answer does not arrive.
type deaf struct {
	command string
	done    atomic.Bool
}

func (d *deaf) DialHook(next redis.DialHook) redis.DialHook { return next }

func (d *deaf) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return d.hear(next(ctx, cmd), cmd)
	}
}

func (d *deaf) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, all []redis.Cmder) error {
		return d.hear(next(ctx, all), all...)
	}
}

func (d *deaf) hear(err error, all ...redis.Cmder) error {
	for _, cmd := range all {
		if cmd.Name() == d.command && err == nil && d.done.CompareAndSwap(false, true) {
			cmd.SetErr(os.ErrDeadlineExceeded)
			return os.ErrDeadlineExceeded
		}
	}
	return err
}

// A command that got no answer in time may have been executed. It leaves a note of a
// job that nobody has, and nobody would remove.
func TestACommandWithoutAnAnswerLeavesNoJobInHand(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	a, err := New(&redis.Options{Addr: server.Addr}, Options{Rate: 20})
	if err != nil {
		t.Fatal(err)
	}
	note, take := &deaf{command: "sadd"}, &deaf{command: "eval"}
	for _, r := range a.patterns {
		switch p := r.pattern.(type) {
		case *worker:
			p.line.db.AddHook(note)
		case *reliable:
			p.db.AddHook(take)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	defer func() { cancel(); <-ended }()

	until(t, "both commands were not heard", func() bool { return note.done.Load() && take.done.Load() })
	left := notes(t, server)
	until(t, "jobs that were in hand are gone", func() bool {
		now := notes(t, server)
		return !slices.ContainsFunc(left, func(job string) bool { return slices.Contains(now, job) })
	})
}

// notes are the jobs in hand.
func notes(t *testing.T, server *testserver.Server) []string {
	t.Helper()
	db := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer db.Close()
	all := db.LRange(t.Context(), "queue:processing", 0, -1).Val()
	for _, key := range db.Keys(t.Context(), "queue:processing:*").Val() {
		all = append(all, db.SMembers(t.Context(), key).Val()...)
	}
	return all
}

func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

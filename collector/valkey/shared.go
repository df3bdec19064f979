package valkey

import (
	"context"
	"sync"
	"time"
)

// Shared lets several callers ask at once: those who come while a scrape is
// under way get its result, so that a pair of Prometheus servers costs the
// Valkey server one round trip.
type Shared struct {
	scrape func(context.Context) Snapshot

	running sync.Mutex // held by the one scrape under way
	mu      sync.Mutex
	current *flight
}

// flight is a scrape and those who wait for it.
type flight struct {
	waiters int
	cancel  context.CancelCauseFunc
	done    chan struct{}
	snap    Snapshot
}

// Share wraps scrape, which will never be called twice at once.
func Share(scrape func(context.Context) Snapshot) *Shared { return &Shared{scrape: scrape} }

// Snapshot is the result of the scrape under way, or of a new one. When ctx
// ends first, the caller gets a Snapshot that says so; when nobody waits any
// more, the scrape is cancelled.
func (s *Shared) Snapshot(ctx context.Context) Snapshot {
	start := time.Now()
	f := s.join(ctx)
	select {
	case <-f.done:
		return f.snap
	case <-ctx.Done():
		s.leave(f, context.Cause(ctx))
		return unanswered(context.Cause(ctx), time.Since(start))
	}
}

// unanswered is the snapshot of a server that has not answered in time.
func unanswered(err error, after time.Duration) Snapshot {
	s := Snapshot{
		Err: err, Took: after, Slowlog: Slowlog{Length: NotSent}, Probes: Lookups{NotSent, NotSent},
		QueueErrors: QueueErrors{NotSent, NotSent, NotSent, NotSent, NotSent},
	}
	for i := range s.Sources {
		s.Sources[i] = Outcome{Asked: true, Err: err}
	}
	return s
}

func (s *Shared) join(ctx context.Context) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		s.current = s.start(ctx)
	}
	s.current.waiters++
	return s.current
}

// start begins a scrape that lives as long as somebody waits for it, not as
// long as the caller who happened to be first.
func (s *Shared) start(ctx context.Context) *flight {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel(nil)
		s.running.Lock() // a cancelled one may still be ending
		if ctx.Err() == nil {
			f.snap = s.scrape(ctx)
		}
		s.running.Unlock()
		s.forget(f)
		close(f.done)
	}()
	return f
}

func (s *Shared) leave(f *flight, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel(cause)
	if s.current == f {
		s.current = nil
	}
}

func (s *Shared) forget(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == f {
		s.current = nil
	}
}

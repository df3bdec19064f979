//go:build unix

package valkey_test

import (
	"context"
	"math"
	"testing"

	"valkey-exporter/collector/valkey"
)

// together asks for n snapshots at once, each with a context of its own, and
// waits until all of them are being waited for.
func together(t *testing.T, shared *valkey.Shared, n int) (leave []context.CancelFunc, answers chan valkey.Snapshot) {
	t.Helper()
	answers = make(chan valkey.Snapshot)
	for range n {
		ctx, cancel := context.WithCancel(t.Context())
		leave = append(leave, cancel)
		go func() { answers <- shared.Snapshot(ctx) }()
	}
	eventually(t, "all callers wait", func() bool { return shared.Waiters() == n })
	return leave, answers
}

func TestSimultaneousCallersShareOneRoundTrip(t *testing.T) {
	server := replay(t, nil)
	asker := newAsker(open(t, server.Addr), queues("q")...)
	asker.good(t)
	trips := server.RoundTrips()
	all := make(chan struct{})
	shared := valkey.Share(func(ctx context.Context) valkey.Snapshot {
		<-all
		return asker.scrape(ctx)
	})
	leave, answers := together(t, shared, 3)
	close(all)
	for i := range leave {
		if s := <-answers; s.Err != nil || !s.Up {
			t.Errorf("caller %d: up %v, %v", i, s.Up, s.Err)
		}
		defer leave[i]()
	}
	if n := server.RoundTrips() - trips; n != 1 {
		t.Errorf("%d round trips for simultaneous callers, want 1", n)
	}
}

func TestCancelledCallerReturnsAtOnceAndTheLastOneEndsTheScrape(t *testing.T) {
	server := replay(t, nil)
	asker := newAsker(open(t, server.Addr), queues("q")...)
	asker.good(t)
	server.Hang("SLOWLOG LEN")
	asked := server.Count("SLOWLOG LEN")
	ended := make(chan error, 2)
	shared := valkey.Share(func(ctx context.Context) valkey.Snapshot {
		s := asker.scrape(ctx)
		ended <- s.Sources[valkey.SourceSlowlog].Err
		return s
	})
	leave, answers := together(t, shared, 2)
	eventually(t, "the server is hung", func() bool { return server.Count("SLOWLOG LEN") > asked })

	leave[0]()
	if s := <-answers; s.Up || valkey.KindOf(s.Err) != valkey.KindCanceled {
		t.Errorf("first caller: up %v, %v", s.Up, s.Err)
	}
	if n := shared.Waiters(); n != 1 || len(ended) != 0 {
		t.Errorf("%d callers wait, %d scrapes have ended, want the one to go on", n, len(ended))
	}
	leave[1]()
	<-answers
	if err := <-ended; valkey.KindOf(err) != valkey.KindCanceled {
		t.Errorf("the scrape ended with %v", err)
	}
	server.Heal()
	if s := shared.Snapshot(t.Context()); s.Err != nil {
		t.Errorf("next: %v", s.Err)
	}
}

func TestCallerThatDidNotWaitKnowsNothing(t *testing.T) {
	shared := valkey.Share(func(ctx context.Context) valkey.Snapshot {
		<-ctx.Done()
		return valkey.Snapshot{Up: true}
	})
	leave, answers := together(t, shared, 1)
	leave[0]()
	s := <-answers
	if s.Up || s.Err == nil || !math.IsNaN(s.Slowlog.Length) || !math.IsNaN(s.Probes.Hits) || !math.IsNaN(s.Probes.Misses) {
		t.Errorf("got %+v, want nothing that could be taken for a value", s)
	}
}

//go:build unix

package class_test

import (
	"context"
	"log/slog"
	"testing"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/queue"
	"valkey-exporter/internal/testserver"
)

// short ends the walk after it was told of keys for the first time.
type short struct {
	*class.Survey

	cancel context.CancelFunc
}

func (s short) Meet(ctx context.Context, keys []string) error {
	err := s.Survey.Meet(ctx, keys)
	s.cancel()
	return err
}

// once walks one time, to the end or for a moment.
func (s *subject) once(whole bool) error {
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	d := queue.NewDiscoverer(queue.NewWatchlist(queue.Options{}), s.walker, queue.Pace{Interval: hour, Share: 0.5}, hour, slog.New(slog.DiscardHandler))
	if whole {
		d.Count(s.Survey, hour)
	} else {
		d.Count(short{s.Survey, cancel}, hour)
	}
	return d.Once(ctx)
}

// What a walk has met that was cut off is told as a part; after one that has reached
// its end, that is not.
func TestWalkThatIsCutOff(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, append(times(3000, "set session:%d x ex 50"), times(3000, "set user:%d x")...)...)
	s := survey(t, server, "")
	if err := s.once(false); err == nil {
		t.Error("a walk that was cut off has no error")
	}
	if status := s.Status(); len(status.Reports) > 0 {
		t.Errorf("before Stop there are reports: %+v", status.Reports)
	}
	s.Stop()
	status := s.Status()
	if len(status.Walks) != 1 || status.Walks[0].Complete || status.Walks[0].Ended.IsZero() || status.Walks[0].Work != 0 {
		t.Fatalf("walks %+v, want one that is not complete", status.Walks)
	}
	for _, name := range []string{"session:*", "user:*"} {
		if r := of(t, status, name); !(r.Keys > 0 && r.Keys < 3000) || r.Expiry == nil || r.Memory == nil {
			t.Errorf("%s: %+v, want some of 3000 keys", name, r)
		}
	}

	s = survey(t, server, "")
	if err := s.once(true); err != nil {
		t.Fatal(err)
	}
	_ = s.once(false)
	s.Stop()
	if r := of(t, s.Status(), "session:*"); r.Keys < 3000 || !s.Status().Walks[0].Complete {
		t.Errorf("%+v in %+v, want what the whole walk has shown", r, s.Status().Walks)
	}
}

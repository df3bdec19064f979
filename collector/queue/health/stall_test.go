package health

import (
	"errors"
	"math"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

func (s *story) wantStalled(key string, seconds float64) {
	s.t.Helper()
	if got := s.report(key).Flow.Stalled; got != seconds && !(math.IsNaN(got) && math.IsNaN(seconds)) {
		s.t.Errorf("after %s: %s stalled for %g s, want %g", s.now.Sub(noon), key, got, seconds)
	}
}

func TestAQueueStallsFromWhenItIsSeenNonEmpty(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.look().wantStalled("q", 0)
	s.lpush("q", jobs(3)...)
	s.look().wantStalled("q", 0)
	s.look().wantStalled("q", 5)
	s.lpush("q", "more") // what comes does not leave
	s.look().wantStalled("q", 10)
	s.pass(time.Second)
	s.wantStalled("q", 11)
}

func TestWhatLeavesEndsAStall(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(3)...)
	s.look().look().look().wantStalled("q", 10)
	s.rpop("q", 1)
	s.look().wantStalled("q", 0)
	s.look().wantStalled("q", 5)
	s.rpop("q", 2)
	s.look().wantStalled("q", 0)
	s.look().wantStalled("q", 0) // empty
}

func TestAScrapeSeesThingsLeave(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(3)...)
	s.look().look().wantStalled("q", 5)
	s.pass(time.Second)
	s.rpop("q", 1)
	s.scrape()
	s.wantStalled("q", 0)
	s.pass(time.Second)
	s.wantStalled("q", 1)
}

func TestAStalledQueueStaysSoWhileItGivesNoAnswer(t *testing.T) {
	s := play(t, Settings{MaxAge: time.Minute}, "work q")
	s.lpush("q", job("a", noon))
	s.look()
	s.broken["q"] = errors.New("NOPERM")
	s.look().look()
	s.wantStalled("q", 10)
	s.wantAge("q", 15, "enqueued_at")
	if got := s.report("q").Freshness.Probes; got != 1 {
		t.Errorf("%g probes, want one: the others showed nothing", got)
	}
	for range 6 {
		s.look()
	}
	r := s.report("q")
	if !math.IsNaN(r.Flow.Stalled) || !math.IsNaN(r.Age.Seconds) || !r.Age.Oldest.IsZero() || r.Freshness.Probes != 1 {
		t.Errorf("after half a minute without an answer: %+v, want counters only", r)
	}
	delete(s.broken, "q")
	s.look().wantStalled("q", 45)
}

func TestInProgressIsNotStalled(t *testing.T) {
	s := play(t, Settings{}, "processing p")
	s.sadd("p", "a")
	s.look().look().wantStalled("p", valkey.NotSent)
}

// TestEqualMessagesAreNoStall: nobody can tell whether those that are there are
// the same as before, and the server popped something.
func TestEqualMessagesAreNoStall(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", "tick", "tick", "tick")
	s.look()
	for range 4 {
		s.lpush("q", "tick")
		s.rpop("q", 1)
		s.look()
	}
	s.wantStalled("q", 0)
	s.look().look().wantStalled("q", 10) // nothing popped any more
}

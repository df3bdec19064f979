package health

import (
	"fmt"
	"testing"
	"time"
)

func TestFlowOfAListIsExactWhenItsEndsTell(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(10)...)
	s.look()
	for i := range 5 {
		s.lpush("q", fmt.Sprint("a", i), fmt.Sprint("b", i))
		s.rpop("q", 3)
		s.look()
	}
	s.wantFlow("q", 10, 15, "marker", true)
	if got := s.report("q").Flow.Gaps; got != 0 {
		t.Errorf("%g gaps, want none", got)
	}
}

func TestScrapesSeeWhatComesAndGoesBetweenLooks(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.look()
	for range 3 {
		s.lpush("q", "a", "b", "c")
		s.pass(time.Second)
		s.scrape()
		s.rpop("q", 1)
		s.pass(time.Second)
		s.scrape()
		s.rpop("q", 2)
		s.look()
	}
	f := s.report("q").Flow
	if f.Enqueued != 9 || f.Dequeued != 9 {
		t.Errorf("%g came and %g went, want 9 and 9", f.Enqueued, f.Dequeued)
	}
}

func TestCountersStayWhenTheExporterRestartsBetweenAScrapeAndALook(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.look()
	s.lpush("q", jobs(7)...)
	s.pass(time.Second)
	s.scrape()
	s.restartExporter()
	if got := s.report("q").Flow.Enqueued; got != 7 {
		t.Errorf("%g came, want 7", got)
	}
	s.rpop("q", 1)
	s.look()
	if got := s.report("q").Flow; got.Enqueued != 7 || got.Dequeued != 1 {
		t.Errorf("%g came and %g went, want 7 and 1", got.Enqueued, got.Dequeued)
	}
}

// TestWhatAScrapeSawGoMayHaveVanished: the look tells, and it is counted once.
func TestWhatAScrapeSawGoMayHaveVanished(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(7)...)
	s.look()
	s.pass(time.Second)
	s.del("q")
	s.scrape()
	s.look()
	s.wantVanished("q", 7, map[string]float64{"deleted": 7})
	if got := s.report("q").Flow.Dequeued; got != 0 {
		t.Errorf("%g went, want none", got)
	}
}

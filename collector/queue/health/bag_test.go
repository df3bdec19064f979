package health

import (
	"fmt"
	"testing"
	"time"
)

// wantFlow expects so many messages that came and went.
func (s *story) wantFlow(key string, enqueued, dequeued float64, method string, exact bool) {
	s.t.Helper()
	f := s.report(key).Flow
	if f.Enqueued != enqueued || f.Dequeued != dequeued || f.Method != method || f.Exact != exact {
		s.t.Errorf("after %s: %s: %g came and %g went by %q, exact %t; want %g, %g, %q, %t", s.now.Sub(noon), key,
			f.Enqueued, f.Dequeued, f.Method, f.Exact, enqueued, dequeued, method, exact)
	}
}

func TestFlowStartsAtTheFirstLook(t *testing.T) {
	s := play(t, Settings{}, "work q", "work s")
	s.lpush("q", jobs(10)...)
	s.sadd("s", "a", "b")
	s.look()
	s.wantFlow("q", 0, 0, "", true)
	s.wantFlow("s", 0, 0, "", true)
}

func TestMembersOfASetComeAndGo(t *testing.T) {
	s := play(t, Settings{}, "work s")
	s.look()
	s.sadd("s", "a", "b", "c")
	s.look() // nothing was removed anywhere
	s.wantFlow("s", 3, 0, "length", true)
	s.sadd("s", "d")
	s.look()
	s.wantFlow("s", 4, 0, "length", true) // the first look that asked for members
	s.sadd("s", "e", "f")
	s.srem("s", "a", "e")
	s.look()
	s.wantFlow("s", 5, 1, "length", false) // the least exact of late
	s.wantStalled("s", 0)
	s.look()
	s.wantFlow("s", 5, 1, "length", false)
	s.wantStalled("s", 5)
	for range int(inexactMemory / interval) {
		s.look()
	}
	s.wantFlow("s", 5, 1, "members", true)
	if got := s.report("s").Flow.Gaps; got != 1 {
		t.Errorf("%g gaps, want one", got)
	}
}

func TestOfManyMembersOnlyTheLengthIsKnown(t *testing.T) {
	s := play(t, Settings{}, "work s")
	var ids []string
	for i := range membersAsked + 100 {
		ids = append(ids, fmt.Sprint(i))
	}
	s.sadd("s", ids...)
	s.look().look()
	s.srem("s", ids[:30]...)
	s.sadd("s", "new", "newer")
	s.look()
	s.wantFlow("s", 0, 28, "length", false)
	s.wantStalled("s", 0)
}

func TestMembersOfALongSortedSetAreNotAsked(t *testing.T) {
	s := play(t, Settings{}, "work z", "processing p")
	for i := range membersAsked + 1 {
		s.zadd("z", float64(i), fmt.Sprint(i))
		s.zadd("p", float64(i), fmt.Sprint(i))
	}
	s.look().look()
	if z, p := s.asked[0].Members, s.asked[1].Members; z != 0 || p != membersAsked {
		t.Errorf("%d and %d members were asked, want none of work and %d in progress", z, p, membersAsked)
	}
}

func TestScrapesSeeASetStallAndMove(t *testing.T) {
	s := play(t, Settings{}, "work s")
	s.sadd("s", "a", "b")
	s.look().look()
	s.wantStalled("s", 5)
	s.srem("s", "a")
	s.pass(time.Second)
	s.scrape()
	s.wantStalled("s", 0)
}

func TestASetThatIsGoneHasVanishedIfNothingWasRemovedAnywhere(t *testing.T) {
	s := play(t, Settings{}, "work s", "work other")
	s.sadd("s", "a", "b")
	s.sadd("other", "x")
	s.look()
	s.del("s")
	s.look()
	s.wantVanished("s", 2, map[string]float64{"deleted": 2})
	s.sadd("s", "a", "b")
	s.look()
	s.del("s")
	s.srem("other", "x") // or was it this one?
	s.look()
	s.wantVanished("s", 2, map[string]float64{"deleted": 2})
}

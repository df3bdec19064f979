package health

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

// wantHeld expects so many messages in progress, the oldest for so long.
func (s *story) wantHeld(key string, messages, seconds float64) {
	s.t.Helper()
	p := s.report(key).Processing
	if p == nil || p.Messages != messages || p.OldestAge != seconds && !(math.IsNaN(seconds) && math.IsNaN(p.OldestAge)) {
		s.t.Errorf("after %s: %s has %+v, want %g messages, the oldest for %g s", s.now.Sub(noon), key, p, messages, seconds)
	}
}

// wantDurations expects so many observed durations, and their sum.
func (s *story) wantDurations(key string, count uint64, sum float64) {
	s.t.Helper()
	if d := s.report(key).Processing.Durations; d.Count != count || d.Sum != sum {
		s.t.Errorf("%d durations of %g s together, want %d of %g", d.Count, d.Sum, count, sum)
	}
}

func TestAMessageInProgressIsAsOldAsItWasSeen(t *testing.T) {
	for name, add := range map[string]func(*story, string){
		"set":        func(s *story, id string) { s.sadd("p", id) },
		"list":       func(s *story, id string) { s.lpush("p", id) },
		"sorted set": func(s *story, id string) { s.zadd("p", 1, id) },
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{Worker: "7"}, "processing p")
			s.look().wantHeld("p", 0, 0)
			add(s, "a")
			s.look().wantHeld("p", 1, 0)
			add(s, "b")
			s.look().wantHeld("p", 2, 5)
			s.pass(time.Second)
			s.wantHeld("p", 2, 6)
			if got := s.report("p").Processing.Worker; got != "7" {
				t.Errorf("worker %q, want 7", got)
			}
		})
	}
}

func TestWhatIsDoneTookAsLongAsItWasSeen(t *testing.T) {
	s := play(t, Settings{}, "processing p", "processing l")
	s.look()
	s.sadd("p", "a", "b")
	s.lpush("l", "a", "a", "b") // equal entries are one
	s.look()
	s.sadd("p", "c")
	s.look()
	s.srem("p", "a", "c")
	s.lrem("l", "b")
	s.look()
	s.wantDurations("p", 2, 15)
	s.wantDurations("l", 1, 10)
	s.srem("p", "b")
	s.lrem("l", "a")
	s.look()
	s.wantDurations("p", 3, 30)
	s.wantDurations("l", 1, 10)
	s.lrem("l", "a")
	s.look()
	s.wantDurations("l", 2, 30)
	if got, want := s.report("p").Processing.Durations.Buckets, []uint64{0, 1, 2, 3, 3, 3, 3, 3, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("buckets %v, want %v", got, want)
	}
}

func TestAReportOfDurationsNeverChanges(t *testing.T) {
	s := play(t, Settings{}, "processing p")
	s.sadd("p", "a", "b")
	s.look().look()
	s.srem("p", "a")
	s.look()
	early := s.report("p").Processing.Durations.Buckets
	kept := slices.Clone(early)
	s.srem("p", "b")
	s.look()
	if !slices.Equal(early, kept) {
		t.Errorf("%v became %v", kept, early)
	}
}

func TestASetThatExpiresIsLostAndNotDone(t *testing.T) {
	s := play(t, Settings{}, "processing p", "processing busy")
	s.sadd("p", "a", "b")
	s.expire("p", 13*time.Second)
	s.sadd("busy", "x")
	s.look()
	if got := s.report("p").Processing.TTL; got != 8 {
		t.Errorf("TTL %g, want 8", got)
	}
	for range 3 {
		each(4, func() { s.srem("busy", "nothing") })
		s.look()
	}
	s.wantVanished("p", 2, map[string]float64{"expired": 2})
	s.wantDurations("p", 0, 0)
	s.wantHeld("p", 0, 0)
}

// TestATTLThatIsRenewedIsNoLoss: the time to live is shorter than an interval,
// and jobs are done in time.
func TestATTLThatIsRenewedIsNoLoss(t *testing.T) {
	s := play(t, Settings{}, "processing p")
	for i := range 10 {
		s.sadd("p", fmt.Sprint(i))
		s.expire("p", interval+2*time.Second)
		s.look()
		s.expire("p", interval+2*time.Second)
		s.srem("p", fmt.Sprint(i))
		s.look()
	}
	s.wantVanished("p", 0, map[string]float64{})
	s.wantDurations("p", 10, 50)
}

func TestAWorkerThatIsKilledLeavesItsMessages(t *testing.T) {
	s := play(t, Settings{}, "work q", "processing p")
	s.lpush("q", "a", "b", "c")
	s.look()
	s.rpoplpush("q", "p")
	for range 12 {
		s.look()
	}
	s.wantHeld("p", 1, 55)
	s.wantStalled("q", 55)
	s.wantDurations("p", 0, 0)
	s.wantVanished("q", 0, map[string]float64{})
}

func TestTooManyMembersToSeeGiveNoDurations(t *testing.T) {
	s := play(t, Settings{}, "processing p")
	for i := range membersAsked + 1 {
		s.sadd("p", fmt.Sprint(i))
	}
	s.look().look()
	s.srem("p", "0", "1", "2")
	s.look().wantHeld("p", membersAsked-2, 10)
	s.wantDurations("p", 0, 0)
	s.srem("p", "3") // now all of them are seen
	s.look().wantDurations("p", 1, 15)
	if got := len(s.queuesByID()["p"].members.first); got > membersAsked {
		t.Errorf("%d members are remembered, want %d at most", got, membersAsked)
	}
}

func (s *story) queuesByID() map[string]*watched {
	all := make(map[string]*watched)
	for id, w := range s.Tracker.queues {
		all[id.key] = w
	}
	return all
}

func TestIdleTimeIsAskedOfWhatIsInProgress(t *testing.T) {
	s := play(t, Settings{}, "processing p", "work q")
	s.sadd("p", "a")
	s.idle["p"] = 3 * time.Minute
	s.look()
	if got := s.report("p").Processing; got.Idle != 180 || !math.IsNaN(got.TTL) {
		t.Errorf("idle %g s, TTL %g s: want 180 and none", got.Idle, got.TTL)
	}
	delete(s.idle, "p")
	s.look()
	if got := s.report("p").Processing.Idle; !math.IsNaN(got) {
		t.Errorf("idle %g s, want none", got)
	}
	if s.asked[1].Idle || s.report("q").Processing != nil {
		t.Error("a queue of work has something in progress")
	}
}

func TestMembersThatAreNotShownHaveNoAge(t *testing.T) {
	s := play(t, Settings{}, "processing p")
	s.pass(interval)
	s.Looked(valkey.Look{At: s.now, Sights: []valkey.Sight{{
		Queue: s.queues[0], Type: valkey.TypeSet, Length: 3, TTL: valkey.None, Idle: valkey.None,
	}}})
	s.wantHeld("p", 3, valkey.NotSent)
}

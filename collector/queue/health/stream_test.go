package health

import (
	"fmt"
	"math"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

// group is a consumer group that has read so many entries, of which so many are
// not acknowledged; the first of these, and the first that it has not been
// given, are of these times.
func group(read, pending, lag float64, oldest, next time.Time) valkey.Group {
	return valkey.Group{Name: "g", Consumers: 1, Read: read, Pending: pending, Lag: lag, OldestPending: oldest, Next: next, OldestPendingIdle: valkey.None}
}

// stream is what the server's stream is like from now on. Its groups have the
// names g1, g2 and so on.
func (s *story) stream(length, added float64, groups ...valkey.Group) {
	for i := range groups {
		groups[i].Name = fmt.Sprint("g", i+1)
	}
	s.streams["x"] = &played{length, valkey.StreamSight{Added: added, First: noon, Groups: groups, GroupsInAll: len(groups)}}
}

func TestAStreamIsCountedByTheServer(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	s.stream(100, 1000, group(990, 0, 10, none, after(2)))
	s.look()
	s.wantFlow("x", 1000, 990, "stream", true)
	s.wantAge("x", 3, sourceStream)
	s.stream(100, 1010, group(990, 0, 20, none, after(2)))
	s.look()
	s.wantFlow("x", 1010, 990, "stream", true)
	s.wantStalled("x", 5)
	s.stream(100, 1010, group(1010, 5, 0, after(4), none))
	s.look()
	s.wantFlow("x", 1010, 1010, "stream", true)
	s.wantStalled("x", 0)
	s.wantAge("x", 11, sourceStream)
	s.stream(100, 1010, group(1010, 0, 0, none, none))
	s.look()
	s.wantStalled("x", 0)
	if got := s.report("x").Age; got.Seconds != 0 || !got.Oldest.IsZero() {
		t.Errorf("the oldest is %g s old, want 0: everything is acknowledged", got.Seconds)
	}
	if got := s.report("x").Stream; got == nil || got.Added != 1010 || len(got.Groups) != 1 {
		t.Errorf("stream %+v, want what the look showed", got)
	}
}

func TestTheSlowestGroupCounts(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	s.stream(100, 100, group(100, 0, 0, none, none), group(60, 0, 40, none, after(1)))
	s.look()
	s.wantFlow("x", 100, 60, "stream", true)
	s.wantAge("x", 4, sourceStream)
}

func TestCountsOfAStreamNeverFall(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	s.stream(100, 100, group(80, 0, 20, none, noon))
	s.look()
	s.stream(100, 100, group(10, 0, 90, none, noon)) // XGROUP SETID
	s.look()
	s.wantFlow("x", 100, 80, "stream", true)
	s.stream(100, 100, group(80, 0, 20, none, noon), group(0, 0, 100, none, noon))
	s.look()
	s.wantFlow("x", 100, 80, "stream", true)
	s.stream(100, 100, group(valkey.NotSent, 0, valkey.NotSent, none, noon))
	s.look()
	s.wantFlow("x", 100, 80, "stream", false)
	if got := s.report("x").Flow.Drain; !math.IsNaN(got) {
		t.Errorf("drains in %g s, want unknown", got)
	}
}

func TestAStreamDrainsAsItsSlowestGroupCatchesUp(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	for i := range 5 {
		n := float64(10 * i)
		s.stream(100, 100, group(n, 0, 100-n, none, noon), group(100, 0, 0, none, none))
		s.look()
		s.scrape() // its length says nothing
	}
	if got := s.report("x").Flow.Drain; got != 30 {
		t.Errorf("drains in %g s, want 30: 60 entries at 2 per second", got)
	}
}

func TestAStreamWithoutGroupsIsALog(t *testing.T) {
	s := play(t, Settings{}, "work x")
	s.stream(30, 100)
	s.look()
	s.wantFlow("x", 100, 70, "stream", true)
	s.wantAge("x", 5, sourceStream)
	s.look().wantStalled("x", valkey.NotSent)
}

func TestADeletedStreamTakesItsBacklogAlong(t *testing.T) {
	var none time.Time
	cases := map[string]struct {
		groups []valkey.Group
		want   map[string]float64
	}{
		"of the slowest group": {[]valkey.Group{group(60, 3, 40, noon, noon), group(100, 0, 0, none, none)}, map[string]float64{"deleted": 43}},
		"that is empty":        {[]valkey.Group{group(100, 0, 0, none, none)}, map[string]float64{}},
		"all without a group":  {nil, map[string]float64{"deleted": 100}},
	}
	for name, test := range cases {
		for _, again := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				s := play(t, Settings{}, "work x", "work q")
				s.stream(100, 100, test.groups...)
				s.look()
				before := s.report("x").Flow
				s.del("x")
				s.rpop("q", 1)
				if again {
					s.stream(7, 7)
				}
				s.look().look()
				s.wantVanished("x", total(test.want), test.want)
				added := before.Enqueued
				if again {
					added += 7
				}
				if got := s.report("x").Flow; got.Enqueued != added || got.Dequeued != before.Dequeued {
					t.Errorf("%g came and %g went, want %g and %g", got.Enqueued, got.Dequeued, added, before.Dequeued)
				}
			})
		}
	}
}

func TestAStreamOfAnOldServerIsCountedByItsLength(t *testing.T) {
	s := play(t, Settings{}, "work x")
	s.stream(10, valkey.NotSent)
	s.look()
	s.stream(15, valkey.NotSent)
	s.look()
	s.wantFlow("x", 15, 0, "stream", false)
}

func TestIDsThatAreNoTimesAreNoTimestamps(t *testing.T) {
	s := play(t, Settings{}, "work x")
	s.look()
	var none time.Time
	s.stream(1, 1, group(0, 0, 1, none, time.UnixMilli(5)))
	s.look().look()
	s.wantAge("x", 5, sourceFirstSeen)
	s.wantFailures("x", "absurd")
}

func TestAStreamThatIsNotDescribedStaysAsItWas(t *testing.T) {
	s := play(t, Settings{}, "work x")
	s.stream(100, 100)
	s.look()
	q := s.queues[0]
	s.pass(interval)
	s.Looked(valkey.Look{At: s.now, Sights: []valkey.Sight{{Queue: q, Type: valkey.TypeStream, Length: 100, TTL: valkey.None, Idle: valkey.None}}})
	s.wantFlow("x", 100, 0, "stream", false)
	s.wantAge("x", 10, sourceStream)
	s.look()
	s.wantFlow("x", 100, 0, "stream", false)
}

// leftover is a group that was made at the end of a stream, and that nobody
// reads: the server does not know its position.
func leftover(next time.Time) valkey.Group {
	return group(valkey.NotSent, 0, valkey.NotSent, time.Time{}, next)
}

func TestAGroupOfUnknownPositionDoesNotCount(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	s.stream(99, 99, leftover(none))
	s.look()
	s.wantFlow("x", 99, 0, "stream", true) // nothing was promised yet
	s.stream(99, 99, group(0, 0, 99, none, noon), leftover(none))
	s.look()
	s.wantFlow("x", 99, 0, "stream", false)
	s.stream(99, 99, group(20, 20, 79, noon, after(1)), leftover(none))
	s.look()
	s.wantFlow("x", 99, 20, "stream", false)
	s.stream(100, 100, group(50, 20, 50, noon, after(1)), group(30, 0, 70, none, noon), leftover(after(2)))
	s.look()
	s.wantFlow("x", 100, 30, "stream", false)
	s.stream(100, 100, group(50, 20, 50, noon, after(1)), group(10, 0, 90, none, noon), leftover(after(2)))
	s.look()
	s.wantFlow("x", 100, 30, "stream", false)
	s.stream(100, 100, leftover(noon), leftover(after(2)))
	s.look()
	s.wantFlow("x", 100, 30, "stream", false)
}

func TestWhatAnyGroupDoesEndsAStall(t *testing.T) {
	var none time.Time
	unknown := valkey.NotSent
	now := group(20, 20, 79, noon, after(2))
	cases := map[string]struct {
		was, is valkey.Group
		moved   bool
	}{
		"given":                      {now, group(40, 40, 59, noon, after(3)), true},
		"given, and that is all":     {group(20, 0, 79, none, after(2)), group(40, 0, 79, none, after(2)), true},
		"given first":                {leftover(after(2)), group(99, 0, unknown, none, after(2)), true},
		"acknowledged":               {now, group(20, 10, 79, noon, after(2)), true},
		"acknowledged, and given":    {now, group(20, 20, 79, after(1), after(2)), true},
		"of unknown position: next":  {leftover(after(2)), leftover(after(3)), true},
		"of unknown position: all":   {leftover(after(2)), leftover(none), true},
		"of unknown position: lag":   {group(unknown, 0, 9, none, after(2)), group(unknown, 0, 8, none, after(2)), true},
		"nothing":                    {now, now, false},
		"set back":                   {now, group(10, 20, 89, noon, after(1)), false},
		"new entries":                {group(99, 1, 0, noon, none), group(99, 1, 5, noon, after(2)), false},
		"the next was not looked at": {now, group(20, 20, 79, noon, none), false},
		"lost count of":              {now, group(unknown, 20, unknown, noon, after(2)), false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "work x")
			idle := group(5, 0, 94, none, after(1))
			s.stream(99, 99, idle, test.was)
			s.look().look().look().wantStalled("x", 10)
			s.stream(99, 99, idle, test.is)
			s.look()
			if test.moved {
				s.wantStalled("x", 0)
				s.look().wantStalled("x", 5)
				return
			}
			s.wantStalled("x", 15)
		})
	}
}

func TestTrimmingIsNoMovement(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	trimmed := func(first int, lag float64, g valkey.Group) {
		s.stream(lag, 100, g)
		s.streams["x"].sight.First = after(first)
		s.look()
	}
	trimmed(0, 100, group(0, 0, 100, none, noon))
	trimmed(2, 80, group(0, 0, 80, none, after(2)))
	s.wantStalled("x", 5)
	trimmed(3, 70, leftover(after(3)))
	s.wantStalled("x", 10)
	trimmed(4, 60, leftover(after(5))) // trimmed, and given the first that was left
	s.wantStalled("x", 0)
}

// TestALeftoverGroupIsNoStall: nobody reads g2, and its backlog grows. It is one
// when g1 does nothing either.
func TestALeftoverGroupIsNoStall(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	at := func(read, added float64) {
		s.stream(added, added, group(read, 0, added-read, none, none), leftover(after(1)), group(10, 0, added-10, none, noon))
		s.look()
	}
	for i := range 10 {
		n := float64(20 * i)
		at(100+n, 100+n)
		s.wantStalled("x", 0)
	}
	at(280, 290)
	s.wantStalled("x", 5)
	s.look().wantStalled("x", 10)
	s.restartExporter()
	at(280, 290)
	s.wantStalled("x", 15)
	at(290, 290)
	s.wantStalled("x", 0)
	s.stream(290, 290, group(290, 0, 0, none, none), leftover(after(1)))
	s.look().wantStalled("x", 5)
	s.stream(290, 290, group(290, 0, 0, none, none))
	s.look().wantStalled("x", 0)
}

func TestADeletedStreamTakesAlongWhatIsKnownToWait(t *testing.T) {
	var none time.Time
	cases := map[string]struct {
		groups []valkey.Group
		want   map[string]float64
	}{
		"of one group":       {[]valkey.Group{group(89, 30, 10, noon, after(3)), leftover(after(2))}, map[string]float64{"deleted": 40}},
		"of the slowest":     {[]valkey.Group{leftover(after(2)), group(89, 3, 10, noon, after(3)), group(79, 1, 20, noon, noon)}, map[string]float64{"deleted": 21}},
		"nothing":            {[]valkey.Group{group(99, 0, 0, none, none), leftover(after(2))}, map[string]float64{}},
		"nothing, of none":   {[]valkey.Group{leftover(after(2)), leftover(after(3))}, map[string]float64{}},
		"a group at its end": {[]valkey.Group{group(89, 30, 10, noon, after(3)), leftover(none)}, map[string]float64{"deleted": 40}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "work x")
			s.stream(99, 99, test.groups...)
			s.look().look()
			s.del("x")
			s.look()
			s.wantVanished("x", total(test.want), test.want)
		})
	}
}

func TestAStreamDrainsAsTheSlowestKnownGroupCatchesUp(t *testing.T) {
	var none time.Time
	s := play(t, Settings{}, "work x")
	for i := range 5 {
		n := float64(10 * i)
		s.stream(100, 100, group(n, 0, 100-n, none, noon), leftover(after(1)))
		s.look()
	}
	if got := s.report("x").Flow.Drain; got != 30 {
		t.Errorf("drains in %g s, want 30: 60 entries at 2 per second", got)
	}
}

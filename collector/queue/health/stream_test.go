package health

import (
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

// stream is what the server's stream is like from now on.
func (s *story) stream(length, added float64, groups ...valkey.Group) {
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

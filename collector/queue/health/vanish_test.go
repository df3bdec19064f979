package health

import (
	"fmt"
	"maps"
	"testing"
	"time"
)

func (s *story) wantVanished(key string, count float64, causes map[string]float64) {
	s.t.Helper()
	if got := s.report(key).Vanished; got != count {
		s.t.Errorf("%g messages of %s vanished, want %g", got, key, count)
	}
	if got := s.vanished(); !maps.Equal(got, causes) {
		s.t.Errorf("vanished %v, want %v", got, causes)
	}
}

// TestWhatIsGoneAlthoughNobodyPoppedHasVanished plays one thing each that
// happens to a queue of 100 messages. Work goes on in another queue.
func TestWhatIsGoneAlthoughNobodyPoppedHasVanished(t *testing.T) {
	type want = map[string]float64
	cases := map[string]struct {
		happens func(*story)
		popped  int // from the other queue meanwhile, one by one
		want    want
	}{
		"deleted":                          {func(s *story) { s.del("q") }, 0, want{"deleted": 100}},
		"deleted and filled again":         {func(s *story) { s.del("q"); s.lpush("q", "x", "y") }, 0, want{"deleted": 100}},
		"deleted beside work":              {func(s *story) { s.del("q") }, 3, want{"deleted": 100}},
		"evicted":                          {func(s *story) { s.evict("q") }, 0, want{"evicted": 100}},
		"evicted while two were popped":    {func(s *story) { s.rpop("q", 1); s.rpop("q", 1); s.evict("q") }, 3, want{"evicted": 98}},
		"flushed":                          {func(s *story) { s.flush() }, 0, want{"flushed": 105}},
		"flushed while two were popped":    {func(s *story) { s.rpop("q", 1); s.rpop("q", 1); s.flush() }, 0, want{"flushed": 98 + 3}},
		"renamed":                          {func(s *story) { s.rename("q", "r") }, 0, want{"renamed": 100}},
		"renamed beside work":              {func(s *story) { s.rename("q", "r") }, 2, want{"renamed": 100}},
		"for no reason that INFO knows":    {func(s *story) { s.drop("q") }, 0, want{"unknown": 100}},
		"restarted, and all is lost":       {func(s *story) { s.restart() }, 0, want{"restarted": 105}},
		"of a server that does not say":    {func(s *story) { s.mute = true; s.flush() }, 0, want{}},
		"gone while counters were reset":   {func(s *story) { s.del("q"); s.resetStat() }, 0, want{}},
		"popped at once":                   {func(s *story) { s.rpop("q", 100) }, 0, want{}},
		"popped one by one":                {func(s *story) { each(100, func() { s.rpop("q", 1) }) }, 0, want{}},
		"popped while cache keys go":       {func(s *story) { s.rpop("q", 100); s.call("del"); s.counts["expired_keys"]++ }, 0, want{}},
		"some popped":                      {func(s *story) { s.rpop("q", 50) }, 0, want{}},
		"trimmed":                          {func(s *story) { s.call("ltrim"); s.drop("q"); s.counts["evicted_keys"]++ }, 0, want{}},
		"rewritten":                        {func(s *story) { s.call("lset"); s.lists["q"][0] = "x"; s.lists["q"][99] = "y" }, 0, want{}},
		"moved to another queue, in order": {func(s *story) { each(100, func() { s.rpoplpush("q", "other") }) }, 0, want{}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "work q", "work other")
			s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", "allkeys-lru"
			s.lpush("q", jobs(100)...)
			s.lpush("other", "1", "2", "3", "4", "5")
			s.look().look().look()
			each(test.popped, func() { s.rpop("other", 1) })
			test.happens(s)
			s.look().look()
			s.wantVanished("q", total(test.want)-s.report("other").Vanished, test.want)
			if got := s.report("q").Flow.Dequeued; got > 100-s.report("q").Vanished {
				t.Errorf("%g messages were dequeued, want those that did not vanish at most", got)
			}
		})
	}
}

func total(counts map[string]float64) float64 {
	sum := 0.0
	for _, n := range counts {
		sum += n
	}
	return sum
}

func each(n int, do func()) {
	for range n {
		do()
	}
}

func TestAKeyIsEvictedOnlyIfItMayBe(t *testing.T) {
	for policy, want := range map[string]map[string]float64{
		"allkeys-lru":  {"evicted": 95},
		"volatile-lru": {}, // the key has no TTL: whoever popped may have taken all
		"noeviction":   {},
	} {
		t.Run(policy, func(t *testing.T) {
			s := play(t, Settings{}, "work q")
			s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", policy
			s.lpush("q", jobs(100)...)
			s.look().look().look()
			each(5, func() { s.rpop("unwatched", 1) })
			s.evict("q")
			s.look()
			s.wantVanished("q", want["evicted"], want)
		})
	}
}

// TestConsumersThatPopInBulkNeverLoseAnything: their pops say nothing about how
// many messages they took, and caches delete and evict all the time.
func TestConsumersThatPopInBulkNeverLoseAnything(t *testing.T) {
	s := play(t, Settings{}, "work a", "work b", "work c")
	s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", "allkeys-lru"
	cache := func() { each(7, func() { s.call("del"); s.call("unlink"); s.counts["expired_keys"]++ }) }
	s.lpush("a", jobs(100)...)
	s.look()
	s.rpop("a", 40) // more than there were calls
	s.look()
	for i := range 50 {
		cache()
		s.counts["evicted_keys"] += 3
		s.lpush("a", fmt.Sprint("a", i), fmt.Sprint("A", i))
		s.lpush("b", fmt.Sprint("b", i), fmt.Sprint("B", i), fmt.Sprint("x", i))
		s.look()
		s.rpop("a", 10)
		s.rpop("b", 10)
		cache()
		if i%10 == 0 {
			s.call("rename")
		}
		s.look()
	}
	for _, key := range []string{"a", "b", "c"} {
		s.wantVanished(key, 0, map[string]float64{})
	}
}

// TestBulkIsSeenInQueuesThatAreAlwaysEmptied: as long as nothing else can have
// taken the messages, it was the one call.
func TestBulkIsSeenInQueuesThatAreAlwaysEmptied(t *testing.T) {
	s := play(t, Settings{}, "work a")
	s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", "allkeys-lru"
	s.lpush("a", jobs(100)...)
	s.look()
	s.rpop("a", 100)
	s.look()
	s.lpush("a", jobs(100)...)
	s.look()
	s.counts["evicted_keys"]++
	s.rpop("a", 100)
	s.look()
	s.wantVanished("a", 0, map[string]float64{})
}

// Nothing tells one call that takes all from an eviction, as long as there is
// always one or the other.
func TestAQueueThatIsEmptiedAtOnceLosesNothingBesideEvictions(t *testing.T) {
	s := play(t, Settings{}, "work a")
	s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", "allkeys-lru"
	for i := range 10 {
		s.counts["evicted_keys"] += 3
		s.call("flushdb") // of another database
		s.lpush("a", fmt.Sprint("x", i), fmt.Sprint("y", i), fmt.Sprint("z", i))
		s.look()
		s.counts["evicted_keys"] += 3
		s.call("del")
		s.rpop("a", 1000)
		s.look()
	}
	s.wantVanished("a", 0, map[string]float64{})
}

// A queue that workers drain one by one and that is deleted under their hands.
func TestAQueueOfBusyWorkersIsDeleted(t *testing.T) {
	for name, end := range map[string]func(*story){
		"deleted": func(s *story) { s.del("q") }, "renamed": func(s *story) { s.rename("q", "r") },
	} {
		s := play(t, Settings{}, "work q")
		s.lpush("q", jobs(500)...)
		s.look()
		each(12, func() { s.rpop("q", 1) })
		s.look()
		each(7, func() { s.rpop("q", 1) })
		end(s)
		s.look()
		s.wantVanished("q", 481, map[string]float64{name: 481})
		if got := s.report("q").Flow.Dequeued; got != 19 {
			t.Errorf("%s: %g messages were dequeued, want 19", name, got)
		}
	}
}

// Nobody knows how this queue is worked on; but two calls are not a hundred
// messages when a cache deletes its keys all the time.
func TestWhatIsGoneIsCreditedToTheCallsAtMost(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(100)...)
	s.look()
	each(2, func() { s.rpop("unwatched", 1) })
	s.del("q")
	s.look()
	s.wantVanished("q", 0, map[string]float64{})
	if got := s.report("q").Flow; got.Dequeued != 2 || got.Exact {
		t.Errorf("%g messages were dequeued, exact %v; want 2 at most", got.Dequeued, got.Exact)
	}
}

func TestBulkIsForgottenAfterAWeek(t *testing.T) {
	s := play(t, Settings{}, "work a")
	s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", "allkeys-lru"
	s.lpush("a", jobs(100)...)
	s.look()
	s.rpop("a", 40)
	s.look()
	s.pass(bulkMemory)
	s.look()
	s.rpop("a", 1)
	s.evict("a")
	s.look()
	s.wantVanished("a", 59, map[string]float64{"evicted": 59})
}

func TestAKeyThatExpiresTakesItsMessagesAlong(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(10)...)
	s.expire("q", 8*time.Second)
	s.look()
	each(3, func() { s.rpop("unwatched", 1) })
	s.look()
	s.wantVanished("q", 7, map[string]float64{"expired": 7}) // three may have been popped
}

func TestARestartThatLosesNothingIsNoLoss(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(10)...)
	s.look().look()
	s.start()
	s.look().look()
	s.wantVanished("q", 0, map[string]float64{})
	if got := s.report("q").Flow; got.Enqueued != 0 || got.Dequeued != 0 {
		t.Errorf("%g came and %g left, want none", got.Enqueued, got.Dequeued)
	}
}

// TestWhatMayHaveBeenPoppedBeforeARestartIsNoLoss: as much as in the interval
// before.
func TestWhatMayHaveBeenPoppedBeforeARestartIsNoLoss(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(10)...)
	s.look()
	each(3, func() { s.rpop("q", 1) })
	s.look()
	s.restart()
	s.look()
	s.wantVanished("q", 4, map[string]float64{"restarted": 4})
}

func TestARenamedQueueIsAnotherQueue(t *testing.T) {
	s := play(t, Settings{}, "work old")
	s.lpush("old", job("a", noon), job("b", noon))
	s.look().look()
	s.rename("old", "new")
	s.also("work new")
	s.look()
	s.wantVanished("old", 2, map[string]float64{"renamed": 2})
	s.wantVanished("new", 0, map[string]float64{"renamed": 2})
	s.wantAge("old", 0, "")
	s.wantAge("new", 15, "enqueued_at")
}

func TestAKeyThatBecomesSomethingElseLosesItsMessages(t *testing.T) {
	cases := map[string]func(*story){
		"a string": func(s *story) { s.drop("q"); s.other["q"] = true },
		"a set":    func(s *story) { s.drop("q"); s.sadd("q", "a") },
	}
	for name, becomes := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "work q")
			s.lpush("q", jobs(10)...)
			s.look().look()
			s.call("del")
			becomes(s)
			s.look()
			s.wantVanished("q", 10, map[string]float64{"deleted": 10})
			s.look().look()
			s.wantVanished("q", 10, map[string]float64{"deleted": 10})
			if got := s.report("q").Flow; got.Dequeued != 0 {
				t.Errorf("%g messages were dequeued, want none", got.Dequeued)
			}
		})
	}
}

func TestCountersSurviveAChangeOfType(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.look()
	s.lpush("q", jobs(10)...)
	s.look()
	before := s.report("q").Flow
	s.del("q")
	s.sadd("q", "a", "b")
	s.look()
	s.sadd("q", "c")
	s.look()
	after := s.report("q").Flow
	if before.Enqueued != 10 || after.Enqueued != 13 {
		t.Errorf("%g and then %g messages came, want 10 and 13", before.Enqueued, after.Enqueued)
	}
}

func TestAllCausesAreThereFromTheBeginning(t *testing.T) {
	var got string
	for _, c := range play(t, Settings{}).Causes() {
		got += fmt.Sprintln(c.Text, c.Count)
	}
	if want := "restarted 0\nflushed 0\nexpired 0\nevicted 0\nrenamed 0\ndeleted 0\nunknown 0\n"; got != want {
		t.Errorf("causes\n%swant\n%s", got, want)
	}
}

func TestAKeyIsEvictable(t *testing.T) {
	for name, test := range map[string]struct {
		limit, policy string
		expires       bool
		want          string
	}{
		"no limit":                {"0", "allkeys-lru", true, "0"},
		"noeviction":              {"100", "noeviction", true, "0"},
		"all keys":                {"100", "allkeys-random", false, "1"},
		"volatile, and expires":   {"100", "volatile-ttl", true, "1"},
		"volatile, and does not":  {"100", "volatile-ttl", false, "0"},
		"the limit is not known":  {"", "allkeys-lru", false, "NaN"},
		"the policy is not known": {"100", "", false, "NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "work q")
			s.fields["maxmemory"], s.fields["maxmemory_policy"] = test.limit, test.policy
			s.lpush("q", "a")
			if test.expires {
				s.expire("q", time.Hour)
			}
			s.look()
			if got := fmt.Sprint(s.report("q").Evictable); got != test.want {
				t.Errorf("evictable %s, want %s", got, test.want)
			}
		})
	}
}

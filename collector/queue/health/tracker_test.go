package health

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

func TestReportsAreByDatabaseAndKey(t *testing.T) {
	s := play(t, Settings{}, "work b", "work a")
	s.queues = append(s.queues, valkey.NewQueue(3, "0", "work"), valkey.NewQueue(1, "z", "work"), valkey.NewQueue(0, "c", "work"))
	s.look()
	var got []string
	for _, r := range s.Reports(s.now) {
		got = append(got, fmt.Sprint(r.Queue.DB, r.Queue.Key))
	}
	if want := "0a 0b 0c 1z 30"; strings.Join(got, " ") != want {
		t.Errorf("reports %q, want %q", got, want)
	}
}

func TestAQueueThatNeverAnsweredHasNoReport(t *testing.T) {
	s := play(t, Settings{}, "work a", "work b")
	s.broken["b"] = errors.New("NOPERM")
	s.look()
	if got := s.Reports(s.now); len(got) != 1 || got[0].Queue.Key != "a" {
		t.Errorf("%d reports, want one", len(got))
	}
}

func TestAFailedLookIsNoNews(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", job("a", noon))
	s.look()
	s.pass(interval)
	s.Looked(valkey.Look{Err: errors.New("refused"), At: s.now, Sights: make([]valkey.Sight, 1)})
	s.wantAge("q", 10, "enqueued_at")
	s.wantStalled("q", 5)
	s.wantVanished("q", 0, map[string]float64{})
}

func TestALookMayBeAtSomeQueuesOnly(t *testing.T) {
	s := play(t, Settings{}, "work a", "work b")
	s.lpush("a", jobs(10)...)
	s.lpush("b", jobs(10)...)
	s.look()
	all := s.queues
	for i := range 6 {
		s.rpop("b", 1)
		s.queues = all[i%2 : i%2+1]
		s.look()
	}
	s.queues = all[:1]
	s.flush() // all six pops were of the other queue
	s.look()
	s.wantVanished("a", 9, map[string]float64{"flushed": 9}) // one pop since the last look at it
	if got := s.report("b").Flow.Dequeued; got != 6 {
		t.Errorf("%g messages left b, want 6", got)
	}
}

func TestForgetDropsAllOthers(t *testing.T) {
	s := play(t, Settings{}, "work a", "work b", "work c")
	s.look()
	s.Forget([]*valkey.Queue{valkey.NewQueue(0, "c", ""), valkey.NewQueue(0, "a", ""), valkey.NewQueue(0, "new", "")})
	var got []string
	for _, r := range s.Reports(s.now) {
		got = append(got, r.Queue.Key)
	}
	if !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("kept %q, want a and c", got)
	}
	s.Forget(s.queues)
	if got := len(s.Reports(s.now)); got != 2 {
		t.Errorf("%d reports, want two", got)
	}
}

func TestAReloadChangesSettingsAndForgetsNothing(t *testing.T) {
	s := play(t, Settings{MaxAge: time.Minute}, "work q")
	s.look()
	s.lpush("q", jobs(10)...)
	s.look().look()
	before := s.report("q")
	o := s.options
	o.Settings = func(*valkey.Queue) Settings { return Settings{MaxAge: 3 * time.Second} }
	s.Reconfigure(o)
	after := s.report("q")
	if before.Age.Target != 60 || after.Age.Target != 3 {
		t.Errorf("targets %g and %g, want 60 and 3", before.Age.Target, after.Age.Target)
	}
	if after.Flow.Enqueued != 10 || after.Freshness != before.Freshness || after.Age.Seconds != 5 {
		t.Errorf("%+v after a reload, want what was known", after)
	}
	s.look()
	if got := s.report("q").Freshness; got != (Freshness{4, 3}) {
		t.Errorf("freshness %+v, want 4 probes of which one failed", got)
	}
}

func TestAnotherRoleStartsWhatBelongsToIt(t *testing.T) {
	s := play(t, Settings{MaxAge: time.Minute}, "work q")
	s.sadd("q", "a", "b")
	s.look()
	s.sadd("q", "c")
	s.look().look()
	s.queues = []*valkey.Queue{valkey.NewQueue(0, "q", "processing")}
	s.look()
	r := s.report("q")
	if r.Queue.Role != "processing" || r.Processing == nil || r.Freshness.Probes != 0 || r.Flow.Enqueued != 1 {
		t.Errorf("%+v, want a queue in progress, and its counters", r)
	}
	s.wantHeld("q", 3, 0)
}

func TestScrapesOfUnknownThingsAreNoNews(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.scrape() // before the first look
	s.lpush("q", job("a", noon))
	s.look()
	q := s.queues[0]
	for _, r := range []valkey.Reading{
		{Queue: valkey.NewQueue(0, "other", "work"), Type: valkey.TypeList, Length: 3},
		{Queue: q, Reason: "denied"},
		{Queue: q, Type: valkey.TypeSet, Length: 3},
	} {
		s.Scraped([]valkey.Reading{r}, s.now.Add(time.Second))
	}
	s.Scraped([]valkey.Reading{{Queue: q}}, s.now.Add(-time.Second)) // before the look
	s.wantAge("q", 5, "enqueued_at")
}

func TestAScrapeDuringALookIsIgnored(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", job("a", noon))
	s.look()
	s.pass(interval)
	questions := s.Questions(s.queues, s.now)
	s.Scraped([]valkey.Reading{{Queue: s.queues[0]}}, s.now)
	s.wantAge("q", 10, "enqueued_at")
	s.Looked(s.answer(questions))
	s.Scraped([]valkey.Reading{{Queue: s.queues[0]}}, s.now) // began before the look was over
	s.wantAge("q", 10, "enqueued_at")
	s.Scraped([]valkey.Reading{{Queue: s.queues[0]}}, s.now.Add(1))
	s.wantAge("q", 0, "")
}

func TestEverythingAtOnce(t *testing.T) {
	s := busy(t)
	questions := s.Questions(s.queues, s.now)
	look := s.answer(questions)
	var all sync.WaitGroup
	for i, do := range []func(now time.Time){
		func(now time.Time) { l := look; l.At = now; s.Looked(l) },
		func(now time.Time) {
			for _, r := range s.Reports(now) {
				if r.Processing != nil && len(r.Processing.Durations.Buckets) > 0 {
					_ = r.Processing.Durations.Buckets[0]
				}
				_ = slices.Clone(r.Age.Failures)
				_ = slices.Clone(r.DeadLetters)
			}
		},
		func(now time.Time) { s.Scraped([]valkey.Reading{{Queue: s.queues[0], Length: 1}}, now) },
		func(now time.Time) { s.Questions(s.queues, now) },
		func(time.Time) { s.Save(); s.Causes() },
		func(time.Time) { s.Forget(s.queues[1:]) },
		func(time.Time) { s.Reconfigure(s.options) },
	} {
		all.Go(func() {
			for n := range 20 {
				do(s.now.Add(time.Duration(n*10+i) * time.Millisecond))
			}
		})
	}
	all.Wait()
}

package health

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/queue/payload"
)

// seconds is so long after noon.
func after(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// wantAge expects the age of the oldest message in seconds, and its source.
func (s *story) wantAge(key string, age float64, source string) {
	s.t.Helper()
	got := s.report(key).Age
	if math.Abs(got.Seconds-age) > 0.01 || got.Source != source {
		s.t.Errorf("%s after %s: the oldest message is %g s old by %q, want %g by %q",
			key, s.now.Sub(noon), got.Seconds, got.Source, age, source)
	}
}

func TestTheOldestMessageIsAtEitherEnd(t *testing.T) {
	for _, push := range []func(*story, ...string){
		func(s *story, m ...string) { s.lpush("q", m...) },
		func(s *story, m ...string) { s.rpush("q", m...) },
	} {
		s := play(t, Settings{}, "work q")
		push(s, job("old", after(-60)), job("new", after(-10)))
		s.look()
		s.wantAge("q", 65, "enqueued_at")
		if got := s.report("q").Age.Oldest; !got.Equal(after(-60)) {
			t.Errorf("the oldest is of %s, want %s", got, after(-60))
		}
	}
}

func TestAnAgeGrowsBetweenLooks(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", job("a", noon))
	s.look()
	s.pass(2500 * time.Millisecond)
	s.wantAge("q", 7.5, "enqueued_at")
}

func TestAnEmptyQueueHasAgeZeroAndNoTimestamp(t *testing.T) {
	s := play(t, Settings{}, "work q", "work never")
	s.lpush("q", job("a", noon))
	s.look()
	s.rpop("q", 1)
	s.look()
	for _, key := range []string{"q", "never"} {
		s.wantAge(key, 0, "")
		if got := s.report(key).Age; !got.Oldest.IsZero() || !got.Next.IsZero() {
			t.Errorf("%s: timestamps %s and %s, want none", key, got.Oldest, got.Next)
		}
	}
}

func TestAScrapeThatSeesTheQueueEmptyEndsItsAge(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", job("a", noon))
	s.look()
	s.pass(time.Second)
	s.rpop("q", 1)
	s.scrape()
	s.wantAge("q", 0, "")
	s.pass(time.Second)
	s.lpush("q", job("b", after(7)))
	s.scrape()
	s.pass(time.Second)
	s.wantAge("q", 1, sourceFirstSeen)
}

func TestAScrapeSeesANewQueue(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.look()
	s.lpush("q", `{"id":"a"}`, `{"id":"b"}`)
	s.pass(time.Second)
	s.scrape()
	s.pass(time.Second)
	s.wantAge("q", 1, sourceFirstSeen)
	s.wantStalled("q", 1)
}

func TestAMessageWithoutATimestampIsAsOldAsWeHaveSeenIt(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.look()
	s.lpush("q", `{"id":"a"}`)
	s.look().wantAge("q", 0, sourceFirstSeen)
	s.look().look().wantAge("q", 10, sourceFirstSeen)
	if got := s.report("q").Age.Oldest; !got.Equal(after(10)) {
		t.Errorf("first seen at %s, want %s", got, after(10))
	}
}

func TestAProducersClockMayBeWrong(t *testing.T) {
	cases := map[string]struct {
		ahead   time.Duration
		age     float64 // 10 seconds after the message was first seen
		source  string
		failure string
	}{
		"right":              {0, 15, "enqueued_at", ""},
		"five minutes slow":  {-5 * time.Minute, 315, "enqueued_at", ""},
		"five minutes fast":  {5 * time.Minute, 10, sourceFirstSeen, ""},
		"an hour fast":       {time.Hour, 10, sourceFirstSeen, payload.Future},
		"twenty years slow":  {-20 * 365 * 24 * time.Hour, 10, sourceFirstSeen, payload.Absurd},
		"three seconds fast": {3 * time.Second, 12, "enqueued_at", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "work q")
			s.look()
			s.lpush("q", job("a", s.now.Add(test.ahead)))
			s.look().look().look()
			s.wantAge("q", test.age, test.source)
			s.wantFailures("q", test.failure)
		})
	}
}

// wantFailures expects that one message failed for each of these reasons.
func (s *story) wantFailures(key string, reasons ...string) {
	s.t.Helper()
	want := strings.Join(reasons, " ")
	var got []string
	for _, f := range s.report(key).Age.Failures {
		for range int(f.Count) {
			got = append(got, f.Reason)
		}
	}
	if all := strings.Join(got, " "); all != want {
		s.t.Errorf("failures %q, want %q", all, want)
	}
}

func TestAFailureIsCountedOncePerMessage(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", "\x80\x04\x95 pickled", "\x80\x04\x95 pickled too", job("a", noon))
	for range 3 {
		s.look() // the first is at the tail
	}
	s.wantFailures("q", payload.UnknownFormat)
	s.rpop("q", 1)
	s.look().look()
	s.wantFailures("q", payload.UnknownFormat, payload.UnknownFormat)
	s.lpush("q", "\x80\x04\x95 pickled") // was counted
	s.look()
	s.wantFailures("q", payload.UnknownFormat, payload.UnknownFormat)
}

func TestOneBadMessageAffectsItsOwnQueueOnly(t *testing.T) {
	s := play(t, Settings{}, "work bad", "work good")
	s.look()
	s.lpush("bad", "\xff\xfe\x00", job("b", after(5)))
	s.lpush("good", job("a", after(5)), job("b", after(5)))
	s.look()
	s.wantAge("good", 5, "enqueued_at")
	s.wantAge("bad", 5, "enqueued_at") // by the other end
	s.wantFailures("good")
	s.lpush("good", job("c", after(9)))
	s.rpop("bad", 0)
	s.look().wantAge("good", 10, "enqueued_at")
}

func TestAMessageThatIsTooBigIsLeftAloneForAMinute(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", `{"data":"`+strings.Repeat("x", tooBig)+`"}`)
	s.look()
	s.wantFailures("q", payload.TooBig)
	asked := 0
	for range int(time.Minute / interval) {
		if s.look(); s.asked[0].Ends {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the ends were asked %d times in a minute, want once", asked)
	}
	s.wantFailures("q", payload.TooBig)
	s.wantAge("q", 60, sourceFirstSeen)
}

func TestATimestampInThePartThatIsSentCounts(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", `{"enqueued_at":1735732800,"data":"`+strings.Repeat("x", maxBytes)+`"}`)
	s.look()
	s.wantAge("q", 5, "enqueued_at")
	s.look()
	s.wantAge("q", 10, "enqueued_at") // the end was not asked, and nothing left
	s.wantFailures("q")
}

func TestTheOffsetIsThatOfTheNewestArrival(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", job("a", after(-100)))
	s.look()
	if got := s.report("q").Age.Offset; !math.IsNaN(got) {
		t.Errorf("offset %g, want none: the message was not seen to arrive", got)
	}
	s.lpush("q", job("b", s.now.Add(-30*time.Second)))
	s.look()
	if got := s.report("q").Age.Offset; got != 35 {
		t.Errorf("offset %g, want 35", got)
	}
	s.rpop("q", 2)
	s.look()
	s.lpush("q", job("c", s.now.Add(time.Minute)))
	s.look()
	if got := s.report("q").Age.Offset; got != -55 {
		t.Errorf("offset %g, want -55", got)
	}
}

func TestScoresAreTimestampsWhereTheyCanBe(t *testing.T) {
	cases := map[string]struct {
		role   string
		score  float64
		set    Settings
		age    float64
		source string
	}{
		"a dead letter's, in seconds":       {"dead_letter", 1735732740, Settings{}, 65, sourceScore},
		"milliseconds":                      {"dead_letter", 1735732740000, Settings{}, 65, sourceScore},
		"in progress":                       {"processing", 1735732740, Settings{}, 65, sourceScore},
		"of work when configured":           {"work", 1735732740, Settings{ByScore: true}, 65, sourceScore},
		"not of work otherwise":             {"work", 1735732740, Settings{}, 35, "enqueued_at"},
		"a priority is none":                {"dead_letter", 7, Settings{}, 35, "enqueued_at"},
		"a deadline in the future is none":  {"processing", 1735742740, Settings{}, 35, "enqueued_at"},
		"nor is one that should be a score": {"work", 7, Settings{ByScore: true}, 0, sourceFirstSeen},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, test.set, test.role+" z")
			s.zadd("z", test.score, job("a", after(-30)))
			s.zadd("z", test.score+1, job("b", after(-20)))
			s.look()
			s.wantAge("z", test.age, test.source)
			if got := s.report("z").Order; got != "" {
				t.Errorf("order %q, want none", got)
			}
		})
	}
}

func TestASetIsAsOldAsItsMembersWereSeen(t *testing.T) {
	s := play(t, Settings{}, "work s")
	s.look()
	s.sadd("s", "a")
	s.look().look() // the type is known only after the first look
	s.sadd("s", "b")
	s.look()
	s.wantAge("s", 5, sourceFirstSeen)
	s.srem("s", "a")
	s.look()
	s.wantAge("s", 5, sourceFirstSeen)
}

func TestAConfiguredPathIsTheSource(t *testing.T) {
	path, err := payload.ParsePath("meta.at")
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, Settings{Timestamp: path}, "work q")
	s.lpush("q", `{"created_at":1735732000,"meta":{"at":1735732790}}`)
	s.look()
	s.wantAge("q", 15, "meta.at")
}

func TestANextMessageIsKnownWhenTheConsumersEndIs(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", job("a", after(0)), job("b", after(1)), job("c", after(2)), job("d", after(3)))
	s.look()
	for i := range 6 {
		s.lpush("q", job(string(rune('e'+i)), s.now))
		s.rpop("q", 1)
		s.look()
	}
	r := s.report("q")
	if r.Order != "fifo" || !r.Age.Next.Equal(r.Age.Oldest) {
		t.Errorf("order %q, next %s, oldest %s: want fifo, and both the same", r.Order, r.Age.Next, r.Age.Oldest)
	}
}

func TestUnderLIFOTheOldestStarves(t *testing.T) {
	s := play(t, Settings{MaxAge: time.Minute}, "work q")
	s.lpush("q", job("starves", noon), job("b", noon), job("c", noon))
	for i := range 20 {
		s.look()
		s.lpop("q", 1)
		s.lpush("q", job(string(rune('d'+i)), s.now), job(string(rune('D'+i)), s.now))
		s.pass(time.Second)
		s.lpop("q", 1)
	}
	s.look()
	r := s.report("q")
	if r.Order != "lifo" || r.Age.Seconds != s.now.Sub(noon).Seconds() {
		t.Errorf("order %q, age %g s: want lifo, and as old as the story", r.Order, r.Age.Seconds)
	}
	if next := s.now.Sub(r.Age.Next); next > 10*time.Second {
		t.Errorf("the next message is %s old, want a new one", next)
	}
	if r.Flow.Stalled > 10 {
		t.Errorf("stalled for %g s, want less: messages leave", r.Flow.Stalled)
	}
	if f := r.Freshness; f.Probes != 21 || f.Good < 8 || f.Good > 12 {
		t.Errorf("%g of %g looks were good, want those of the first minute", f.Good, f.Probes)
	}
}

func TestFailuresAreSortedByReason(t *testing.T) {
	var f failures
	for i, reason := range []string{"b", "c", "a", "b"} {
		f.count(end{id: fingerprint(i + 1), failure: reason})
	}
	if want := []Failure{{"a", 1}, {"b", 2}, {"c", 1}}; !slices.Equal(f.counts, want) {
		t.Errorf("counted %v, want %v", f.counts, want)
	}
}

package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

// restartExporter puts a new tracker in the place of the old one, with what that
// saved, by way of a file.
func (s *story) restartExporter() {
	s.t.Helper()
	file, err := json.Marshal(s.Save())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, secret := range []string{"secret", "c2VjcmV0"} {
		if strings.Contains(string(file), secret) {
			s.t.Errorf("a message is in the file:\n%s", file)
		}
	}
	var state State
	if err := json.Unmarshal(file, &state); err != nil {
		s.t.Fatal(err)
	}
	s.Tracker = New(s.options)
	s.Restore(state, s.now)
	for i, q := range s.queues {
		s.queues[i] = valkey.NewQueue(q.DB, q.Key, q.Role)
	}
}

// busy is a story with a queue of each kind.
func busy(t *testing.T) *story {
	t.Helper()
	s := play(t, Settings{MaxAge: time.Minute, Worker: "7"},
		"work q", "work bin\xff\x00", "work s", "work x", "processing p", "processing l", "dead_letter d", "work never")
	s.fields["maxmemory"], s.fields["maxmemory_policy"] = "1000", "allkeys-lru"
	s.look()
	s.lpush("q", `{"secret":1}`, job("a", after(1)), "\x80secret", `{"secret":2}`)
	s.rpush("bin\xff\x00", "secret")
	s.sadd("s", "secret a", "secret b")
	s.sadd("p", "secret a", "secret b")
	s.lpush("l", "secret a", "secret b")
	s.zadd("d", 1735732740, died(1, "secret"))
	s.stream(30, 100, group(90, 0, 10, time.Time{}, after(2)))
	s.expire("p", time.Hour)
	for i := range 6 {
		s.look()
		s.lpush("q", job(fmt.Sprint("secret", i), s.now))
		s.rpop("q", 1)
	}
	s.srem("p", "secret a")
	s.lrem("l", "secret a")
	return s.look()
}

// TestARestartOfTheExporterChangesNothing: the reports are the same, but for
// what a minute of looking tells again.
func TestARestartOfTheExporterChangesNothing(t *testing.T) {
	s := busy(t)
	before := s.Reports(s.now)
	s.restartExporter()
	after := s.Reports(s.now)
	if len(before) != len(after) || len(before) != len(s.queues) {
		t.Fatalf("%d reports became %d", len(before), len(after))
	}
	for i := range before {
		b, a := same(before[i]), same(after[i])
		if b != a {
			t.Errorf("%s was\n%s\nand is\n%s", before[i].Queue.Key, b, a)
		}
	}
	if fmt.Sprint(s.Save()) == fmt.Sprint(State{}) || !reflect.DeepEqual(jsonOf(t, s.Save()), jsonOf(t, busy(t).Save())) {
		t.Error("what was restored is saved differently")
	}
}

// same is a report without what is not kept, as text, because NaN is not equal
// to itself.
func same(r Report) string {
	r.Queue, r.Stream, r.DeadLetters, r.Flow.Drain = nil, nil, nil, valkey.NotSent
	for _, at := range []*time.Time{&r.Age.Oldest, &r.Age.Next} {
		*at = at.UTC()
	}
	p := Processing{}
	if r.Processing != nil {
		p = *r.Processing
		r.Processing = nil
		p.Idle = valkey.NotSent
	}
	return fmt.Sprintf("%+v %+v", r, p)
}

func jsonOf(t *testing.T, s State) any {
	t.Helper()
	file, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLifeGoesOnAfterARestartOfTheExporter(t *testing.T) {
	s := busy(t)
	s.pass(10 * time.Minute)
	s.restartExporter()
	if got := s.report("q"); got.Age.Source != "" || got.Flow.Enqueued != 10 {
		t.Errorf("before the first look: age by %q, %g came; want no age, and 10", got.Age.Source, got.Flow.Enqueued)
	}
	failures := s.report("q").Age.Failures
	s.srem("p", "secret b")
	s.rpop("q", 1)
	s.look()
	s.wantDurations("p", 2, 30+635)
	if got := s.report("q"); got.Flow.Enqueued != 10 || got.Flow.Dequeued != 7 {
		t.Errorf("%g came and %g went, want 10 and 7", got.Flow.Enqueued, got.Flow.Dequeued)
	}
	if got := s.report("q").Age.Failures; !reflect.DeepEqual(got, failures) {
		t.Errorf("failures %v became %v: they were counted", failures, got)
	}
	s.wantAge("l", 635, sourceFirstSeen)
	s.wantHeld("l", 1, 635)
}

func TestWhatVanishesWhileTheExporterIsAwayIsSeen(t *testing.T) {
	s := play(t, Settings{}, "work q", "work r")
	s.lpush("q", jobs(10)...)
	s.lpush("r", jobs(10)...)
	s.look().look()
	s.restartExporter()
	s.pass(time.Hour)
	s.del("q")
	s.look()
	s.wantVanished("q", 10, map[string]float64{"deleted": 10})
	s.restartExporter()
	s.wantVanished("q", 10, map[string]float64{"deleted": 10})
	s.restart() // and nobody knows what happened before
	s.restartExporter()
	s.look()
	s.wantVanished("r", 0, map[string]float64{"deleted": 10})
}

func TestBulkIsRemembered(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(10)...)
	s.look()
	s.rpop("q", 5)
	s.look()
	s.restartExporter()
	s.rpop("q", 1)
	s.flush()
	s.look()
	s.wantVanished("q", 0, map[string]float64{})
}

func TestTimesOfTheFutureAreNow(t *testing.T) {
	s := busy(t)
	s.now = noon.Add(-time.Hour) // the clock was set back
	s.restartExporter()
	s.wantStalled("q", 0)
	s.wantAge("l", 0, sourceFirstSeen)
	s.wantHeld("p", 1, 0)
	s.look()
	s.wantHeld("p", 1, 5)
}

func TestAnUnknownQueueWithoutAnAnswerIsNotSaved(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.broken["q"] = errors.New("NOPERM")
	s.look()
	if got := len(s.Save().Queues); got != 0 {
		t.Errorf("%d queues are saved, want none", got)
	}
}

func TestADamagedStateDoesNoHarm(t *testing.T) {
	for _, file := range []string{
		`{}`, `{"queues":[{}]}`,
		`{"queues":[{"key":"cQ==","role":"work","look":7,"members":{"zz":"2025-01-01T00:00:00Z"},"durations":{"Buckets":[1]},"list":{}}],"looks":[{}]}`,
		`{"queues":[{"key":"cQ==","role":"processing","look":-1,"seen":"2025-01-01T11:59:59Z","list":{"length":-1},"head":{"id":"x"}}]}`,
	} {
		var state State
		if err := json.Unmarshal([]byte(file), &state); err != nil {
			t.Fatal(err)
		}
		s := play(t, Settings{}, "work q")
		s.Restore(state, s.now)
		s.lpush("q", "a")
		s.look().look()
		s.wantStalled("q", 5)
	}
}

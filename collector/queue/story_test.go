package queue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// story is a real server, and the observing loop of an exporter. The exporter's
// clock is turned by the test: a look is five seconds after the one before.
type story struct {
	*Observer
	t      testing.TB
	server *testserver.Server
	conn   *valkey.Conn // the application's
	clock  time.Time
	log    bytes.Buffer
}

// step is the time between two looks.
const step = 5 * time.Second

// tell starts a story about queues that are watched by their keys.
func tell(t *testing.T, server *testserver.Server, keys ...string) *story {
	t.Helper()
	s := &story{t: t, server: server, conn: connect(t, server), clock: time.Now().Truncate(time.Second)}
	var fixed []*valkey.Queue
	for _, key := range keys {
		fixed = append(fixed, valkey.NewQueue(0, key, roleOf(key)))
	}
	s.observe(NewWatchlist(Options{Fixed: fixed, MaxQueues: 10, ForgetAfter: hour}), 1000)
	return s
}

// roleOf tells by its name what a story's queue is for.
func roleOf(key string) string {
	switch {
	case strings.Contains(key, "processing"):
		return "processing"
	case strings.Contains(key, "dead"):
		return "dead_letter"
	}
	return "work"
}

// observe begins with a memory of its own.
func (s *story) observe(list *Watchlist, most int) {
	s.t.Helper()
	tracker := health.New(health.Options{
		Settings: func(q *valkey.Queue) health.Settings {
			return health.Settings{MaxAge: time.Minute, Worker: Wildcard("queue:processing:*", q.Key)}
		},
		Interval: step, MaxBytes: 64 << 10, DeadLetters: 100,
	})
	now := func() time.Time { return s.clock }
	looker := valkey.NewLooker(connect(s.t, s.server), valkey.NewLedger(), now)
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Observer = NewObserver(list, tracker, looker, Closeness{Interval: step, MaxQueues: most, Share: 0.005, Denied: hour}, Looks{}, log)
	s.pause = func(context.Context, time.Duration) bool { return true }
	s.now = now
}

// look is one round, five seconds after the latest.
func (s *story) look() {
	s.t.Helper()
	s.clock = s.clock.Add(step)
	s.round(s.t.Context())
	if s.failing != valkey.KindNone {
		s.t.Fatalf("the look failed: %s", s.log.String())
	}
}

// report is what is known of a queue now.
func (s *story) report(key string) health.Report {
	s.t.Helper()
	for _, r := range s.tracker.Reports(s.clock) {
		if r.Queue.Key == key {
			return r
		}
	}
	s.t.Fatalf("there is no report about %s", key)
	return health.Report{}
}

// run sends one command of the application.
func (s *story) run(words ...any) any {
	s.t.Helper()
	cmd := redis.NewCmd(s.t.Context(), words...)
	send(s.t, s.conn, []redis.Cmder{cmd})
	return cmd.Val()
}

// jobs are so many new jobs with the time on the exporter's clock, or another.
func (s *story) jobs(n int, ago time.Duration) []any {
	jobs := make([]any, n)
	for i := range jobs {
		serial++
		jobs[i] = fmt.Sprintf(`{"id":"job-%d","type":"normal","timestamp":%d,"payload":{}}`, serial, s.clock.Add(-ago).UnixMilli())
	}
	return jobs
}

// serial makes every job of every story different.
var serial int

// push adds new jobs, the last of which is the newest.
func (s *story) push(key string, n int) {
	s.t.Helper()
	s.run(append([]any{"lpush", key}, s.jobs(n, 0)...)...)
}

func (s *story) causes() string {
	var text []string
	for _, c := range s.tracker.Causes() {
		if c.Count > 0 {
			text = append(text, fmt.Sprintf("%s=%v", c.Text, c.Count))
		}
	}
	return strings.Join(text, " ")
}

func (s *story) check(what string, got, want float64) {
	s.t.Helper()
	if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
		s.t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestStoryDrain(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:high")
		s.push("queue:high", 1000)
		s.look()
		for range 15 {
			s.push("queue:high", 10)
			s.run("rpop", "queue:high", 60)
			s.look()
		}
		r := s.report("queue:high")
		s.check("enqueued", r.Flow.Enqueued, 150)
		s.check("dequeued", r.Flow.Dequeued, 900)
		s.check("stalled", r.Flow.Stalled, 0)
		s.check("time to drain 250 jobs at 10 a second", math.Round(r.Flow.Drain), 25)
		if !r.Flow.Exact || r.Flow.Method != "marker" || r.Order != "fifo" {
			t.Errorf("flow = %+v, order %s; want exact markers and fifo", r.Flow, r.Order)
		}
		s.run("rpop", "queue:high", 250)
		s.look()
		r = s.report("queue:high")
		s.check("dequeued", r.Flow.Dequeued, 1150)
		s.check("vanished", r.Vanished, 0)
		s.check("drain of an empty queue", r.Flow.Drain, valkey.NotSent)
		s.check("age of an empty queue", r.Age.Seconds, 0)
		if !r.Age.Oldest.IsZero() {
			t.Errorf("an empty queue has an oldest message, of %v", r.Age.Oldest)
		}
	})
}

func TestStoryStall(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:high")
		s.push("queue:high", 10)
		born := s.clock
		for range 13 {
			s.look()
			s.push("queue:high", 1)
		}
		r := s.report("queue:high")
		s.check("seconds since anything left", r.Flow.Stalled, 60)
		s.check("age of the oldest", r.Age.Seconds, 65)
		s.check("target", r.Age.Target, 60)
		s.check("looks", r.Freshness.Probes, 13)
		s.check("good ones, up to a minute", r.Freshness.Good, 12)
		if !r.Age.Oldest.Equal(born) || r.Age.Source != "timestamp" {
			t.Errorf("oldest of %v by %q, want %v by its timestamp", r.Age.Oldest, r.Age.Source, born)
		}
		if !r.Flow.Exact || r.Flow.Enqueued != 12 || r.Flow.Dequeued != 0 {
			t.Errorf("flow = %+v, want exactly 12 and 0", r.Flow)
		}
		s.run("rpop", "queue:high")
		s.look()
		s.check("seconds since anything left", s.report("queue:high").Flow.Stalled, 0)
	})
}

func TestStoryLIFOStarvation(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:medium")
		s.push("queue:medium", 200)
		for range 20 {
			s.look()
			s.run("lpop", "queue:medium", 3)
			s.push("queue:medium", 3)
		}
		s.look()
		r := s.report("queue:medium")
		if r.Order != "lifo" || r.Flow.Exact {
			t.Errorf("order %s, flow %+v; want lifo, and not exact", r.Order, r.Flow)
		}
		s.check("age of the oldest", r.Age.Seconds, 105)
		s.check("age of the next", s.clock.Sub(r.Age.Next).Seconds(), 5)
		s.check("stalled", r.Flow.Stalled, 0)
		if r.Flow.Enqueued < 20 || r.Flow.Enqueued > 60 || r.Flow.Dequeued > 60 {
			t.Errorf("flow = %+v, want lower bounds of 60", r.Flow)
		}
	})
}

func TestStoryPoisonJobs(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:dead-letter")
		s.look()
		letter := func(i int, text string) string {
			return fmt.Sprintf(`{"id":"%d","error":%q,"failed_at":%d,"original":{"id":"%d"}}`, i, text, s.clock.UnixMilli(), i)
		}
		for i := range 60 {
			s.run("lpush", "queue:dead-letter", letter(i, fmt.Sprintf("connect 10.0.0.%d:5432 refused after %d ms", i, i*7)))
		}
		for i := range 36 {
			s.run("lpush", "queue:dead-letter", letter(i, "bad input "+strings.Repeat("x", 1+i/3)))
		}
		s.look()
		r := s.report("queue:dead-letter")
		s.check("arrived", r.Flow.Enqueued, 96)
		s.check("age", r.Age.Seconds, 5)
		if len(r.DeadLetters) != 11 {
			t.Fatalf("reasons are %+v, want ten and the rest", r.DeadLetters)
		}
		s.check("the most frequent reason", r.DeadLetters[0].Count, 60)
		if text := r.DeadLetters[0].Text; strings.ContainsAny(text, "0123456789") {
			t.Errorf("the reason is %q, want no address and no number in it", text)
		}
		if last := r.DeadLetters[10]; last.Text != "other" || last.Count != 9 {
			t.Errorf("the rest is %+v, want 9 others", last)
		}
	})
}

// What fleets of job queues lost in this way: the cache fills the server, and
// the server makes room.
func TestStoryEviction(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start("--maxmemory", "6mb", "--maxmemory-policy", "allkeys-lru"), "queue:low")
		s.push("queue:low", 500)
		s.look()
		s.check("evictable", s.report("queue:low").Evictable, 1)
		value := strings.Repeat("x", 4000)
		for i := 0; s.run("exists", "queue:low") != int64(0); i++ {
			s.run("set", fmt.Sprintf("cache:%d", i), value)
		}
		s.look()
		r := s.report("queue:low")
		s.check("vanished", r.Vanished, 500)
		s.check("dequeued", r.Flow.Dequeued, 0)
		if got := s.causes(); got != "evicted=500" {
			t.Errorf("causes: %s", got)
		}
		s.run("config", "set", "maxmemory-policy", "volatile-lru")
		s.look()
		s.check("evictable", s.report("queue:low").Evictable, 0)
	})
}

// The specification's reliable queue puts an EXPIRE on the list of what is in
// hand.
func TestStoryExpireOnProcessing(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:high", "queue:processing")
		s.push("queue:high", 2)
		s.look()
		s.run("rpoplpush", "queue:high", "queue:processing")
		s.run("expire", "queue:processing", 300)
		s.look()
		p := s.report("queue:processing").Processing
		s.check("in hand", p.Messages, 1)
		if p.TTL < 295 || p.TTL > 300 {
			t.Errorf("TTL is %v s, want 300", p.TTL)
		}
		s.run("pexpire", "queue:processing", 1)
		time.Sleep(20 * time.Millisecond)
		s.clock = s.clock.Add(5 * time.Minute) // the server's clock cannot be turned: the TTL was 300 s when it was last seen
		s.look()
		r := s.report("queue:processing")
		s.check("in hand", r.Processing.Messages, 0)
		s.check("TTL", r.Processing.TTL, valkey.NotSent)
		s.check("vanished", r.Vanished, 1)
		s.check("finished", float64(r.Processing.Durations.Count), 0)
		if got := s.causes(); got != "expired=1" {
			t.Errorf("causes: %s", got)
		}
	})
}

func TestStoryFlush(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:high", "queue:medium", "queue:processing:worker1")
		s.push("queue:high", 7)
		s.push("queue:medium", 20)
		s.run("sadd", "queue:processing:worker1", "a", "b")
		s.look()
		s.run("rpop", "queue:medium", 5)
		s.look()
		s.run("flushdb")
		s.look()
		s.check("vanished", s.report("queue:high").Vanished, 7)
		s.check("vanished", s.report("queue:medium").Vanished, 15)
		s.check("dequeued", s.report("queue:medium").Flow.Dequeued, 5)
		s.check("vanished", s.report("queue:processing:worker1").Vanished, 2)
		if got := s.causes(); got != "flushed=24" {
			t.Errorf("causes: %s", got)
		}
	})
}

func TestStoryWorkerKilled(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:processing:worker1", "queue:processing:worker2")
		s.run("sadd", "queue:processing:worker1", "lost")
		for i := range 24 { // worker2 takes 5 to 10 seconds for each job, worker1 is no more
			s.run("sadd", "queue:processing:worker2", i)
			s.look()
			s.run("srem", "queue:processing:worker2", i)
		}
		s.look()
		dead, alive := s.report("queue:processing:worker1").Processing, s.report("queue:processing:worker2").Processing
		if dead.Worker != "worker1" || alive.Worker != "worker2" {
			t.Errorf("workers %q and %q", dead.Worker, alive.Worker)
		}
		s.check("age of the lost job", dead.OldestAge, 120)
		s.check("jobs it finished", float64(dead.Durations.Count), 0)
		s.check("age of a job in good hands", alive.OldestAge, 0)
		s.check("jobs that worker2 finished", float64(alive.Durations.Count), 24)
		s.check("seconds that they took", alive.Durations.Sum, 24*5)
		if strings.HasSuffix(t.Name(), "/redis") {
			s.check("idle time where looking resets it", dead.Idle, valkey.NotSent)
		}
	})
}

func TestStoryExporterRestarted(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:high", "queue:processing:worker1")
		bare := func(n int) { // jobs that do not say when they were made
			for i := range n {
				s.run("lpush", "queue:high", fmt.Sprintf("bare-%d-%d", s.clock.Unix(), i))
			}
		}
		bare(30)
		s.run("sadd", "queue:processing:worker1", "job")
		for range 10 {
			s.look()
			s.run("rpop", "queue:high")
			bare(1)
		}
		s.look()
		before := s.report("queue:high")
		s.check("age", before.Age.Seconds, 50)

		text, err := json.Marshal(s.tracker.Save())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "bare-") {
			t.Error("the state holds the text of a job")
		}
		var state health.State
		if err := json.Unmarshal(text, &state); err != nil {
			t.Fatal(err)
		}
		s.observe(s.list, 1000)
		s.tracker.Restore(state, s.clock)
		s.look()
		after := s.report("queue:high")
		s.check("age", after.Age.Seconds, 55)
		s.check("enqueued", after.Flow.Enqueued, before.Flow.Enqueued)
		s.check("dequeued", after.Flow.Dequeued, before.Flow.Dequeued)
		s.check("age of the job in hand", s.report("queue:processing:worker1").Processing.OldestAge, 55)
	})
}

func TestStoryClockSkew(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:slow", "queue:fast", "queue:late")
		s.look()
		put := func(key string, ago time.Duration) { s.run(append([]any{"lpush", key}, s.jobs(1, ago)...)...) }
		put("queue:slow", 5*time.Minute)  // a producer's clock is behind
		put("queue:fast", -4*time.Minute) // ahead, but bearable
		put("queue:late", -time.Hour)     // ahead by far
		s.look()
		s.look()

		slow := s.report("queue:slow").Age
		s.check("age as the message has it", slow.Seconds, 310)
		s.check("offset that gives the producer away", slow.Offset, 305)
		fast := s.report("queue:fast").Age
		s.check("age that cannot be less", fast.Seconds, 5)
		s.check("offset", fast.Offset, -235)
		late := s.report("queue:late").Age
		s.check("age that cannot be less", late.Seconds, 5)
		if late.Source != "first_seen" || len(late.Failures) != 1 || late.Failures[0] != (health.Failure{Reason: "future", Count: 1}) {
			t.Errorf("age = %+v, want first seen, and one message from the future", late)
		}
	})
}

func TestStoryQueueRenamed(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:old", "queue:new")
		s.push("queue:old", 40)
		s.look()
		s.run("rename", "queue:old", "queue:new")
		s.look()
		s.check("vanished", s.report("queue:old").Vanished, 40)
		s.check("dequeued", s.report("queue:old").Flow.Dequeued, 0)
		s.check("age of the queue of the new name", s.report("queue:new").Age.Seconds, 10)
		if got := s.causes(); got != "renamed=40" {
			t.Errorf("causes: %s", got)
		}
	})
}

func TestStoryTenThousandQueues(t *testing.T) {
	server := testserver.Valkey(t)
	s := tell(t, server)
	var fixed []*valkey.Queue
	var fill []redis.Cmder
	born := s.clock
	for i := range 10_000 {
		key := fmt.Sprintf("queue:%05d", i)
		fixed = append(fixed, valkey.NewQueue(0, key, "work"))
		fill = append(fill, redis.NewCmd(t.Context(), append([]any{"lpush", key}, s.jobs(3, 0)...)...))
	}
	send(t, s.conn, fill)
	list := NewWatchlist(Options{Fixed: fixed})
	for _, most := range []int{1000, 10_000} {
		s.observe(list, most)
		s.look()
		s.look()
		if got := len(s.tracker.Reports(s.clock)); got != most {
			t.Errorf("%d reports, want %d", got, most)
		}
		stats := s.Stats()
		if stats.Observed != most || stats.Unobserved != 10_000-most || stats.Count != uint64(2*most/mostQuestions) {
			t.Errorf("stats = %+v", stats)
		}
		s.check("age", s.report("queue:00999").Age.Seconds, s.clock.Sub(born).Seconds())
	}
}

// A message of megabytes costs the server a copy each time that anybody asks
// for it, wherever it is.
func TestStoryBigJob(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start(), "queue:list", "queue:processing", "queue:processing:set", "queue:zset")
		big := `{"payload":"` + strings.Repeat("x", 8<<20) + `"}`
		s.run("lpush", "queue:list", big)
		s.run("lpush", "queue:processing", big)
		s.run("sadd", "queue:processing:set", big)
		s.run("zadd", "queue:zset", 1, big)
		s.look()
		first := s.serverTime()
		for range 11 {
			s.look()
		}
		if spent := s.serverTime() - first; spent > first/2 {
			t.Errorf("11 more looks within a minute took %v of the server's time, and the first one %v", spent, first)
		}
		r := s.report("queue:list")
		s.check("age", r.Age.Seconds, 55)
		if len(r.Age.Failures) != 1 || r.Age.Failures[0] != (health.Failure{Reason: "too_big", Count: 1}) {
			t.Errorf("failures = %+v, want one message that is too big", r.Age.Failures)
		}
		s.look()
		if spent := s.serverTime() - first; spent < first/2 {
			t.Errorf("after a minute nobody looks: %v", spent)
		}
	})
}

// serverTime is what the server has spent on the story's looks.
func (s *story) serverTime() time.Duration { return s.Stats().ServerTime }

// A machine that loses its power takes both along. Nobody knows how many of the
// messages were taken before.
func TestStoryServerAndExporterRestarted(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		s := tell(t, start("--save", "", "--appendonly", "no"), "queue:high")
		s.push("queue:high", 10)
		s.look()
		s.run("rpop", "queue:high", 3)
		s.look()
		state := s.tracker.Save()
		s.server.Stop()
		s.server.Start()
		s.observe(s.list, 1000)
		s.tracker.Restore(state, s.clock)
		s.look()
		r := s.report("queue:high")
		s.check("dequeued", r.Flow.Dequeued, 3)
		s.check("vanished", r.Vanished, 0)
	})
}

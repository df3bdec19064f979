package queue

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/wait"
)

// heardStory is a story whose looks hear what happens between them.
type heardStory struct {
	*story
	listener *valkey.Listener

	mu   sync.Mutex
	said bytes.Buffer // what the Hearer logged
}

func (h *heardStory) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.Write(p)
}

func (h *heardStory) log() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.String()
}

// everything that a server can tell.
var everything = []string{"--notify-keyspace-events", "KEA"}

// listen starts to listen to a server that is to be asked about these queues.
func listen(t *testing.T, server *testserver.Server, keys ...string) *heardStory {
	t.Helper()
	h := &heardStory{story: tell(t, server, keys...)}
	target, err := valkey.ParseTarget(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	h.listener = valkey.NewListener(valkey.Options{Target: target, Name: "listener"})
	h.Hear(h.listener)
	hearer := NewHearer(h.listener, hour, slog.New(slog.NewTextHandler(h, &slog.HandlerOptions{Level: slog.LevelDebug})))
	hearer.pause = func(ctx context.Context, d time.Duration) bool { return wait.For(ctx, d/10) }
	ctx, stop := context.WithCancel(t.Context())
	var loop sync.WaitGroup
	loop.Go(func() { hearer.Run(ctx) })
	t.Cleanup(func() { stop(); loop.Wait() })
	return h
}

// attentive waits until something is heard, and looks for the first time.
func (h *heardStory) attentive() {
	h.t.Helper()
	h.until("notifications are heard", h.listener.Active)
	h.look()
}

func (h *heardStory) until(what string, condition func() bool) {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("waited in vain until %s; log:\n%s", what, h.log())
		}
	}
}

// consumers take jobs by a command that blocks until they are to stop, and
// count them.
func (h *heardStory) consumers(n int, command, key string) (taken func() int) {
	h.t.Helper()
	var mu sync.Mutex
	count := 0
	client := redis.NewClient(&redis.Options{Addr: h.server.Addr, Protocol: 2, DisableIdentity: true, PoolSize: n, ReadTimeout: -1})
	ctx, stop := context.WithCancel(h.t.Context())
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := client.Do(ctx, command, key, "0.05").Err(); err == nil {
					mu.Lock()
					count++
					mu.Unlock()
				}
			}
		})
	}
	h.t.Cleanup(func() { stop(); all.Wait(); _ = client.Close() })
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return count
	}
}

func (h *heardStory) counted(key string, enqueued, dequeued float64, method string) {
	h.t.Helper()
	f := h.report(key).Flow
	if f.Enqueued != enqueued || f.Dequeued != dequeued || f.Method != method {
		h.t.Errorf("%v came and %v went by %s, want %v and %v by %s", f.Enqueued, f.Dequeued, f.Method, enqueued, dequeued, method)
	}
}

func TestADrainedQueueIsCounted(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		taken := h.consumers(4, "brpop", "queue:high")
		for range 3 {
			h.push("queue:high", 100)
		}
		h.until("all is taken", func() bool { return taken() == 300 })
		h.look()
		h.counted("queue:high", 300, 300, "notifications")
		if r := h.report("queue:high"); r.Flow.Exact || r.Order != "fifo" {
			t.Errorf("exact %v, order %s: a notification may be of many messages, and tells the end", r.Flow.Exact, r.Order)
		}
	})
}

// What happens while a look is under way may not be counted; nothing is twice.
func TestLooksWhileJobsComeAndGo(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		taken := h.consumers(2, "brpop", "queue:high")
		var producer sync.WaitGroup
		producer.Go(func() {
			client := redis.NewClient(&redis.Options{Addr: h.server.Addr, Protocol: 2, DisableIdentity: true})
			defer client.Close()
			for i := range 1000 {
				_ = client.Do(t.Context(), "lpush", "queue:high", fmt.Sprint(i)).Err()
			}
		})
		for taken() < 1000 {
			h.look()
			time.Sleep(50 * time.Millisecond)
		}
		producer.Wait()
		h.look()
		f := h.report("queue:high").Flow
		if f.Enqueued > 1000 || f.Dequeued > 1000 || f.Enqueued < 500 || f.Dequeued < 500 {
			t.Errorf("%v came and %v went, in truth 1000, and most of them between looks", f.Enqueued, f.Dequeued)
		}
	})
}

// The specification pushes and pops at one end.
func TestAStackIsCounted(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.push("queue:high", 10)
		h.attentive()
		for range 3 {
			for range 40 {
				h.push("queue:high", 1)
				h.run("blpop", "queue:high", 1)
			}
			h.look()
		}
		h.counted("queue:high", 120, 120, "notifications")
		if r := h.report("queue:high"); r.Order != "lifo" || r.Flow.Stalled != 0 {
			t.Errorf("order %s, stalled for %v s", r.Order, r.Flow.Stalled)
		}
		h.look()
		if r := h.report("queue:high"); r.Flow.Stalled != 5 || r.Flow.Gaps != 3 {
			t.Errorf("nothing was told, which is a proof, and yet: %+v", r.Flow)
		}
	})
}

// LPUSH of many is told once. What is there, and what was taken one by one, says
// more.
func TestManyAtATime(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		h.run(append([]any{"lpush", "queue:high"}, h.jobs(100, 0)...)...)
		for range 100 {
			h.run("rpop", "queue:high")
		}
		h.look()
		h.counted("queue:high", 100, 100, "notifications")
		for range 100 {
			h.push("queue:high", 1)
		}
		h.run("rpop", "queue:high", 100)
		h.look()
		h.counted("queue:high", 200, 200, "notifications")
		h.run(append([]any{"lpush", "queue:high"}, h.jobs(100, 0)...)...)
		h.run("rpop", "queue:high", 100)
		h.look()
		h.counted("queue:high", 201, 201, "notifications") // all that is certain
	})
}

func TestALostConnectionTellsNothingOfItsInterval(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		h.pass("queue:high", 50)
		if killed := h.run("client", "kill", "type", "pubsub"); killed != int64(1) {
			t.Fatalf("%v connections listened, want one", killed)
		}
		h.pass("queue:high", 50)
		h.until("notifications are heard again", func() bool { return strings.Contains(h.log(), "ended") && h.listener.Active() })
		h.pass("queue:high", 50)
		h.look()
		if f := h.report("queue:high").Flow; f.Enqueued > 150 || f.Method == "notifications" {
			t.Errorf("%+v of an interval in which nothing was heard for a while", f)
		}
		before := h.report("queue:high").Flow
		h.pass("queue:high", 50)
		h.look()
		after := h.report("queue:high").Flow
		h.check("enqueued", after.Enqueued-before.Enqueued, 50)
		h.check("dequeued", after.Dequeued-before.Dequeued, 50)
	})
}

// pass pushes jobs, and takes each at once.
func (h *heardStory) pass(key string, n int) {
	h.t.Helper()
	for range n {
		h.push(key, 1)
		h.run("rpop", key)
	}
}

func TestWhereNotificationsAreOffNothingChanges(t *testing.T) {
	for setting, want := range map[string]string{"": "Klgxe", "xE": "xEKlge", "AE": "AEK", "g$K": "g$Klxe"} {
		testserver.Each(t, func(t *testing.T, start testserver.Start) {
			server := start("--notify-keyspace-events", setting)
			h := listen(t, server, "queue:high")
			h.until("the log says why", func() bool { return h.log() != "" })
			h.look()
			h.pass("queue:high", 10)
			h.look()
			if f := h.report("queue:high").Flow; f.Enqueued != 0 || f.Method == "notifications" || h.listener.Active() {
				t.Errorf("%+v with %q", f, setting)
			}
			if log := h.log(); strings.Count(log, "WARN") != 1 || !strings.Contains(log, "there to "+want+",") {
				t.Errorf("%q: want one warning that says to set %s:\n%s", setting, want, log)
			}
			untouched(t, server, setting)
		})
	}
}

// untouched wants a setting as it was given, and that nobody tried to change it.
func untouched(t *testing.T, server *testserver.Server, setting string) {
	t.Helper()
	now, _ := server.Must(t, "CONFIG", "GET", "notify-keyspace-events").([]any)
	if len(now) != 2 || len(fmt.Sprint(now[1])) != len(strings.Replace(setting, "KEA", "AKE", 1)) {
		t.Errorf("notify-keyspace-events was %q and is %q", setting, now)
	}
	if n := calls(t, server, "config|set", "calls"); n != 0 {
		t.Errorf("CONFIG SET was run %d times", n)
	}
}

func TestListeningChangesNothingOnTheServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		h.pass("queue:high", 5)
		h.look()
		untouched(t, h.server, "KEA")
	})
}

// That nothing was told while notifications were turned off is no proof.
func TestNotificationsTurnedOffForAWhile(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.push("queue:high", 20)
		h.attentive()
		h.run("config", "set", "notify-keyspace-events", "")
		h.run("rpop", "queue:high", 20)
		h.run("config", "set", "notify-keyspace-events", "KEA")
		h.look()
		r := h.report("queue:high")
		h.check("vanished", r.Vanished, 0)
		h.check("dequeued", r.Flow.Dequeued, 20)
		h.run("config", "set", "notify-keyspace-events", "")
		h.look()
		h.until("it is noticed", func() bool { return strings.Contains(h.log(), "WARN") && !h.listener.Active() })
	})
}

func TestMayNotListen(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start(everything...)
		server.Must(t, "ACL", "SETUSER", "default", "resetchannels")
		h := listen(t, server, "queue:high")
		h.until("the log says why", func() bool { h.look(); return strings.Contains(h.log(), "WARN") })
		h.pass("queue:high", 10)
		h.look()
		if log := h.log(); strings.Count(log, "WARN") != 1 || !strings.Contains(log, "reason=denied") || h.listener.Active() {
			t.Errorf("want one warning:\n%s", log)
		}
	})
}

func TestAServerThatHangsIsNotListenedTo(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		h.server.Pause()
		begun := time.Now()
		h.round(t.Context())
		if took := time.Since(begun); took > lookTimeout+time.Second {
			t.Errorf("one round took %v", took)
		}
		h.until("it is given up", func() bool { return !h.listener.Active() })
		h.server.Resume()
		h.until("notifications are heard again", h.listener.Active)
		h.look()
		h.pass("queue:high", 10)
		h.look()
		h.counted("queue:high", 10, 10, "notifications")
	})
}

// Without notifications, pops of another list would excuse the loss.
func TestWhatVanishedIsToldByTheKeysOwnNotifications(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high", "queue:low")
		for cause, loss := range map[string][]any{
			"deleted": {"del", "queue:high"}, "renamed": {"rename", "queue:high", "elsewhere"}, "flushed": {"flushdb"},
			"expired": {"pexpire", "queue:high", 1},
		} {
			h.push("queue:high", 7)
			h.attentive()
			before := h.report("queue:high")
			h.run(append([]any{"lpush", "busy"}, h.jobs(100, 0)...)...)
			h.run("rpop", "busy", 50)
			for range 20 {
				h.run("rpop", "busy")
			}
			h.run("set", "other", "1")
			h.run("del", "other")
			h.run(loss...)
			time.Sleep(20 * time.Millisecond)
			h.look()
			after := h.report("queue:high")
			h.check("vanished, "+cause, after.Vanished-before.Vanished, 7)
			h.check("dequeued, "+cause, after.Flow.Dequeued, 0)
			if got := h.causes(); !strings.Contains(got, cause+"=7") {
				t.Errorf("%s: causes are %s", cause, got)
			}
			h.run("del", "elsewhere")
		}
	})
}

// A del after a pop is that of the empty list, or a loss; only what was popped
// is certain then.
func TestWhatWasDeletedBetweenLooksWasNotTaken(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		h := listen(t, start(everything...), "queue:high")
		h.attentive()
		for range 3 {
			h.push("queue:high", 1)
		}
		h.run("rpop", "queue:high")
		h.run("del", "queue:high")
		h.look()
		h.counted("queue:high", 3, 1, "notifications")
		h.push("queue:high", 1)
		h.run("del", "queue:high")
		h.look()
		h.counted("queue:high", 4, 1, "notifications")
	})
}

func TestQueuesThatAreNoLongerObservedAreNotListenedTo(t *testing.T) {
	h := listen(t, testserver.Valkey(t, everything...), "queue:high", "queue:set")
	h.run("sadd", "queue:set", "1")
	h.attentive()
	h.look()
	if got := h.run("pubsub", "numsub", "__keyspace@0__:queue:high", "__keyspace@0__:queue:set"); fmt.Sprint(got) !=
		"[__keyspace@0__:queue:high 1 __keyspace@0__:queue:set 0]" {
		t.Errorf("subscribers: %v, want one, of the list", got)
	}
	h.listener.Follow(nil)
	h.until("nobody listens", func() bool {
		return fmt.Sprint(h.run("pubsub", "channels")) == "[]"
	})
}

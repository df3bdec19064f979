package latency

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

const ourName = "exporter"

// slow is what a server is started with whose slow log has nothing but what sleeps.
var slow = []string{"--slowlog-log-slower-than", "5000", "--enable-debug-command", "yes"}

// watched is a Watcher that looks when a test wants it.
type watched struct {
	*Watcher
	t *testing.T
}

func watch(t *testing.T, server *testserver.Server, entries int) *watched {
	t.Helper()
	w := NewWatcher(valkey.NewProber(open(t, server, ""), time.Now), slog.New(slog.DiscardHandler))
	w.pace = Pace{Interval: time.Second, Entries: entries, Denied: time.Hour}
	return &watched{w, t}
}

func open(t *testing.T, server *testserver.Server, user string) *valkey.Conn {
	t.Helper()
	target, err := valkey.ParseTarget(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	o := valkey.Options{Target: target, Name: ourName}
	if user != "" {
		o.Credentials = valkey.Credentials{User: user}.Password("secret")
	}
	conn := valkey.Open(o)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// round looks, and returns what has been seen so far.
func (w *watched) round() SlowlogCounts {
	w.t.Helper()
	w.Watcher.round(w.t.Context())
	if w.failing != valkey.KindNone {
		w.t.Fatalf("the look failed: %s", w.failing)
	}
	return w.Status().Slowlog
}

// want looks, and compares the counts by command, as in "eval=2 other=1", and those
// that were lost.
func (w *watched) want(commands string, lost uint64) SlowlogCounts {
	w.t.Helper()
	got := w.round()
	var words []string
	total := uint64(0)
	for _, c := range got.Commands {
		words = append(words, fmt.Sprintf("%s=%d", c.Command, c.Count))
		total += c.Count
	}
	if text := strings.Join(words, " "); text != commands || got.Lost != lost || got.Took.Count != total {
		w.t.Errorf("got %q, %d lost, %d durations; want %q, %d lost", text, got.Lost, got.Took.Count, commands, lost)
	}
	return got
}

// sleeps makes a server slow so many times.
func sleeps(t *testing.T, server *testserver.Server, n int) {
	t.Helper()
	for range n {
		server.Must(t, "DEBUG", "SLEEP", "0.006")
	}
}

// busy is slow with a secret among its arguments.
func busy(t *testing.T, server *testserver.Server, secret string) {
	t.Helper()
	server.Must(t, "EVAL", "for i = 1, 3000000 do end return 1", "1", secret, secret)
}

func TestEachSlowCommandIsCountedOnce(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(slow...)
		sleeps(t, server, 2)
		w := watch(t, server, 128)
		w.want("", 0) // what was there is old
		w.want("", 0)
		sleeps(t, server, 2)
		w.want("debug=2", 0)
		w.want("debug=2", 0)
		sleeps(t, server, 1)
		server.Must(t, "SLOWLOG", "RESET")
		w.want("debug=2", 0) // nobody knows yet that there was one
		sleeps(t, server, 2)
		w.want("debug=4", 1)

		server.Stop()
		server.Start()
		sleeps(t, server, 3) // their numbers are those of entries that were counted before
		w.want("debug=7", 1)
		server.Stop()
		server.Start()
		w.want("debug=7", 1)
		sleeps(t, server, 9) // and now they go beyond them
		got := w.want("debug=16", 1)
		if len(got.Recent) != recentKept || got.Recent[0].Took < 6*time.Millisecond || got.Recent[0].Ended.Before(got.Recent[9].Ended) {
			t.Errorf("the newest: %+v", got.Recent)
		}
	})
}

func TestEntriesThatLeaveTheLogTooSoonAreLost(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(append(slow, "--slowlog-max-len", "4")...)
		sleeps(t, server, 1)
		w := watch(t, server, 128)
		w.want("", 0)
		sleeps(t, server, 4)
		w.want("debug=4", 0)
		sleeps(t, server, 7)
		w.want("debug=8", 3)
		server.Must(t, "CONFIG", "SET", "slowlog-max-len", "0")
		sleeps(t, server, 2)
		w.want("debug=8", 3)
		server.Must(t, "CONFIG", "SET", "slowlog-max-len", "4")
		sleeps(t, server, 1)
		lost := w.round().Lost
		if lost != 3 && lost != 5 { // a server without a log counts on, or does not
			t.Errorf("%d lost, want 3 or 5", lost)
		}
		w.want("debug=9", lost)
		server.Stop()
		server.Start() // with a length of 4 again
		sleeps(t, server, 6)
		w.want("debug=13", lost+2)
	})
}

// A look fetches no more than it may; the rest counts as lost.
func TestALookIsBounded(t *testing.T) {
	server := testserver.Valkey(t, slow...)
	sleeps(t, server, 1)
	w := watch(t, server, 3)
	w.want("", 0)
	sleeps(t, server, 5)
	w.want("debug=3", 2)
	sleeps(t, server, 3)
	w.want("debug=6", 2)
}

// A log that is empty at first may have been emptied: its next number is not known.
func TestALogThatIsEmptyAtFirst(t *testing.T) {
	server := testserver.Valkey(t, slow...)
	sleeps(t, server, 3)
	server.Must(t, "SLOWLOG", "RESET")
	w := watch(t, server, 128)
	w.want("", 0)
	sleeps(t, server, 2)
	w.want("debug=2", 0)
	sleeps(t, server, 1)
	server.Must(t, "SLOWLOG", "RESET")
	sleeps(t, server, 1)
	w.want("debug=3", 1)
}

// Commands are named as the server counts them, and never by what was sent.
func TestCommandsAreNamedByTheServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(append(slow, "--rename-command", "DEBUG", "k3y-t0-the-k1ngdom")...)
		w := watch(t, server, 128)
		w.want("", 0)
		server.Must(t, "K3Y-T0-THE-K1NGDOM", "SLEEP", "0.006")
		w.want("other=1", 0)
		server.Must(t, "CONFIG", "SET", "slowlog-log-slower-than", "0")
		server.Must(t, "Config", "Get", "maxmemory")
		server.Must(t, "get", "list|get")
		server.Must(t, "CONFIG", "SET", "slowlog-log-slower-than", "-1")
		got := w.round()
		names := map[string]uint64{}
		for _, c := range got.Commands {
			names[c.Command] = c.Count
		}
		delete(names, "hello") // of the test's own connections
		if len(names) != 4 || names["other"] != 1 || names["config|set"] != 1 || names["config|get"] != 1 || names["get"] != 1 {
			t.Errorf("got %v", names)
		}
	})
}

// What exporters do themselves is counted apart.
func TestOwnCommandsAreApart(t *testing.T) {
	server := testserver.Valkey(t, "--slowlog-log-slower-than", "0")
	w := watch(t, server, 1024)
	first := w.round()
	got := w.round()
	if len(got.Commands) != 0 || got.Own <= first.Own || got.Took.Count != 0 || got.Lost != 0 {
		t.Errorf("got %+v", got)
	}
}

// Redis 7 does not tell who has sent a command that a script calls.
func TestWhatScriptsOfExportersCallIsApart(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--slowlog-log-slower-than", "0")
		w := watch(t, server, 1024)
		w.round()
		script := []any{"eval", `redis.call("exists", "a") return redis.call("strlen", "a")`, 0}
		if err := open(t, server, "").Exec(t.Context(), []redis.Cmder{redis.NewCmd(t.Context(), script...)}); err != nil {
			t.Fatal(err)
		}
		server.Must(t, "EVAL", `return redis.call("llen", "a")`, "0")
		names := map[string]uint64{}
		for _, c := range w.round().Commands {
			names[c.Command] = c.Count
		}
		if names["exists"] != 0 || names["strlen"] != 0 || names["eval"] != 1 || names["llen"] != 1 {
			t.Errorf("got %v, want the script of somebody else and what it has called", names)
		}
	})
}

// Another server behind the same address has a log of its own, which is old.
func TestAnotherServerIsNotARestart(t *testing.T) {
	l := NewSlowlog()
	at := time.Unix(1_800_000_000, 0)
	look := func(run string, uptime float64, ids ...int64) valkey.SlowlogLook {
		at = at.Add(5 * time.Second)
		s := valkey.SlowlogLook{At: at, Run: run, Uptime: uptime}
		for _, id := range ids {
			s.Entries = append(s.Entries, valkey.SlowCommand{ID: id, Command: "get", Took: time.Second})
		}
		return s
	}
	want := func(count, lost uint64) {
		t.Helper()
		got := l.Counts()
		if got.Took.Count != count || got.Lost != lost {
			t.Errorf("%d counted, %d lost; want %d, %d", got.Took.Count, got.Lost, count, lost)
		}
	}
	l.Add(look("a", 1000, 7, 6))
	l.Add(look("b", 3600, 3, 2)) // a failover
	want(0, 0)
	l.Add(look("b", 3605, 5, 4, 3))
	want(2, 0)
	l.Add(look("c", 4, 1, 0)) // a restart
	want(4, 0)
	l.Add(look("d", 6, 9, 8)) // a restart a second ago, and much since
	want(6, 8)
	if n := l.Missing(look("d", 11, 12)); n != 3 {
		t.Errorf("%d are missing, want 3", n)
	}
	l.Add(look("", valkey.NotSent, 1, 0)) // it does not tell, but numbers fall
	want(8, 8)
	l.Add(look("d", 7, 1)) // told again: nothing has changed
	want(8, 8)
}

// Nothing that the application sent is kept: it is not among what is known.
func TestArgumentsAreNotKept(t *testing.T) {
	const secret = "s3cr3t-argument"
	server := testserver.Valkey(t, slow...)
	w := watch(t, server, 128)
	w.want("", 0)
	busy(t, server, secret)
	w.want("eval=1", 0)
	if text := fmt.Sprintf("%+v", w.Status()); strings.Contains(text, secret) || strings.Contains(text, "127.0.0.1") {
		t.Errorf("kept: %s", text)
	}
}

// A right that is missing costs what it is about, and is asked for once.
func TestRightsThatAreMissing(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(slow...)
		for _, c := range []struct {
			denied, named string
			commands      int // that are counted
			trips         bool
		}{
			{"-slowlog", "SLOWLOG GET", 0, true},
			{"-ping", "PING", 1, false},
			{"-info", "INFO", 1, true},
		} {
			server.Must(t, "ACL", "SETUSER", "watcher", "reset", "on", ">secret", "~*", "+@all", c.denied)
			w := NewWatcher(valkey.NewProber(open(t, server, "watcher"), time.Now), slog.New(slog.DiscardHandler))
			w.pace = Pace{Entries: 128, Denied: time.Hour}
			w.round(t.Context())
			sleeps(t, server, 1)
			w.round(t.Context())
			w.round(t.Context())
			got := w.Status()
			if len(got.Unavailable) != 1 || got.Unavailable[0].Command != c.named {
				t.Errorf("%s: named are %v", c.denied, got.Unavailable)
			}
			if (got.RoundTrips.Count > 0) != c.trips || got.Slowlog.Known != (c.commands > 0) || len(got.Slowlog.Commands) != c.commands {
				t.Errorf("%s: got %+v", c.denied, got)
			}
			if c.denied == "-info" && got.Slowlog.Commands[0] != (SlowCount{valkey.OtherCommand, 1}) {
				t.Errorf("%s: got %+v", c.denied, got.Slowlog.Commands)
			}
		}
	})
}

func TestRoundTripsAreTimed(t *testing.T) {
	server := testserver.Valkey(t)
	w := watch(t, server, 128)
	w.round()
	w.round()
	trips := w.Status().RoundTrips
	if trips.Count != 2 || trips.Sum <= 0 || trips.Sum >= 2*atMost {
		t.Errorf("got %+v", trips)
	}
	// A server that hangs answers late, not never.
	server.Pause()
	w.Watcher.round(t.Context())
	trips = w.Status().RoundTrips
	counted := uint64(0)
	for _, n := range trips.Counts {
		counted += n
	}
	if trips.Count != 3 || trips.Count-counted != 1 || trips.Sum < atMost {
		t.Errorf("got %+v", trips)
	}
	// One that is gone does not answer at all.
	server.Resume()
	server.Stop()
	w.Watcher.round(t.Context())
	if n := w.Status().RoundTrips.Count; n != 3 || w.failing == valkey.KindNone {
		t.Errorf("%d round trips, the last %q", n, w.failing)
	}
}

// atMost is how long a round trip takes at most.
var atMost = valkey.ProbeTimeout.Seconds()

func TestTheLoopEnds(t *testing.T) {
	w := watch(t, testserver.Valkey(t), 128)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		w.Run(ctx, Pace{Interval: time.Millisecond, Entries: 128, Denied: time.Hour})
		close(ended)
	}()
	for w.Status().RoundTrips.Count < 3 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
}

//go:build unix

package clients_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

const (
	own = "exporter-under-test"
	// deadline is far longer than anything here takes.
	deadline = 20 * time.Second
)

// groups are in an order that matters: the first has what is in both.
var groups = []clients.Group{
	{Name: "admin", Client: "backend*", User: "admin", Max: 1},
	{Name: "backend", Client: "backend*", Max: 10},
	{Name: "jobs", User: "jöbs=*"},
}

// roster looks at a server, as a user whose password is the user's name.
func roster(t testing.TB, server *testserver.Server, user string, changes ...func(*clients.Options)) *clients.Roster {
	t.Helper()
	target, err := valkey.ParseTarget(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	conn := valkey.Open(valkey.Options{
		Target: target, Credentials: valkey.Credentials{User: user}.Password(user), Name: own, Longest: valkey.MaxClientListBytes,
	})
	t.Cleanup(func() { _ = conn.Close() })
	o := clients.Options{
		Interval: time.Hour, ServerShare: 0.01, Denied: time.Hour, MaxClients: 10_000, SlowShare: 0.5, Own: own,
		Groups: groups, Channels: []clients.Channel{{Name: "events", Min: 1}, {Name: "shard", Shard: true}}, Match: queue.Match,
	}
	for _, c := range changes {
		c(&o)
	}
	return clients.NewRoster(o, valkey.NewLister(conn, time.Now), time.Now, slog.New(slog.DiscardHandler))
}

func look(t testing.TB, r *clients.Roster) clients.Status {
	t.Helper()
	if err := r.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r.Status()
}

// group is what a group has.
func group(t testing.TB, s clients.Status, name string) clients.GroupReport {
	t.Helper()
	i := slices.IndexFunc(s.Groups, func(g clients.GroupReport) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("there is no group %s in %+v", name, s.Groups)
	}
	return s.Groups[i]
}

// wantConnections counts those of each group.
func wantConnections(t testing.TB, s clients.Status, want map[string]float64) {
	t.Helper()
	for _, g := range s.Groups {
		if g.Connections != want[g.Name] {
			t.Errorf("%s has %v connections, want %v", g.Name, g.Connections, want[g.Name])
		}
	}
}

// connect is a connection that stays open, on which some commands have been run.
func connect(t testing.TB, server *testserver.Server, commands ...[]any) *redis.Conn {
	t.Helper()
	db := redis.NewClient(&redis.Options{Addr: server.Addr, Protocol: 2, DisableIdentity: true, MaxRetries: -1, ContextTimeoutEnabled: true})
	conn := db.Conn()
	t.Cleanup(func() { _ = conn.Close(); _ = db.Close() })
	for _, command := range append(commands, []any{"ping"}) {
		if err := conn.Do(t.Context(), command...).Err(); err != nil {
			t.Fatalf("%v: %v", command, err)
		}
	}
	return conn
}

// hostile are names that the server takes, and that look like something else.
var hostile = []string{"name=x", "flags=P", "backend\x7e=user=admin", "=", `"\n"`, "id=1,name=backend"}

func TestGroupsByNameAndUser(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "ACL", "SETUSER", "admin", "on", "nopass", "+@all", "~*")
		server.Must(t, "ACL", "SETUSER", "jöbs=1", "on", "nopass", "+@all", "~*")
		for range 3 {
			connect(t, server, []any{"client", "setname", "backend-1"})
		}
		connect(t, server, []any{"auth", "admin", "x"}, []any{"client", "setname", "backend-1"})
		connect(t, server, []any{"auth", "jöbs=1", "x"})
		for _, name := range hostile {
			connect(t, server, []any{"client", "setname", name})
		}
		// One whose name begins as that of the backend is of the backend, whatever follows.
		s := look(t, roster(t, server, ""))
		wantConnections(t, s, map[string]float64{"admin": 1, "backend": 4, "jobs": 1, clients.Other: float64(len(hostile)) - 1, clients.Exporter: 1})
		if g := group(t, s, "backend"); g.Max != 10 || g.Blocked != 0 {
			t.Errorf("got %+v", g)
		}
		if s.Slow != 0 || s.TooMany || s.Listed.IsZero() || s.Took <= 0 || len(s.Unavailable) > 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestGroupsByLibrary(t *testing.T) {
	server := testserver.Valkey(t)
	connect(t, server, []any{"client", "setinfo", "lib-name", "go-redis(,x)"})
	connect(t, server)
	byLibrary := func(o *clients.Options) {
		o.Groups = []clients.Group{{Name: "go", Library: "go-redis*"}, {Name: "any", Library: "*"}}
	}
	wantConnections(t, look(t, roster(t, server, "", byLibrary)), map[string]float64{"go": 1, clients.Other: 1, clients.Exporter: 1})
	old := testserver.Redis(t)
	connect(t, old)
	wantConnections(t, look(t, roster(t, old, "", byLibrary)), map[string]float64{clients.Other: 1, clients.Exporter: 1})
}

func TestBlockedAndIdleConnections(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		blocked := connect(t, server, []any{"client", "setname", "backend"})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = blocked.Do(ctx, "blpop", "jobs", "0").Err() }()
		defer func() { server.Must(t, "RPUSH", "jobs", "1"); <-done; cancel() }()
		connect(t, server, []any{"client", "setname", "backend"})
		connect(t, server, []any{"subscribe", "elsewhere"})
		r := roster(t, server, "")
		var s clients.Status
		eventually(t, "one waits, and the other has been idle", func() bool {
			s = look(t, r)
			g := group(t, s, "backend")
			return g.Blocked == 1 && g.Idlest >= 1
		})
		wantConnections(t, s, map[string]float64{"backend": 2, clients.Other: 1, clients.Exporter: 1})
		if other := group(t, s, clients.Other); other.Idlest != 0 {
			t.Errorf("a subscriber counts as idle: %+v", other)
		}
	})
}

func TestReplicasAreInNoGroup(t *testing.T) {
	primary := testserver.Valkey(t)
	replica := testserver.Replica(t, primary)
	for _, server := range []*testserver.Server{primary, replica} {
		wantConnections(t, look(t, roster(t, server, "")), map[string]float64{clients.Exporter: 1})
	}
}

func TestSubscribersOfChannels(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		r := roster(t, server, "")
		subscribers := func() [2]float64 {
			s := look(t, r)
			if len(s.Channels) != 2 || s.Channels[0].Name != "events" || s.Channels[0].Min != 1 {
				t.Fatalf("got %+v", s.Channels)
			}
			return [2]float64{s.Channels[0].Subscribers, s.Channels[1].Subscribers}
		}
		if got := subscribers(); got != [2]float64{} {
			t.Errorf("got %v before anybody listens", got)
		}
		connect(t, server, []any{"subscribe", "events"})
		connect(t, server, []any{"ssubscribe", "shard"})
		connect(t, server, []any{"psubscribe", "events*"})
		if got := subscribers(); got != [2]float64{1, 1} {
			t.Errorf("got %v", got)
		}
		server.Must(t, "CLIENT", "KILL", "TYPE", "pubsub")
		eventually(t, "nobody listens", func() bool { return subscribers() == [2]float64{} })
	})
}

// A subscriber that does not read is seen while its messages pile up; then the server
// cuts it off, and it is gone.
func TestSlowSubscriberBeforeItIsCutOff(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--client-output-buffer-limit", "pubsub 4mb 2mb 3600")
		deaf, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.Addr, "valkey://"))
		if err != nil {
			t.Fatal(err)
		}
		defer deaf.Close()
		_ = deaf.(*net.TCPConn).SetReadBuffer(4 << 10)
		fmt.Fprint(deaf, "SUBSCRIBE events\r\n")
		r := roster(t, server, "")
		eventually(t, "it listens", func() bool { return look(t, r).Channels[0].Subscribers == 1 })
		message := strings.Repeat("x", 64<<10)
		var s clients.Status
		for range 400 {
			server.Must(t, "PUBLISH", "events", message)
			if s = look(t, r); s.Slow > 0 {
				break
			}
			if b := s.Buffers[valkey.PubSubClient]; b.Largest > 1<<20 {
				t.Fatalf("%v bytes wait, and nobody is slow", b.Largest)
			}
		}
		b := s.Buffers[valkey.PubSubClient]
		if s.Slow != 1 || b.Largest <= 1<<20 || b.Largest != b.Bytes || b.Largest > 2<<20 {
			t.Fatalf("slow %v, %+v", s.Slow, b)
		}
		for range 100 {
			server.Must(t, "PUBLISH", "events", message)
		}
		if s = look(t, r); s.Slow != 0 || s.Channels[0].Subscribers != 0 || s.Buffers[valkey.PubSubClient].Bytes != 0 {
			t.Errorf("after it was cut off: %+v", s)
		}
	})
}

func TestSubscribersWithoutALimitAreNeitherSlowNorFast(t *testing.T) {
	server := testserver.Valkey(t, "--client-output-buffer-limit", "pubsub 0 0 0")
	if s := look(t, roster(t, server, "")); !math.IsNaN(s.Slow) {
		t.Errorf("got %v", s.Slow)
	}
}

// Thousands of connections are counted, and the exporter keeps nothing of them.
func TestFiveThousandConnections(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		const many = 5000
		server := start("--maxclients", "6000")
		var dialer net.Dialer
		address := server.Socket
		open := 0
		for range many {
			c, err := dialer.DialContext(t.Context(), "unix", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			open++
			if open%50 == 0 { // the server takes some at a time, and the backlog is short
				fmt.Fprint(c, "PING\r\n")
				_, _ = c.Read(make([]byte, 16))
			}
		}
		r := roster(t, server, "")
		var s clients.Status
		eventually(t, "all are accepted", func() bool { s = look(t, r); return group(t, s, clients.Other).Connections == many })
		if got := testing.AllocsPerRun(3, func() { look(t, r) }); got > 4*many {
			t.Errorf("%v allocations for %d clients", got, many)
		}
		few := roster(t, server, "", func(o *clients.Options) { o.MaxClients = many })
		s = look(t, few)
		if !s.TooMany || s.Groups != nil || s.Buffers != nil || !math.IsNaN(s.Slow) || len(s.Channels) != 2 || !s.Listed.IsZero() {
			t.Errorf("with more than may be listed: %+v", s)
		}
		before := calls(t, server)
		look(t, few)
		if after := calls(t, server); after != before {
			t.Errorf("it was listed all the same, %q then %q", before, after)
		}
	})
}

// calls is what the server counts of CLIENT LIST.
func calls(t testing.TB, server *testserver.Server) string {
	t.Helper()
	for line := range strings.Lines(server.Must(t, "INFO", "commandstats").(string)) {
		if rest, ok := strings.CutPrefix(line, "cmdstat_client|list:"); ok {
			n, _, _ := strings.Cut(rest, ",")
			return n
		}
	}
	return ""
}

// What may not be asked is not known, and not empty.
func TestUserWhoMayNotListClients(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">watcher", "+@all", "-client|list", "-pubsub")
		s := look(t, roster(t, server, "watcher"))
		if s.Groups != nil || s.Buffers != nil || !math.IsNaN(s.Slow) || s.Channels != nil || !s.Listed.IsZero() || s.TooMany {
			t.Errorf("got %+v", s)
		}
		var named []string
		for _, u := range s.Unavailable {
			named = append(named, u.Command+" "+u.Reason)
		}
		if want := []string{"CLIENT LIST denied", "PUBSUB NUMSUB denied", "PUBSUB SHARDNUMSUB denied"}; !slices.Equal(named, want) {
			t.Errorf("named %q, want %q", named, want)
		}
		server.Must(t, "ACL", "SETUSER", "watcher", "+client|list", "-info")
		server.Must(t, "CONFIG", "RESETSTAT")
		if s := look(t, roster(t, server, "watcher")); s.Groups != nil || calls(t, server) != "" {
			t.Errorf("it lists without knowing how many there are: %+v", s)
		}
	})
}

// Of a server that is away nothing is known; afterwards all is.
func TestServerThatGoesAway(t *testing.T) {
	server := testserver.Valkey(t)
	r := roster(t, server, "")
	first := look(t, r)
	server.Stop()
	if err := r.Look(t.Context()); err == nil {
		t.Error("the server is away, and no error")
	}
	if s := r.Status(); s.Groups != nil || s.Channels != nil || !math.IsNaN(s.Slow) || !s.Listed.Equal(first.Listed) {
		t.Errorf("got %+v", s)
	}
	server.Start()
	eventually(t, "it is back", func() bool { return r.Look(t.Context()) == nil && r.Status().Groups != nil })
}

func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %v: %s", deadline, what)
		}
	}
}

//go:build unix

package valkey_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

func TestLookLeavesNoTrace(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--maxmemory-policy", "allkeys-lru")
		questions := allTypes(t, server)
		noTouch := len(knownRights(t, server, []string{"+client|no-touch"})) > 0
		server.Must(t, "SET", "string", "x")
		server.Must(t, "HSET", "hash", "k", "v")
		questions = append(questions, everything(3, "string"), everything(3, "hash"))
		slices.SortStableFunc(questions, func(a, b valkey.Question) int { return a.Queue.DB - b.Queue.DB })
		changes := field(t, server, "rdb_changes_since_last_save")
		before := complaints(t, server)
		viewer := view(t, server)
		time.Sleep(1100 * time.Millisecond) // the clock of LRU has seconds
		for range 3 {
			look := viewer.good(t, questions...)
			for _, s := range look.Sights[:4] {
				if noTouch != (s.Idle >= time.Second) || !noTouch && s.Idle != valkey.None {
					t.Errorf("%s: idle for %v", s.Queue.Key, s.Idle)
				}
			}
		}
		if n := calls(t, server, "object|idletime"); noTouch != (n > 0) {
			t.Errorf("OBJECT IDLETIME was asked %v times", n)
		}
		if noTouch {
			for _, key := range []string{"list", "set", "zset", "q"} {
				if idle, _ := server.Must(t, "OBJECT", "IDLETIME", key).(int64); idle < 1 {
					t.Errorf("%s looks used", key)
				}
			}
		}
		if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
			t.Errorf("the server complains (-before +after):\n%s", diff)
		}
		if n := field(t, server, "rdb_changes_since_last_save") - changes; n != 0 {
			t.Errorf("%v changes", n)
		}
		if n, _ := server.Must(t, "SLOWLOG", "LEN").(int64); n != 0 {
			t.Errorf("%d slow commands: %v", n, server.Must(t, "SLOWLOG", "GET"))
		}
	})
}

func TestIdleTimeIsNotBelievedWhenLookingIsUse(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "RPUSH", "q", "a")
	viewer := newViewer(as(t, server, lookRights...), valkey.NewLedger())
	if s := viewer.one(t, "q", everything(0, "q")); s.Idle == valkey.None {
		t.Error("the idle time is not known")
	}
	server.Must(t, "ACL", "SETUSER", "exporter", "-client|no-touch")
	server.Must(t, "CLIENT", "KILL", "USER", "exporter")
	for range 2 {
		if s := viewer.one(t, "q", everything(0, "q")); s.Idle != valkey.None {
			t.Errorf("on a connection that may not leave keys untouched: idle for %v", s.Idle)
		}
	}
}

func TestIdleTimeIsNotAskedUnderLFU(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--maxmemory-policy", "allkeys-lfu")
		server.Must(t, "RPUSH", "q", "a")
		viewer := view(t, server)
		for range 3 {
			if s := viewer.one(t, "q", everything(0, "q")); s.Idle != valkey.None || s.Length != 1 {
				t.Errorf("idle for %v, length %v", s.Idle, s.Length)
			}
		}
		if n := field(t, server, "total_error_replies"); n != 0 {
			t.Errorf("%v error replies", n)
		}
		server.Must(t, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
		viewer.good(t)
		server.Must(t, "CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
		if s := viewer.one(t, "q", everything(0, "q")); s.Idle != valkey.None || s.Length != 1 {
			t.Errorf("when the policy has just changed: idle for %v, length %v", s.Idle, s.Length)
		}
	})
}

func TestQuestionsGoToTheirDatabases(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		for _, db := range []string{"0", "3", "5"} {
			server.Must(t, "EVAL", "redis.call('SELECT', ARGV[1]) return redis.call('RPUSH', KEYS[1], 'in ' .. ARGV[1])", "1", "q", db)
		}
		viewer := view(t, server)
		// The last two are out of order, which must not mix them up either.
		questions := []valkey.Question{}
		for _, db := range []int{0, 3, 5, 9, 3, 0} {
			questions = append(questions, valkey.Question{Queue: valkey.NewQueue(db, "q", ""), Ends: true, Bytes: budget})
		}
		for range 2 {
			got := []string{}
			for _, s := range viewer.good(t, questions...).Sights {
				if s.Head != nil {
					got = append(got, string(s.Head.Text))
				} else {
					got = append(got, "none")
				}
			}
			if want := []string{"in 0", "in 3", "in 5", "none", "in 3", "in 0"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}

func TestLookTellsWhatTheServerDid(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "RPUSH", "q", "a", "b")
		viewer := view(t, server)
		viewer.good(t, everything(0, "q"))
		server.Must(t, "LPOP", "q")
		look := viewer.good(t, everything(0, "q"))
		for _, key := range []string{"run_id", "keyspace_hits", "evicted_keys", "expired_keys"} {
			if look.Before.Fields[key] == "" || look.After.Fields[key] == "" {
				t.Errorf("INFO without %s", key)
			}
		}
		for _, key := range []string{"maxmemory", "maxmemory_policy", "blocked_clients"} {
			if look.After.Fields[key] == "" {
				t.Errorf("INFO afterwards without %s", key)
			}
		}
		if callsOf(look.Before, "lpop") != 1 || callsOf(look.After, "evalsha_ro") != callsOf(look.Before, "evalsha_ro")+1 {
			t.Errorf("commands before %+v and after %+v", look.Before.Commands, look.After.Commands)
		}
		if look.At.IsZero() || look.Took < 0 {
			t.Errorf("at %v, took %v", look.At, look.Took)
		}
	})
}

func TestLookAtAFullServerAndAReplica(t *testing.T) {
	full := testserver.Valkey(t)
	full.Must(t, "RPUSH", "q", "a")
	full.Must(t, "CONFIG", "SET", "maxmemory", "1")
	if s := view(t, full).one(t, "q", everything(0, "q")); s.Length != 1 {
		t.Errorf("full server: length %v", s.Length)
	}
	primary := testserver.Valkey(t)
	primary.Must(t, "RPUSH", "q", "a", "b")
	replica := testserver.Replica(t, primary, "--replica-serve-stale-data", "no")
	viewer := view(t, replica)
	if s := viewer.one(t, "q", everything(0, "q")); s.Length != 2 {
		t.Errorf("replica: length %v", s.Length)
	}
	primary.Stop()
	replica.WaitForInfo("master_link_status:down")
	look := viewer.look(t, everything(0, "q"))
	if err := look.Sights[0].Err; look.Err != nil || err == nil || !strings.HasPrefix(err.Error(), "MASTERDOWN") {
		t.Errorf("replica without its primary: %v, %v", look.Err, err)
	}
	if s := view(t, replica).look(t, everything(0, "q")); s.Err != nil || s.Sights[0].Err == nil {
		t.Errorf("first look at such a replica: %v, %v", s.Err, s.Sights[0].Err)
	}
}

func TestLoadingServerFailsTheLook(t *testing.T) {
	server := scripted(t)
	viewer := newViewer(open(t, server.Addr), valkey.NewLedger())
	for range 2 { // while it is not known whether scripts may run, and after that
		server.Reply("EVALSHA_RO", fake.Error("LOADING Redis is loading the dataset in memory"))
		look := viewer.look(t, everything(0, "q"))
		if valkey.KindOf(look.Err) != valkey.KindLoading || valkey.KindOf(look.Sights[0].Err) != valkey.KindLoading {
			t.Errorf("loading: %v, %v", look.Err, look.Sights[0].Err)
		}
		server.Reply("EVALSHA_RO", noneThere)
		viewer.good(t, everything(0, "q"))
	}
}

func TestClusterThatIsDownCostsAnswersOnly(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--cluster-enabled", "yes")
		look := view(t, server).look(t, everything(0, "q"))
		if err := look.Sights[0].Err; look.Err != nil || err == nil || !strings.HasPrefix(err.Error(), "CLUSTERDOWN") {
			t.Errorf("%v, %v", look.Err, err)
		}
	})
}

func TestBusyServerFailsTheLook(t *testing.T) {
	server := testserver.Valkey(t, "--busy-reply-threshold", "1")
	server.Must(t, "RPUSH", "q", "a")
	known := view(t, server)
	known.good(t, everything(0, "q"))
	busy := func() bool {
		_, err := server.Do(t, "PING")
		return err != nil
	}
	go func() { _, _ = server.Do(t, "EVAL", "while true do end", "0") }()
	eventually(t, "the server is busy", busy)
	for _, v := range []*viewer{known, view(t, server)} {
		look := v.look(t, everything(0, "q"))
		if valkey.KindOf(look.Err) != valkey.KindBusy || valkey.KindOf(look.Sights[0].Err) != valkey.KindBusy {
			t.Errorf("busy: %v, %v", look.Err, look.Sights[0].Err)
		}
	}
	server.Must(t, "SCRIPT", "KILL")
	eventually(t, "the server is no longer busy", func() bool { return !busy() })
	known.good(t, everything(0, "q"))
}

// noneThere is the answer about a key that does not exist.
var noneThere = fake.Array(fake.Bulk("type"), fake.Bulk("none"), fake.Bulk("lookups"), fake.Int(1))

// scripted is a server on which no queue exists.
func scripted(t *testing.T) *fake.Server {
	t.Helper()
	server := replay(t, nil)
	heal(server)
	return server
}

// heal ends the faults of a scripted server.
func heal(server *fake.Server) {
	server.Heal()
	server.Reply("EVAL_RO", fake.Bulk("loaded"))
	server.Reply("EVALSHA_RO", noneThere)
}

func TestErrorAboutOneQueueCostsThatQueue(t *testing.T) {
	for _, tc := range []struct {
		reply string
		times int // that it is asked in two looks
	}{
		{"NOSCRIPT No matching script.", 2},
		{"MOVED 1234 10.0.0.1:6379", 1},
		{"ASK 1234 10.0.0.1:6379", 1},
		{"TRYAGAIN Multiple keys request during rehashing of slot", 2},
		{"NOPERM No permissions to access a key", 1},
	} {
		answers := fake.ReplayHandler(t, captures, "valkey-8.0.1", nil)
		times := 0
		server := fake.New(t, func(args []string) []byte {
			switch {
			case args[0] == "EVALSHA_RO" && slices.Contains(args, "bad"):
				times++
				return fake.Error(tc.reply)
			case args[0] == "EVALSHA_RO" || args[0] == "EVAL_RO":
				return noneThere
			}
			return answers(args)
		})
		viewer := newViewer(open(t, server.Addr), valkey.NewLedger())
		questions := []valkey.Question{everything(0, "good"), everything(0, "bad"), everything(0, "also good")}
		for range 2 {
			look := viewer.look(t, questions...)
			s := look.Sights
			if look.Err != nil || s[0].Err != nil || s[2].Err != nil || s[1].Err == nil || !strings.Contains(s[1].Err.Error(), tc.reply) {
				t.Errorf("%s: %v: %v, %v, %v", tc.reply, look.Err, s[0].Err, s[1].Err, s[2].Err)
			}
		}
		if times != tc.times {
			t.Errorf("%s: asked %d times, want %d", tc.reply, times, tc.times)
		}
	}
}

func TestUnknownCommandIsAskedOnceAndNotRepeated(t *testing.T) {
	server := scripted(t)
	server.Reply("EVAL_RO", fake.Error("ERR unknown command 'eval_ro', with args beginning with: 'secret'"))
	viewer := newViewer(open(t, server.Addr), valkey.NewLedger())
	for range 3 {
		look := viewer.look(t, everything(0, "q"))
		if valkey.Refused(look.Err) != valkey.ReasonUnknown || strings.Contains(look.Err.Error(), "secret") {
			t.Errorf("look: %v", look.Err)
		}
	}
	if n := server.Count("EVAL_RO"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if diff := cmp.Diff([]valkey.Unavailable{{Command: "EVAL_RO", Reason: valkey.ReasonUnknown}}, viewer.Unavailable()); diff != "" {
		t.Errorf("unavailable, -want +got\n%s", diff)
	}
}

func TestLookThatBreaksOffSaysWhyAndKeepsWhatCame(t *testing.T) {
	server := scripted(t)
	viewer := newViewer(open(t, server.Addr), valkey.NewLedger())
	question := everything(0, "q")
	other := everything(3, "q")
	viewer.good(t, question)

	server.Cut("SELECT", 0)
	look := viewer.look(t, question, other)
	if valkey.KindOf(look.Err) != valkey.KindClosed || look.Sights[0].Err != nil || valkey.KindOf(look.Sights[1].Err) != valkey.KindClosed {
		t.Errorf("cut: %v: %v, %v", look.Err, look.Sights[0].Err, look.Sights[1].Err)
	}
	if look.Before.Fields == nil || look.After.Fields != nil {
		t.Errorf("cut: INFO before %v, after %v", look.Before.Fields != nil, look.After.Fields != nil)
	}
	heal(server)
	server.Hang("EVALSHA_RO")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	look = viewer.Look(ctx, []valkey.Question{question}, retryDenied)
	if valkey.KindOf(look.Err) != valkey.KindTimeout || valkey.KindOf(look.Sights[0].Err) != valkey.KindTimeout {
		t.Errorf("hung: %v, %v", look.Err, look.Sights[0].Err)
	}
	heal(server)
	server.Disconnect()
	viewer.good(t, question, other)

	server.Close()
	look = viewer.look(t, question)
	if valkey.KindOf(look.Err) != valkey.KindRefused || valkey.KindOf(look.Sights[0].Err) != valkey.KindRefused {
		t.Errorf("gone: %v, %v", look.Err, look.Sights[0].Err)
	}
}

func TestConnectionThatIsLostInAnotherDatabaseIsMadeAnew(t *testing.T) {
	server := scripted(t)
	viewer := newViewer(open(t, server.Addr), valkey.NewLedger())
	viewer.good(t, everything(0, "q"))
	server.Reply("SELECT", fake.Error("ERR not now"))
	viewer.look(t, everything(3, "q"))
	heal(server)
	before := server.Connections()
	viewer.good(t, everything(0, "q"))
	if n := server.Connections() - before; n != 1 {
		t.Errorf("%d new connections, want 1: nobody knows in which database the old one is", n)
	}
}

func TestAnswerThatIsNotUnderstoodCostsThatQueue(t *testing.T) {
	one, text := fake.Int(1), fake.Bulk("x")
	pair := func(name string, value []byte) []byte { return fake.Array(fake.Bulk(name), value) }
	of := func(kind, name string, value []byte) []byte {
		return fake.Array(fake.Bulk("type"), fake.Bulk(kind), fake.Bulk(name), value)
	}
	for i, reply := range [][]byte{
		one, text, fake.Array(text), fake.Array(one, one), pair("type", one), pair("lookups", text),
		pair("length", fake.Int(-1)), pair("length", text), pair("ttl", text), pair("idle", text),
		pair("head", one), pair("head", fake.Array()), pair("tail", fake.Array(text, text)), pair("tail", fake.Array(one, one)),
		pair("tail", fake.Array(one, text, text)), pair("tail", fake.Array(one, text, one)), pair("head", fake.Array(one, text, one, one)),
		pair("head_at", one), pair("tail_at", fake.Array(text, one)), pair("tail_at", fake.Array(one, text)), pair("tail_at", fake.Array(one)),
		pair("newest", one), pair("newest", fake.Array(one)), pair("members", one), pair("members", fake.Array(one)), pair("all_members", text),
		of("zset", "members", one), of("zset", "members", fake.Array(text)), of("zset", "members", fake.Array(text, text)), of("zset", "members", fake.Array(one, one)),
		of("stream", "added", text), of("stream", "first", one), of("stream", "first", text), of("stream", "groups_in_all", text),
		of("stream", "groups", one), of("stream", "groups", fake.Array(one)), of("stream", "groups", fake.Array(fake.Array(text, one, one))),
		of("stream", "groups", fake.Array(fake.Array(one, one, one, one, one, fake.Nil, fake.Nil, fake.Nil))),
		of("stream", "groups", fake.Array(fake.Array(text, text, one, one, one, fake.Nil, fake.Nil, fake.Nil))),
		of("stream", "groups", fake.Array(fake.Array(text, one, one, one, one, text, fake.Nil, fake.Nil))),
		of("stream", "groups", fake.Array(fake.Array(text, one, one, one, one, fake.Nil, text, fake.Nil))),
		of("stream", "groups", fake.Array(fake.Array(text, one, one, one, one, fake.Nil, fake.Nil, text))),
		pair("failed", one), pair("failed", fake.Array(one, text)), pair("failed", fake.Array(text, one)),
	} {
		server := scripted(t)
		server.Reply("EVALSHA_RO", reply)
		look := newViewer(open(t, server.Addr), valkey.NewLedger()).look(t, everything(0, "q"))
		if look.Err != nil || valkey.KindOf(look.Sights[0].Err) != valkey.KindParse {
			t.Errorf("answer %d, %q: %v, %v", i, reply, look.Err, look.Sights[0].Err)
		}
	}
	for _, reply := range [][]byte{pair("new in some release", one), of("stream", "new in some release", text), of("list", "added", text)} {
		server := scripted(t)
		server.Reply("EVALSHA_RO", reply)
		newViewer(open(t, server.Addr), valkey.NewLedger()).good(t, everything(0, "q"))
	}
}

func TestThousandQueuesAreAnsweredInOrder(t *testing.T) {
	server := testserver.Valkey(t)
	questions := []valkey.Question{}
	for i := range 1000 {
		key := fmt.Sprintf("queue:%d", i)
		server.Must(t, "RPUSH", key, "a", "b")
		questions = append(questions, everything(0, key))
	}
	viewer := view(t, server)
	viewer.good(t, questions...)
	for i, s := range viewer.good(t, questions...).Sights {
		if s.Queue.Key != "queue:"+strconv.Itoa(i) || s.Length != 2 || string(s.Head.Text) != "a" {
			t.Fatalf("queue %d: %+v", i, s)
		}
	}
}

func TestSteadyLookIsOneRoundTrip(t *testing.T) {
	server := scripted(t)
	viewer := newViewer(open(t, server.Addr), valkey.NewLedger())
	questions := []valkey.Question{everything(0, "a"), everything(0, "b"), everything(3, "a")}
	viewer.good(t, questions...) // connects and learns whether it may
	for range 3 {
		before := server.RoundTrips()
		viewer.good(t, questions...)
		if n := server.RoundTrips() - before; n != 1 {
			t.Errorf("%d round trips, want 1", n)
		}
	}
}

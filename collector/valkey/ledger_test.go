//go:build unix

package valkey_test

import (
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// audit compares what a scraper says of its own look-ups with the server's
// count. Nobody else looks anything up: what the test itself writes is counted
// by the server neither as hit nor as miss.
type audit struct {
	t      *testing.T
	server *testserver.Server
	asker  *asker
}

// exact scrapes, and expects that the look-ups which the server had counted
// before are the scraper's.
func (a audit) exact(when string) {
	a.t.Helper()
	hits, misses := field(a.t, a.server, "keyspace_hits"), field(a.t, a.server, "keyspace_misses")
	s := a.asker.good(a.t)
	if got, want := s.Probes, (valkey.Lookups{Hits: hits, Misses: misses}); got != want {
		a.t.Errorf("%s: own look-ups %+v, the server has counted %+v", when, got, want)
	}
}

func TestOwnLookUpsAreWhatTheServerCounts(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		watched := append(queues("list", "set", "zset", "stream", "empty stream", "string", "hash", "missing", "later"),
			valkey.NewQueue(3, "list", "work"), valkey.NewQueue(3, "missing", "work"), valkey.NewQueue(99, "list", "work"))
		a := audit{t, server, newAsker(open(t, server.Addr), watched...)}
		do := func(args ...string) { server.Must(t, args...) }
		do("LPUSH", "list", "a", "b")
		do("SADD", "set", "a")
		do("ZADD", "zset", "1", "a")
		do("XADD", "stream", "*", "k", "v")
		do("XGROUP", "CREATE", "empty stream", "g", "$", "MKSTREAM")
		do("SET", "string", "x")
		do("HSET", "hash", "k", "v")
		a.exact("at the start")
		a.exact("after the types became known")
		a.exact("in the steady state")

		do("RPUSH", "later", "a")
		a.exact("when a queue comes into being")
		a.exact("after it did")
		do("DEL", "list", "stream", "set")
		a.exact("when queues are drained")
		a.exact("after they were")
		do("SET", "list", "x")
		do("SET", "stream", "x")
		do("RPUSH", "set", "x")
		a.exact("when keys have become something else")
		a.exact("after the wrong type was noticed")
		a.exact("after the types were asked anew")
		do("CONFIG", "RESETSTAT")
		a.exact("after CONFIG RESETSTAT")
		a.exact("after that")
		server.Stop()
		server.Start()
		a.exact("after a restart")
		a.exact("after that")
	})
}

func TestLengthsOfEveryType(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		asker := newAsker(open(t, server.Addr), queues("list", "set", "zset", "stream", "string", "missing")...)
		for _, command := range [][]string{
			{"LPUSH", "list", "a", "b", "c"}, {"SADD", "set", "a", "b"}, {"ZADD", "zset", "1", "a"}, {"XADD", "stream", "*", "k", "v"}, {"SET", "string", "x"},
		} {
			server.Must(t, command...)
		}
		for range 2 {
			wantLengths(t, asker.good(t), "0/list=3 0/set=2 0/zset=1 0/stream=1 0/string=wrong_type 0/missing=0")
		}
		server.Must(t, "DEL", "list", "set", "zset", "stream", "string")
		wantLengths(t, asker.good(t), "0/list=0 0/set=0 0/zset=0 0/stream=0 0/string=0 0/missing=0")
	})
}

func TestQueueThatChangesItsTypeIsRead(t *testing.T) {
	server := testserver.Valkey(t)
	asker := newAsker(open(t, server.Addr), queues("q")...)
	for _, step := range []struct {
		command []string
		want    string
	}{
		{[]string{"LPUSH", "q", "a", "b"}, "0/q=2"},
		{[]string{"SADD", "q", "a", "b", "c"}, "0/q=3"},
		{[]string{"XADD", "q", "*", "k", "v"}, "0/q=1"},
		{[]string{"ZADD", "q", "1", "a", "2", "b"}, "0/q=2"},
		{[]string{"SET", "q", "x"}, "0/q=wrong_type"},
		{[]string{"LPUSH", "q", "a"}, "0/q=1"},
	} {
		server.Must(t, "DEL", "q")
		server.Must(t, step.command...)
		asker.good(t) // may notice only that the type is wrong
		wantLengths(t, asker.good(t), step.want)
	}
}

func TestDatabasesAreNotMixedUp(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		put := func(db string, key string, n int) {
			for range n {
				server.Must(t, "EVAL", "redis.call('SELECT', ARGV[1]) return redis.call('LPUSH', KEYS[1], 'x')", "1", key, db)
			}
		}
		put("3", "q", 3)
		put("3", "only in 3", 1)
		conn := open(t, server.Addr)
		everywhere := []*valkey.Queue{valkey.NewQueue(0, "q", ""), valkey.NewQueue(3, "q", ""), valkey.NewQueue(5, "q", "")}
		asker := newAsker(conn, everywhere...)
		wantLengths(t, asker.good(t), "0/q=0 3/q=3 5/q=0")
		wantLengths(t, asker.good(t), "0/q=0 3/q=3 5/q=0")
		put("0", "q", 1) // its type is asked for in a second round trip
		wantLengths(t, asker.good(t), "0/q=1 3/q=3 5/q=0")
		put("5", "q", 5)
		wantLengths(t, asker.good(t), "0/q=1 3/q=3 5/q=5")
		wantLengths(t, asker.good(t), "0/q=1 3/q=3 5/q=5")

		asker.queues = queues("q", "only in 3") // another configuration, the same connection
		wantLengths(t, asker.good(t), "0/q=1 0/only in 3=0")
	})
}

func TestDatabaseThatDoesNotExistCostsOnlyItsQueues(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "LPUSH", "q", "a")
		watched := []*valkey.Queue{
			valkey.NewQueue(0, "q", ""), valkey.NewQueue(3, "q", ""), valkey.NewQueue(99, "q", ""), valkey.NewQueue(99, "r", ""), valkey.NewQueue(100, "q", ""),
		}
		asker := newAsker(open(t, server.Addr), watched...)
		const want = "0/q=1 3/q=0 99/q=no_such_db 99/r=no_such_db 100/q=no_such_db"
		wantLengths(t, asker.good(t), want)
		refused := field(t, server, "total_error_replies")
		s := asker.good(t)
		wantLengths(t, s, want)
		if s.QueueErrors != (valkey.QueueErrors{NoDB: 3}) {
			t.Errorf("errors: %+v, want 3 of databases", s.QueueErrors)
		}
		if more := field(t, server, "total_error_replies") - refused; more != 0 {
			t.Errorf("%v more error replies: the database was asked for again", more)
		}
		asker.now = asker.now.Add(retryDenied)
		wantLengths(t, asker.good(t), want)
		if more := field(t, server, "total_error_replies") - refused; more != 2 {
			t.Errorf("%v error replies, want one per database when it is time to ask again", more)
		}
	})
}

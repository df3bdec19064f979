//go:build unix

package valkey_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

func sampler(conn *valkey.Conn) *valkey.Sampler {
	return valkey.NewSampler(conn, valkey.NewLedger(), time.Now)
}

func TestFactsOfKeysOfEveryType(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		for _, command := range []string{
			"SET string abc PX 90000", "RPUSH list a b", "SADD set string gone", "ZADD zset 5 a 70 b 3 c", "HSET hash a 1 b 2 c 3", "XADD stream * a 1",
		} {
			server.Must(t, strings.Fields(command)...)
			server.Must(t, "COPY", strings.Fields(command)[1], strings.Fields(command)[1], "DB", "3")
		}
		for _, db := range []int{0, 3} {
			s := sampler(open(t, server.Addr))
			questions := []valkey.KeyQuestion{
				{Key: "string"}, {Key: "list", Closer: valkey.ItsSpan}, {Key: "set", Closer: valkey.ItsMembers}, {Key: "zset", Closer: valkey.ItsSpan}, {Key: "missing"},
			}
			facts, err := s.Ask(t.Context(), db, questions, retryDenied)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range facts[:4] {
				if f.Gone || !f.Sized || f.Bytes < 10 || !f.Aged || f.Err != nil || (f.TTL != valkey.None) != (i == 0) {
					t.Errorf("%s: %+v", questions[i].Key, f)
				}
			}
			if !facts[4].Gone {
				t.Errorf("missing: %+v", facts[4])
			}
			if facts[1].Trim != nil || facts[3].Trim == nil || *facts[3].Trim != (valkey.Span{Lowest: 3, Highest: 70}) {
				t.Errorf("spans %v and %v", facts[1].Trim, facts[3].Trim)
			}
			if m := facts[2].Members; m == nil || *m != (valkey.MemberSample{Size: 2, Checked: 2, Dead: 1}) {
				t.Errorf("members %+v", m)
			}
			extents, err := s.Measure(t.Context(), db, []string{"string", "list", "set", "zset", "hash", "stream", "missing"}, retryDenied)
			if err != nil || len(extents) != 6 {
				t.Fatalf("%v, %v", extents, err)
			}
			for key, elements := range map[string]float64{"string": 3, "list": 2, "set": 2, "zset": 3, "hash": 3, "stream": 1} {
				if e := extents[key]; e.Elements != elements || e.Bytes < 10 {
					t.Errorf("%s: %+v, want %v elements", key, e, elements)
				}
			}
		}
	})
}

// Nonsense is no fact, and no panic.
func TestNonsenseIsNoFact(t *testing.T) {
	nonsense := [][]byte{
		fake.Bulk("x"), fake.Int(math.MinInt64), fake.Int(math.MaxInt64), fake.EmptyArray, fake.Array(fake.Int(1)), fake.Array(fake.Bulk("a"), fake.Bulk("x")),
		fake.Array(fake.EmptyArray, fake.EmptyArray, fake.EmptyArray), fake.Error("ERR what"), fake.Error("MASTERDOWN Link with MASTER is down"),
	}
	for _, command := range []string{"PTTL", "MEMORY USAGE", "TYPE", "ZRANGE", "SCARD", "SRANDMEMBER", "EXISTS", "STRLEN"} {
		for _, reply := range nonsense {
			server := replay(t, fake.Keys{"set": {Type: "set", Length: 3}, "zset": {Type: "zset", Length: 3}})
			for usual, good := range map[string][]byte{
				"PTTL": fake.Int(-1), "MEMORY USAGE": fake.Int(100), "SRANDMEMBER": fake.Array(fake.Bulk("a")), "STRLEN": fake.Int(1),
				"ZRANGE": fake.Array(fake.Bulk("a"), fake.Bulk("1")), "EXISTS": fake.Int(0),
			} {
				server.Reply(usual, good)
			}
			server.Reply(command, reply)
			s := sampler(open(t, server.Addr))
			facts, err := s.Ask(t.Context(), 0, []valkey.KeyQuestion{{Key: "set", Closer: valkey.ItsMembers}, {Key: "zset", Closer: valkey.ItsSpan}}, retryDenied)
			if err != nil {
				t.Errorf("%s %q: %v", command, reply, err)
			}
			for _, f := range facts {
				if f.Members != nil && f.Members.Dead > f.Members.Checked || f.Aged && f.TTL < valkey.None {
					t.Errorf("%s %q: %+v", command, reply, f)
				}
			}
			if _, err := s.Measure(t.Context(), 0, []string{"set"}, retryDenied); err != nil {
				t.Errorf("%s %q: %v", command, reply, err)
			}
			if len(s.Unavailable()) > 0 {
				t.Errorf("%s %q: unavailable: %v", command, reply, s.Unavailable())
			}
		}
	}
}

// Each round trip is told of, so that it can be paid for.
func TestRoundTripsOfASamplerAreTold(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "MSET", "a", "1", "b", "2", "c", "3")
	s := sampler(open(t, server.Addr))
	var told []int
	s.Asked = func(_ context.Context, commands int, took time.Duration) {
		if took <= 0 {
			t.Errorf("took %v", took)
		}
		told = append(told, commands)
	}
	questions := []valkey.KeyQuestion{{Key: "a"}, {Key: "b"}, {Key: "c"}}
	for range 2 {
		if _, err := s.Ask(t.Context(), 0, questions, retryDenied); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(told, []int{2, 4, 6}) { // at first it is not known whether the commands are granted
		t.Errorf("told of %v commands", told)
	}
}

// A sampler that is to end waits for the answer under way: the server has counted
// the look-ups already.
func TestLookUpsOfASamplerThatEndsAreCounted(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SET", "a", "1")
	ledger := valkey.NewLedger()
	s := valkey.NewSampler(open(t, server.Addr), ledger, time.Now)
	questions := slices.Repeat([]valkey.KeyQuestion{{Key: "a"}}, 100)
	if _, err := s.Ask(t.Context(), 0, questions, retryDenied); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(i)*20*time.Microsecond, cancel)
		_, _ = s.Ask(ctx, 0, questions, retryDenied)
		cancel()
	}
	if hits := ledger.Save().Hits; hits != field(t, server, "keyspace_hits") {
		t.Errorf("%v look-ups in the ledger, the server has counted %v", hits, field(t, server, "keyspace_hits"))
	}
}

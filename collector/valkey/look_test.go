//go:build unix

package valkey_test

import (
	"context"
	"crypto/sha1"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// budget is what an answer may hold of entries, as by default.
const budget = 64 << 10

// viewer looks at one server again and again.
type viewer struct {
	*valkey.Looker

	now time.Time // the looker's clock
}

func newViewer(conn *valkey.Conn, ledger *valkey.Ledger) *viewer {
	v := &viewer{now: time.Unix(1_800_000_000, 0)}
	v.Looker = valkey.NewLooker(conn, ledger, func() time.Time { return v.now })
	return v
}

func view(t *testing.T, s *testserver.Server) *viewer {
	t.Helper()
	return newViewer(open(t, s.Addr), valkey.NewLedger())
}

func (v *viewer) look(t *testing.T, questions ...valkey.Question) valkey.Look {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	return v.Look(ctx, questions, retryDenied)
}

// good looks and expects every queue to be answered.
func (v *viewer) good(t *testing.T, questions ...valkey.Question) valkey.Look {
	t.Helper()
	look := v.look(t, questions...)
	if look.Err != nil {
		t.Fatalf("look: %v", look.Err)
	}
	for _, s := range look.Sights {
		if s.Err != nil {
			t.Fatalf("%s: %v", s.Queue.Key, s.Err)
		}
	}
	return look
}

// one asks about a key of database 0.
func (v *viewer) one(t *testing.T, key string, q valkey.Question) valkey.Sight {
	t.Helper()
	q.Queue = valkey.NewQueue(0, key, "work")
	if q.Bytes == 0 {
		q.Bytes = budget
	}
	return v.good(t, q).Sights[0]
}

// everything asks about a key whatever can be asked.
func everything(db int, key string) valkey.Question {
	return valkey.Question{
		Queue: valkey.NewQueue(db, key, "work"),
		Head:  []byte("marker"), Tail: []byte("marker"), Span: 100, Ends: true, Newest: 20, Members: 20, Groups: 10, Idle: true, Bytes: budget,
	}
}

// same compares sights. What NotSent is, cmp takes for unequal by itself.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(valkey.Sight{}, "Queue", "Biggest"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s, -want +got\n%s", what, diff)
	}
}

func entry(text string) *valkey.Entry {
	return &valkey.Entry{Text: []byte(text), Size: len(text), Score: valkey.NotSent}
}

func scored(text string, score float64) *valkey.Entry {
	return &valkey.Entry{Text: []byte(text), Size: len(text), Score: score}
}

func members(ids ...string) []valkey.Member {
	list := make([]valkey.Member, len(ids))
	for i, id := range ids {
		list[i] = valkey.Member{ID: id, Score: valkey.NotSent}
	}
	return list
}

// blank is the sight of a key that does not exist.
var blank = valkey.Sight{TTL: valkey.None, Idle: valkey.None}

func TestKeysThatAreNoQueuesAreTold(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "SET", "string", "x")
		server.Must(t, "HSET", "hash", "k", "v")
		viewer := view(t, server)
		other := blank
		other.Other, other.Length = true, valkey.NotSent
		for key, want := range map[string]valkey.Sight{"missing": blank, "string": other, "hash": other} {
			same(t, key, want, viewer.good(t, everything(0, key)).Sights[0])
		}
	})
}

func TestListShowsItsEndsAndNewestEntries(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "RPUSH", "q", "a", "", "c", "d")
		server.Must(t, "PEXPIRE", "q", "1000000")
		viewer := view(t, server)
		got := viewer.one(t, "q", valkey.Question{Ends: true, Newest: 3, Members: 9})
		if got.TTL <= 900*time.Second || got.TTL > 1000*time.Second {
			t.Errorf("TTL: %v", got.TTL)
		}
		got.TTL = valkey.None
		same(t, "from the head", valkey.Sight{
			Type: valkey.TypeList, Length: 4, TTL: valkey.None, Idle: valkey.None, Head: entry("a"), Tail: entry("d"),
			Newest: []valkey.Entry{*entry("a"), *entry(""), *entry("c")}, Members: members("a", "", "c", "d"), AllMembers: true,
		}, got)

		got = viewer.one(t, "q", valkey.Question{Newest: 2, NewestAtTail: true, Members: 3})
		got.TTL = valkey.None
		same(t, "from the tail", valkey.Sight{
			Type: valkey.TypeList, Length: 4, TTL: valkey.None, Idle: valkey.None,
			Newest: []valkey.Entry{*entry("d"), *entry("c")}, Members: members("a", "", "c"),
		}, got)
	})
}

// calls is how often the server has run a command.
func calls(t *testing.T, server *testserver.Server, command string) float64 {
	t.Helper()
	info, err := valkey.ParseInfo(infoOf(t, server, "commandstats"))
	if err != nil {
		t.Fatal(err)
	}
	return callsOf(info, command)
}

func callsOf(info valkey.Info, command string) float64 {
	for _, c := range info.Commands {
		if c.Name == command {
			return c.Calls
		}
	}
	return 0
}

func TestOnlyEntryOfAListIsFetchedOnce(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "RPUSH", "q", "a")
	server.Must(t, "ZADD", "z", "1", "a")
	viewer := view(t, server)
	got := viewer.one(t, "q", valkey.Question{Ends: true})
	same(t, "ends", []*valkey.Entry{entry("a"), entry("a")}, []*valkey.Entry{got.Head, got.Tail})
	got = viewer.one(t, "z", valkey.Question{Ends: true})
	same(t, "ends of a sorted set", []*valkey.Entry{scored("a", 1), scored("a", 1)}, []*valkey.Entry{got.Head, got.Tail})
	if list, set := calls(t, server, "lindex"), calls(t, server, "zrange"); list != 1 || set != 1 {
		t.Errorf("it was fetched %v times from the list and %v times from the set", list, set)
	}
}

// numbers are the texts of the numbers from..to-1.
func numbers(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, strconv.Itoa(i))
	}
	return list
}

func TestManyEntriesComeInOrder(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, append([]string{"RPUSH", "q"}, numbers(0, 500)...)...)
		viewer := view(t, server)
		head := viewer.one(t, "q", valkey.Question{Newest: 300, Members: 500})
		tail := viewer.one(t, "q", valkey.Question{Newest: 300, NewestAtTail: true})
		if len(head.Newest) != 300 || len(tail.Newest) != 300 {
			t.Fatalf("%d and %d entries, want 300", len(head.Newest), len(tail.Newest))
		}
		for i := range 300 {
			same(t, "from the head", *entry(strconv.Itoa(i)), head.Newest[i])
			same(t, "from the tail", *entry(strconv.Itoa(499 - i)), tail.Newest[i])
		}
		same(t, "members", members(numbers(0, 500)...), head.Members)
		if !head.AllMembers {
			t.Error("all members are not all")
		}
	})
}

func TestMarkersAreFoundWhereTheyAre(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, append([]string{"RPUSH", "q"}, numbers(0, 300)...)...)
		server.Must(t, "RPUSH", "twins", "a", "b", "a", "c")
		server.Must(t, append(append([]string{"RPUSH", "far twins", "a"}, numbers(0, 100)...), "a")...)
		server.Must(t, append(append([]string{"RPUSH", "near twins", "a"}, numbers(0, 99)...), "a")...)
		server.Must(t, "RPUSH", "empty marker", "", "x")
		viewer := view(t, server)
		at := func(before int) valkey.Place { return valkey.Place{Asked: true, Found: true, Before: before} }
		gone := valkey.Place{Asked: true}
		twice := func(before int) valkey.Place {
			return valkey.Place{Asked: true, Found: true, Before: before, Twice: true}
		}
		for _, tc := range []struct {
			key, head, tail string
			span            int
			wantHead        valkey.Place
			wantTail        valkey.Place
		}{
			{"q", "0", "299", 100, at(0), at(0)},
			{"q", "7", "297", 100, at(7), at(2)},
			{"q", "99", "200", 100, at(99), at(99)},
			{"q", "100", "199", 100, gone, gone},
			{"q", "gone", "gone too", 100, gone, gone},
			{"q", "0", "299", 0, at(0), at(0)},
			{"q", "1", "298", 0, gone, gone},
			{"twins", "a", "a", 100, twice(0), twice(1)},
			{"twins", "b", "c", 100, at(1), at(0)},
			{"far twins", "a", "a", 100, at(0), at(0)},
			{"near twins", "a", "a", 100, twice(0), twice(0)},
			{"empty marker", "", "x", 100, at(0), at(0)},
		} {
			got := viewer.one(t, tc.key, valkey.Question{Head: []byte(tc.head), Tail: []byte(tc.tail), Span: tc.span, Ends: true})
			same(t, fmt.Sprintf("%+v", tc), []valkey.Place{tc.wantHead, tc.wantTail}, []valkey.Place{got.HeadAt, got.TailAt})
			want := viewer.one(t, tc.key, valkey.Question{Ends: true})
			same(t, fmt.Sprintf("ends of %+v", tc), []*valkey.Entry{want.Head, want.Tail}, []*valkey.Entry{got.Head, got.Tail})
		}
		got := viewer.one(t, "q", valkey.Question{Tail: []byte("298"), Span: 9})
		same(t, "one marker and no ends", valkey.Sight{
			Type: valkey.TypeList, Length: 300, TTL: valkey.None, Idle: valkey.None, TailAt: at(1),
		}, got)
	})
}

// sentFor is how many bytes the server sends for an action.
func sentFor(t *testing.T, server *testserver.Server, action func()) float64 {
	t.Helper()
	own := field(t, server, "total_net_output_bytes")
	before := field(t, server, "total_net_output_bytes")
	action()
	return field(t, server, "total_net_output_bytes") - before - (before - own) // less the test's own INFO
}

func TestEntryThatIsStillAtItsEndIsNotSentAgain(t *testing.T) {
	server := testserver.Valkey(t)
	job := strings.Repeat("x", 16<<10)
	server.Must(t, "RPUSH", "q", job)
	viewer := view(t, server)
	first := viewer.one(t, "q", valkey.Question{Ends: true})
	info := sentFor(t, server, func() { viewer.good(t) })
	var again valkey.Sight
	sent := sentFor(t, server, func() {
		again = viewer.one(t, "q", valkey.Question{Ends: true, Head: first.Head.Text, Tail: first.Tail.Text, Span: 9})
	})
	if sent > info+1000 {
		t.Errorf("%v bytes were sent for two known entries of 16 KiB", sent-info)
	}
	same(t, "ends", []*valkey.Entry{first.Head, first.Tail}, []*valkey.Entry{again.Head, again.Tail})
}

func TestSetShowsItsMembers(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		long := strings.Repeat("x", 65)
		server.Must(t, "SADD", "q", "a", long)
		server.Must(t, append([]string{"SADD", "big"}, numbers(0, 1000)...)...)
		viewer := view(t, server)
		got := viewer.one(t, "q", valkey.Question{Members: 2, Ends: true, Newest: 3, Head: []byte("a")})
		sorted := cmpopts.SortSlices(func(a, b valkey.Member) bool { return a.ID < b.ID })
		want := valkey.Sight{
			Type: valkey.TypeSet, Length: 2, TTL: valkey.None, Idle: valkey.None, AllMembers: true,
			Members: members(fmt.Sprintf("%x", sha1.Sum([]byte(long))), "a"),
		}
		if diff := cmp.Diff(want, got, sorted, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(valkey.Sight{}, "Queue", "Biggest")); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}

		for _, tc := range []struct{ asked, want int }{{1000, 1000}, {1001, 1000}, {999, 999}, {1, 1}} {
			got := viewer.one(t, "big", valkey.Question{Members: tc.asked})
			different := map[string]bool{}
			for _, m := range got.Members {
				different[m.ID] = true
			}
			if len(got.Members) != tc.want || len(different) != tc.want || got.AllMembers != (tc.want == 1000) {
				t.Errorf("asked for %d: %d members, %d different, all %v", tc.asked, len(got.Members), len(different), got.AllMembers)
			}
		}
	})
}

func TestSortedSetShowsScoresExactly(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "ZADD", "q", "1700000000123.456", "b", "-inf", "a", "inf", "d", "1e300", "c", "0.1", "e")
		got := view(t, server).one(t, "q", valkey.Question{Ends: true, Newest: 3, Members: 3, Head: []byte("a"), Span: 9})
		low, high := math.Inf(-1), math.Inf(1)
		same(t, "sorted set", valkey.Sight{
			Type: valkey.TypeSortedSet, Length: 5, TTL: valkey.None, Idle: valkey.None,
			Head: scored("a", low), Tail: scored("d", high),
			Newest:  []valkey.Entry{*scored("d", high), *scored("c", 1e300), *scored("b", 1700000000123.456)},
			Members: []valkey.Member{{ID: "a", Score: low}, {ID: "e", Score: 0.1}, {ID: "b", Score: 1700000000123.456}},
		}, got)
		all := view(t, server).one(t, "q", valkey.Question{Members: 5})
		if len(all.Members) != 5 || !all.AllMembers {
			t.Errorf("%d members, all %v", len(all.Members), all.AllMembers)
		}
	})
}

// stream fills "q" with four entries a second apart and one second of year 0.
func stream(t *testing.T, server *testserver.Server) {
	t.Helper()
	for _, id := range []string{"1000-1", "2000-0", "3000-0", "4000-7"} {
		server.Must(t, "XADD", "q", id, "job", "x")
	}
}

func TestStreamShowsItsGroups(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		stream(t, server)
		server.Must(t, "XGROUP", "CREATE", "q", "half", "0")
		server.Must(t, "XREADGROUP", "GROUP", "half", "worker", "COUNT", "2", "STREAMS", "q", ">")
		server.Must(t, "XGROUP", "CREATE", "q", "done", "0")
		server.Must(t, "XREADGROUP", "GROUP", "done", "worker", "NOACK", "STREAMS", "q", ">")
		server.Must(t, "XGROUP", "CREATE", "q", "lost", "3000-0")
		viewer := view(t, server)
		got := viewer.one(t, "q", valkey.Question{Groups: 10, Ends: true, Newest: 3, Members: 3, Head: []byte("x")})
		if idle := got.Stream.Groups[1].OldestPendingIdle; idle < 0 || idle > deadline {
			t.Errorf("idle time of the oldest pending: %v", idle)
		}
		got.Stream.Groups[1].OldestPendingIdle = 0
		nan := valkey.NotSent
		at := time.UnixMilli
		want := valkey.Sight{
			Type: valkey.TypeStream, Length: 4, TTL: valkey.None, Idle: valkey.None,
			Stream: &valkey.StreamSight{Added: 4, First: at(1000), GroupsInAll: 3, Groups: []valkey.Group{
				{Name: "done", Consumers: 1, Pending: 0, Read: 4, Lag: 0, OldestPendingIdle: valkey.None},
				{Name: "half", Consumers: 1, Pending: 2, Read: 2, Lag: 2, OldestPending: at(1000), Next: at(3000)},
				{Name: "lost", Consumers: 0, Pending: 0, Read: nan, Lag: nan, Next: at(4000), OldestPendingIdle: valkey.None},
			}},
		}
		same(t, "stream", want, got)

		if next, pending := calls(t, server, "xrange"), calls(t, server, "xpending"); next != 2 || pending != 1 {
			t.Errorf("asked %v times for the next entry and %v times for the oldest pending, want 2 and 1", next, pending)
		}
		one := viewer.one(t, "q", valkey.Question{Groups: 1}).Stream
		if len(one.Groups) != 1 || one.GroupsInAll != 3 {
			t.Errorf("%d of %d groups, want 1 of 3", len(one.Groups), one.GroupsInAll)
		}
		if none := viewer.one(t, "q", valkey.Question{}).Stream; len(none.Groups) != 0 || none.GroupsInAll != 3 || none.Added != 4 {
			t.Errorf("not asked for groups: %+v", none)
		}
		server.Must(t, "XTRIM", "q", "MAXLEN", "0")
		empty := viewer.one(t, "q", valkey.Question{Groups: 10})
		if s := empty.Stream; empty.Length != 0 || !s.First.IsZero() || s.Added != 4 || !s.Groups[2].Next.IsZero() || s.Groups[1].OldestPending != at(1000) {
			t.Errorf("trimmed to nothing: %+v %+v", empty, s)
		}
	})
}

func TestIDsOfStreamsMayBeAnyNumber(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "XADD", "q", "18446744073709551615-1", "k", "v")
	got := view(t, server).one(t, "q", valkey.Question{Groups: 1})
	if first := got.Stream.First.UTC(); first.Year() != 9999 {
		t.Errorf("first entry: %v, want the end of the year 9999", first)
	}
}

func TestAnswerIsBounded(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--proto-max-bulk-len", "64mb")
		fill := func(command, key string, n, size int, more ...string) {
			pad := strings.Repeat("x", size)
			for from := 0; from < n; {
				args := []string{command, key}
				for bytes := 0; from < n && bytes < 4<<20; from++ {
					args = append(append(args, more...), strconv.Itoa(from)+pad)
					bytes += size + 16
				}
				server.Must(t, args...)
			}
		}
		fill("RPUSH", "huge jobs", 2, 20<<20)
		fill("RPUSH", "dead letters", 1000, 100<<10)
		fill("RPUSH", "jobs", 1000, 1000)
		fill("SADD", "set", 100_000, 30)
		fill("SADD", "set of jobs", 1000, 10_000)
		fill("ZADD", "scheduled", 1000, 50_000, "1700000000.5")
		for i := range 3 {
			server.Must(t, "XADD", "stream", strconv.Itoa(i+1)+"-0", "field", strings.Repeat("x", 5<<20))
		}
		for i := range 100 {
			server.Must(t, "XGROUP", "CREATE", "stream", strings.Repeat("g", 1000)+strconv.Itoa(i), strconv.Itoa(i%3)+"-0")
		}
		viewer := view(t, server)
		ask := func(key string) valkey.Question {
			q := everything(0, key)
			q.Newest, q.Members, q.Groups = 100, 1000, 100
			return q
		}
		for _, key := range []string{"jobs", "set", "scheduled", "stream"} {
			viewer.good(t, ask(key)) // from then on INFO has all commands to tell of
		}
		info := sentFor(t, server, func() { viewer.good(t) })
		for _, key := range []string{"huge jobs", "dead letters", "jobs", "set", "set of jobs", "scheduled", "stream"} {
			sent := sentFor(t, server, func() { viewer.good(t, ask(key)) }) - info
			if sent > budget*1.05 || sent < 5000 {
				t.Errorf("%s: %v bytes were sent, the limit is %d", key, sent, budget)
			}
		}

		huge := viewer.one(t, "huge jobs", valkey.Question{Ends: true, Newest: 10, Members: 10})
		if e := huge.Head; e.Size != 20<<20+1 || len(e.Text) != 4096 || e.Whole() || len(huge.Newest) != 1 || len(huge.Members) != 1 {
			t.Errorf("huge jobs: size %d, text %d, %d newest, %d members", e.Size, len(e.Text), len(huge.Newest), len(huge.Members))
		}
		dead := viewer.one(t, "dead letters", valkey.Question{Newest: 100})
		if n := len(dead.Newest); n != 10 || dead.Newest[0].Size != 100<<10+1 || len(dead.Newest[0].Text) < budget/2/n-1 {
			t.Errorf("dead letters: %d, the first of %d bytes with %d", n, dead.Newest[0].Size, len(dead.Newest[0].Text))
		}
		jobs := viewer.one(t, "jobs", valkey.Question{Newest: 1000, Ends: true})
		if n := len(jobs.Newest); n != 128 || len(jobs.Newest[0].Text) != 256 || !jobs.Head.Whole() {
			t.Errorf("jobs: %d, %d bytes of the first", n, len(jobs.Newest[0].Text))
		}
		if set := viewer.one(t, "set", valkey.Question{Members: 1000}); len(set.Members) != 1000 || set.AllMembers {
			t.Errorf("set: %d members, all %v", len(set.Members), set.AllMembers)
		}
		before := calls(t, server, "xrange")
		if groups := viewer.one(t, "stream", valkey.Question{Groups: 100}).Stream; len(groups.Groups) < 50 || groups.GroupsInAll != 100 {
			t.Errorf("stream: %d of %d groups", len(groups.Groups), groups.GroupsInAll)
		}
		if n := calls(t, server, "xrange") - before; n != 1 {
			t.Errorf("stream: %v entries of 5 MiB were looked at, want 1", n)
		}
	})
}

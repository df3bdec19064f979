//go:build unix

package class_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

func TestSmallClassesAreCountedExactly(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		fill(t, server, slices.Concat(
			times(30, "set user:%d x ex 300"), times(20, "set user:leak%d x"), times(10, "set user:long%d x ex 600"),
			times(7, "set user:admin:%d x"), times(50, "set session:%d x ex 50"), times(5, "rpush elsewhere:%d a b c"),
		)...)
		status := survey(t, server, "").walk()
		users := of(t, status, "user:*")
		want := &class.Expiry{Without: 20, Overlong: 10, Within: [7]float64{0, 30, 40, 40, 40, 40, 40}}
		if users.Keys != 60 || users.Samples != 60 {
			t.Errorf("user:* has %v keys, %d looked at, want 60", users.Keys, users.Samples)
		}
		if diff := cmp.Diff(want, users.Expiry); diff != "" {
			t.Errorf("user:* -want +got\n%s", diff)
		}
		for name, keys := range map[string]float64{"user:admin:*": 7, "session:*": 50, "lock:*": 0, class.Other: 5} {
			if r := of(t, status, name); r.Keys != keys {
				t.Errorf("%s has %v keys, want %v", name, r.Keys, keys)
			}
		}
		other := of(t, status, class.Other)
		if other.Largest == nil || other.Largest.Elements != 3 || other.Memory.Bytes < 5*other.Largest.Bytes*0.9 {
			t.Errorf("other: largest %+v of %+v", other.Largest, other.Memory)
		}
		if w := status.Walks[0]; !w.Complete || w.Took <= 0 || w.Work <= 0 {
			t.Errorf("walk %+v", w)
		}
	})
}

// A wave: all sessions end within a minute.
func TestAWaveOfExpiryIsSeenBeforeItComes(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, append(times(1000, "set session:%d x ex 3000"), times(3000, "set session:wave%d x ex 50")...)...)
	sessions := of(t, survey(t, server, "", samples(500)).walk(), "session:*")
	minute, hour := sessions.Expiry.Within[0]/sessions.Keys, sessions.Expiry.Within[3]/sessions.Keys
	if math.Abs(minute-0.75) > 2*sessions.Expiry.Error || hour != 1 {
		t.Errorf("%.3f expire within a minute and %.3f within an hour, want 0.75 (twice the error is %.3f) and 1", minute, hour, 2*sessions.Expiry.Error)
	}
}

func TestALockThatNobodyReleases(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		fill(t, server, "set lock:a w nx ex 30", "set lock:b w nx ex 30")
		s := survey(t, server, "")
		wantStuck := func(want float64) {
			t.Helper()
			r := of(t, s.walk(), "lock:*")
			if got, ok := r.StuckLocks(); !ok || got != want {
				t.Errorf("%v locks are stuck, want %v", got, want)
			}
		}
		wantStuck(0)
		fill(t, server, "set lock:c w nx", "set lock:d w nx ex 3600")
		wantStuck(2)
		fill(t, server, "del lock:c lock:d")
		wantStuck(0)
	})
}

func TestTagSetsFullOfDeadMembers(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		fill(t, server, append(times(40, "set api:%d x"), times(40, "sadd tags:living api:%d")...)...)
		fill(t, server, append(times(120, "sadd tags:dead api:gone:%d"), "set tags:nonsense x", "sadd tags:long "+strings.Repeat("x", 2000))...)
		dead := of(t, survey(t, server, "").walk(), "tags:*").Dead
		if dead == nil || dead.Share != 0.75 || dead.Checked != 20 {
			t.Errorf("got %+v, want three quarters of 160 members, of which 20 were looked at", dead)
		}
	})
}

func TestRateLimitsThatAreNotTrimmed(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		now := time.Now()
		add := func(key string, unit float64, ages ...time.Duration) string {
			line := "zadd rate:" + key
			for i, age := range ages {
				line += fmt.Sprintf(" %.0f entry%d", float64(now.Add(-age).UnixNano())/1e9/unit, i)
			}
			return line
		}
		fill(t, server,
			add("trimmed", 1, 0, 50*time.Second), add("late", 1, 0, 100*time.Second), add("idle", 1, hour, hour+30*time.Second),
			add("seconds", 1, 0, 3*time.Minute), add("milliseconds", 1e-3, 0, 3*time.Minute), add("microseconds", 1e-6, 0, 3*time.Minute),
			"zadd rate:scores 1 a 5000 b", "set rate:counter 1")
		r := of(t, survey(t, server, "").walk(), "rate:*")
		if r.Untrimmed == nil || *r.Untrimmed != 3 {
			t.Errorf("got %+v, want the 3 with an entry of three minutes", r)
		}
		info, _ := server.Must(t, "INFO", "errorstats").(string)
		if strings.Contains(info, "WRONGTYPE") {
			t.Errorf("the server was asked for what a key is not: %s", info)
		}
	})
}

// Names of keys hold anything, and the answers are about the right ones.
func TestHostileNames(t *testing.T) {
	server := testserver.Valkey(t)
	for _, name := range []string{"user:\r\n$-1\r\n", "user:\xff\x00", "user:" + strings.Repeat("x", 20_000), "user:*", "user:[", "user:\\", "user:%s%d", "", "lock:\n"} {
		server.Must(t, "SET", name, "x")
	}
	status := survey(t, server, "").walk()
	users, locks, other := of(t, status, "user:*"), of(t, status, "lock:*"), of(t, status, class.Other)
	if users.Keys != 7 || users.Expiry.Without != 7 || locks.Keys != 1 || other.Keys != 1 || users.Largest.Bytes < 20_000 {
		t.Errorf("users %+v %+v, locks %v, other %v", users, users.Expiry, locks.Keys, other.Keys)
	}
	for _, r := range status.Reports {
		if strings.ContainsAny(r.Class, "\r\n") || !utf8.ValidString(r.Class) {
			t.Errorf("a report is about %q", r.Class)
		}
	}
}

// A key that goes between the walk and the question counts as one of which nothing
// is true.
func TestKeysThatVanishWhileTheyAreWalked(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, append(times(300, "set user:%d x"), times(100, "set user:going%d x")...)...)
	s := survey(t, server, "")
	var keys []string
	for i := range 300 {
		keys = append(keys, fmt.Sprintf("user:%d", i))
	}
	for i := range 100 {
		keys = append(keys, fmt.Sprintf("user:going%d", i))
		fill(t, server, fmt.Sprintf("del user:going%d", i))
	}
	s.Begin(0, valkey.NotSent, ignore)
	if err := s.Meet(t.Context(), keys); err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	r := of(t, s.Status(), "user:*")
	if r.Keys != 400 || r.Expiry.Without != 300 || r.Memory.Bytes > 300*r.Largest.Bytes*1.1 {
		t.Errorf("%v keys, %+v, %+v: want 300 of 400 without a TTL", r.Keys, r.Expiry, r.Memory)
	}
}

func TestTheLargestKeyStaysKnownUntilItIsGone(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "hset user:big a 1 b 2 c "+strings.Repeat("x", 5000), "set user:small x")
	s := survey(t, server, "", func(o *class.Options) { o.Samples = 10 })
	wantElements := func(want float64) {
		t.Helper()
		if l := of(t, s.walk(), "user:*").Largest; l == nil || l.Elements != want {
			t.Errorf("largest %+v, want %v elements", l, want)
		}
	}
	wantElements(3)
	fill(t, server, times(3000, "set user:%d x")...)
	for range 3 { // that a sample of ten of three thousand meets it again is unlikely, three times in a row
		wantElements(3)
	}
	fill(t, server, "del user:big")
	wantElements(1)
}

func TestDatabasesThatHoldKeysAreWalked(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		fill(t, server, "set user:1 x", "select 3", "set user:1 x", "set user:2 x", "select 0")
		s := survey(t, server, "")
		keys := func() map[int]float64 {
			found := map[int]float64{}
			s.round(func(status class.Status) bool { return len(status.Walks) == 2 && status.Walks[1].Complete })
			for _, r := range s.Status().Reports {
				if r.Class == "user:*" {
					found[r.DB] = r.Keys
				}
			}
			return found
		}
		if diff := cmp.Diff(map[int]float64{0: 1, 3: 2}, keys()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

func TestAReplicaIsSurveyedToo(t *testing.T) {
	primary := testserver.Valkey(t)
	fill(t, primary, append(times(200, "set session:%d x ex 600"), "set lock:a w")...)
	replica := testserver.Replica(t, primary)
	status := survey(t, replica, "").walk()
	if r := of(t, status, "session:*"); r.Keys != 200 || r.Expiry.Within[2] != 200 || !status.Walks[0].Complete {
		t.Errorf("%+v %+v, walk %+v", r, r.Expiry, status.Walks[0])
	}
}

// A node of a cluster knows its own keys only, and says so of all others.
func TestANodeOfAClusterThatHasNotAllSlots(t *testing.T) {
	server := testserver.Valkey(t, "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no")
	server.Must(t, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if state, _ := server.Must(t, "CLUSTER", "INFO").(string); strings.Contains(state, "cluster_state:ok") {
			break
		}
	}
	var made []string
	for i := range 200 {
		key := fmt.Sprintf("session:%d", i)
		server.Must(t, "SET", key, "x", "EX", "600")
		made = append(made, key)
	}
	s := survey(t, server, "")
	if r := of(t, s.walk(), "session:*"); r.Keys != float64(len(made)) || r.Expiry == nil || r.Expiry.Within[2] != r.Keys {
		t.Fatalf("%+v, want all %d keys", r, len(made))
	}
	for slot := 0; slot < 16384; slot += 4096 { // now others would have them
		server.Must(t, "CLUSTER", "DELSLOTSRANGE", fmt.Sprint(slot), fmt.Sprint(slot+4095))
	}
	s.Begin(0, valkey.NotSent, ignore)
	if err := s.Meet(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	status := s.Status()
	if r := of(t, status, "session:*"); r.Expiry != nil || r.Memory != nil || status.Walks[0].Complete {
		t.Errorf("expiry %+v of keys that another node has, walk %+v", r.Expiry, status.Walks[0])
	}
}

// What the exporter looks up is not the application's use of its cache, and does not
// make a key look used.
func TestASurveyLeavesNoTrace(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		now := time.Now().Unix()
		fill(t, server, slices.Concat(times(300, "set user:%d x ex 300"), times(20, "sadd tags:%d user:1 user:gone"),
			times(20, "zadd rate:%d "+fmt.Sprint(now)+" a"), []string{"set lock:empty x", "append user:1 y"})...)
		server.Must(t, "SET", "session:empty", "")
		server.Must(t, "CONFIG", "RESETSTAT")
		s := survey(t, server, "")
		s.walk()
		s.walk()
		info, _ := server.Must(t, "INFO", "stats").(string)
		saved := s.ledger.Save()
		for _, line := range []string{
			fmt.Sprintf("keyspace_hits:%.0f\r\n", saved.Hits), fmt.Sprintf("keyspace_misses:%.0f\r\n", saved.Misses), "total_error_replies:0\r\n",
		} {
			if !strings.Contains(info, line) {
				t.Errorf("INFO stats has no line %q:\n%s", line, info)
			}
		}
		if saved.Misses == 0 || saved.Hits < 600 {
			t.Errorf("the ledger has %v hits and %v misses", saved.Hits, saved.Misses)
		}
	})
}

// A lock that was seen once would be stuck for good if no walk ended after that one.
func TestWhatIsOldIsNotTold(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "set lock:a x")
	s := survey(t, server, "", func(o *class.Options) { o.Every = time.Minute })
	walked := s.walk().Walks[0]
	most := missed * (time.Minute + walked.Took)
	s.late = most - time.Second - time.Since(walked.Ended)
	if status := s.Status(); status.Walks[0].Old || len(status.Reports) == 0 {
		t.Errorf("after nearly %v: walks %+v, %d reports", most, status.Walks, len(status.Reports))
	}
	s.late = most + time.Second
	if status := s.Status(); !status.Walks[0].Old || len(status.Reports) != 0 || status.Walks[0].Ended != walked.Ended {
		t.Errorf("after more than %v: walks %+v, %d reports", most, status.Walks, len(status.Reports))
	}
	s.late = 0
	if status := s.walk(); status.Walks[0].Old || len(status.Reports) == 0 {
		t.Errorf("after another walk: %+v, %d reports", status.Walks, len(status.Reports))
	}
}

// missed is how many walks must not have ended.
const missed = 3

// What was known of the class before a flush says nothing of what came after it.
func TestAfterAFlushAllOfASmallClassIsLookedAt(t *testing.T) {
	server := testserver.Valkey(t)
	s := survey(t, server, "", samples(10))
	fill(t, server, times(5000, "set user:%d x")...)
	s.walk()
	fill(t, server, append([]string{"flushall"}, times(8, "set user:%d x")...)...)
	if r := of(t, s.walk(), "user:*"); r.Keys != 8 || r.Samples != 8 || r.Memory == nil {
		t.Errorf("%+v, want 8 keys that were looked at", r)
	}
}

// A key that takes most of the memory of its class is counted in each walk, once it is
// known, and not in one of three hundred.
func TestTheMemoryOfAClassHasItsLargestKey(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "set user:big "+strings.Repeat("x", 1_000_000))
	s := survey(t, server, "", samples(10))
	s.walk()
	fill(t, server, times(3000, "set user:%d x")...)
	for range 3 {
		r := of(t, s.walk(), "user:*")
		if m, l := r.Memory, r.Largest; m == nil || l == nil || l.Bytes < 1e6 || m.Bytes < l.Bytes || m.Bytes > 2*l.Bytes {
			t.Errorf("memory %+v, largest %+v: want one megabyte and a little", m, l)
		}
	}
}

// A few keys of one size do not prove that all have it.
func TestMemoryFromAFewKeysIsUncertain(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, times(3000, "set user:%d x")...)
	s := survey(t, server, "", samples(10))
	s.walk()
	if r := of(t, s.walk(), "user:*"); r.Memory == nil || r.Memory.Error < 0.3 || r.Samples >= 30 {
		t.Errorf("%d keys were looked at, memory %+v: want an error of a third at least", r.Samples, r.Memory)
	}
}

// A set of large values is no tag set, whatever its name: they stay where they are.
func TestLargeMembersAreNotRead(t *testing.T) {
	server := testserver.Valkey(t)
	for i := range 20 {
		for j := range 10 {
			server.Must(t, "SADD", fmt.Sprintf("tags:%d", i), fmt.Sprint(j)+strings.Repeat("x", 100_000))
		}
	}
	fill(t, server, "sadd tags:users user:gone")
	server.Must(t, "CONFIG", "RESETSTAT")
	r := of(t, survey(t, server, "").walk(), "tags:*")
	if r.Dead == nil || r.Dead.Checked != 1 || r.Dead.Share != 1 {
		t.Errorf("dead members %+v, want that of tags:users", r.Dead)
	}
	info, _ := server.Must(t, "INFO", "stats").(string)
	_, after, _ := strings.Cut(info, "total_net_output_bytes:")
	sent, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil || sent > 1_000_000 {
		t.Errorf("the server has sent %d bytes, %v", sent, err)
	}
}

// Where keys live for seconds, all of them may be gone when the walk ends.
func TestTheLargestOfKeysThatAreGone(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "set user:big "+strings.Repeat("x", 5000), "set user:small x")
	s := survey(t, server, "")
	s.Begin(0, valkey.NotSent, ignore)
	if err := s.Meet(t.Context(), []string{"user:small", "user:big"}); err != nil {
		t.Fatal(err)
	}
	fill(t, server, "del user:big user:small")
	if err := s.End(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	r := of(t, s.Status(), "user:*")
	if l := r.Largest; l == nil || l.Bytes < 5000 || !math.IsNaN(l.Elements) || r.LargestIs != "user:big" {
		t.Errorf("largest %+v, %q: want user:big as the walk has met it", l, r.LargestIs)
	}
	if l := of(t, s.walk(), "user:*").Largest; l != nil {
		t.Errorf("largest %+v of no keys", l)
	}
}

// held stops the server for a moment when it has been told of keys.
type held struct {
	*class.Survey

	hold func()
}

func (h *held) Meet(ctx context.Context, keys []string) error {
	h.hold()
	return h.Survey.Meet(ctx, keys)
}

// A walk takes minutes where there are many keys: it must outlast what holds the server
// up for seconds.
func TestAWalkOutlastsAServerThatIsHeldUp(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, times(300, "set user:%d x")...)
	s := survey(t, server, "")
	d := queue.NewDiscoverer(queue.NewWatchlist(queue.Options{}), s.walker, queue.Pace{Interval: hour, Share: 0.5}, hour, slog.New(slog.DiscardHandler))
	var once sync.Once
	d.Count(&held{s.Survey, func() {
		once.Do(func() {
			server.Pause()
			time.AfterFunc(3*time.Second, server.Resume)
		})
	}}, hour)
	if err := d.Once(t.Context()); err != nil {
		t.Fatalf("the walk was given up: %v", err)
	}
	if r := of(t, s.Status(), "user:*"); r.Keys != 300 || r.Samples != 300 || !s.Status().Walks[0].Complete {
		t.Errorf("%+v, want 300 keys", r)
	}
}

// The server's counters may begin anew between two scrapes, and walks come before the
// first one.
func TestLookUpsOfWalksBetweenScrapesAreWhatTheServerCounts(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		fill(t, server, append(times(300, "set user:%d x ex 300"), times(20, "sadd tags:%d user:1 user:gone")...)...)
		server.Must(t, "CONFIG", "RESETSTAT")
		s := survey(t, server, "")
		scraper := valkey.NewScraper(s.walker, s.ledger, time.Now)
		exact := func(when string) {
			t.Helper()
			snap := scraper.Scrape(t.Context(), valkey.Request{})
			hits, misses := fmt.Sprintf("%.0f", snap.Probes.Hits), fmt.Sprintf("%.0f", snap.Probes.Misses)
			if fields := snap.Info.Fields; fields["keyspace_hits"] != hits || fields["keyspace_misses"] != misses || snap.Probes.Hits < 300 {
				t.Errorf("%s: the server has %s hits and %s misses, of which %s and %s are ours; want all, and some hundreds",
					when, fields["keyspace_hits"], fields["keyspace_misses"], hits, misses)
			}
		}
		s.walk()
		exact("at the first scrape")
		s.walk()
		server.Must(t, "CONFIG", "RESETSTAT")
		s.walk()
		exact("after CONFIG RESETSTAT")
	})
}

func TestWhatIsDeniedIsUnknown(t *testing.T) {
	const all = "reset on >partly %R~* +info +scan +ping +select +client|setname +client|no-touch"
	for _, c := range []struct {
		name, rights string
		refused      string
		check        func(class.Report) bool
	}{
		{"size", "+pttl +type +exists", "MEMORY USAGE", func(r class.Report) bool { return r.Expiry != nil && r.Memory == nil && r.Largest == nil }},
		{"expiry", "+memory|usage +type", "PTTL", func(r class.Report) bool { return r.Expiry == nil && r.Memory != nil && r.Largest != nil }},
		{"type", "+memory|usage +pttl", "TYPE", func(r class.Report) bool {
			return r.Expiry != nil && r.Memory != nil && math.IsNaN(r.Largest.Elements)
		}},
		{"all", "", "PTTL", func(r class.Report) bool { return r.Expiry == nil && r.Memory == nil && r.Samples == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			testserver.Each(t, func(t *testing.T, start testserver.Start) {
				server := start()
				fill(t, server, slices.Concat(times(500, "set user:%d x"), times(30, "zadd rate:%d 1 a"), times(30, "sadd tags:%d a"))...)
				args := append([]string{"ACL", "SETUSER", "partly"}, strings.Fields(all+" "+c.rights)...)
				if _, err := server.Do(t, args...); err != nil { // Redis 7.0 does not know NO-TOUCH
					server.Must(t, args[:len(args)-len(strings.Fields(c.rights))-1]...)
					server.Must(t, append([]string{"ACL", "SETUSER", "partly"}, strings.Fields(c.rights)...)...)
				}
				s := survey(t, server, "partly")
				status := s.walk()
				r := of(t, status, "user:*")
				if r.Keys != 500 || !c.check(r) {
					t.Errorf("%+v, expiry %+v, memory %+v", r, r.Expiry, r.Memory)
				}
				if !slices.ContainsFunc(status.Unavailable, func(u valkey.Unavailable) bool { return u.Command == c.refused && u.Reason == valkey.ReasonDenied }) {
					t.Errorf("unavailable: %+v, want %s", status.Unavailable, c.refused)
				}
				if status.Walks[0].Complete != (c.name == "type") {
					t.Errorf("walk %+v", status.Walks[0])
				}
				s.walk()
				if n := len(server.Must(t, "ACL", "LOG", "100").([]any)); n > 7 {
					t.Errorf("%d entries in ACL LOG, want one for each command", n)
				}
			})
		})
	}
}

// A class whose keys our user may not see has a number of keys and is named; it costs
// one refused command, and not one for each key.
func TestAClassThatMayNotBeSeen(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		fill(t, server, append(times(500, "set user:%d x"), times(500, "set session:%d x ex 60")...)...)
		server.Must(t, strings.Fields("ACL SETUSER partly reset on >partly %R~user:* +info +scan +ping +pttl +type +memory|usage +strlen +select +client|setname")...)
		s := survey(t, server, "partly")
		for range 2 {
			status := s.walk()
			users, sessions := of(t, status, "user:*"), of(t, status, "session:*")
			if users.Denied || users.Expiry == nil || users.Expiry.Without != 500 {
				t.Errorf("user:* %+v %+v", users, users.Expiry)
			}
			if !sessions.Denied || sessions.Keys != 500 || sessions.Expiry != nil || sessions.Memory != nil || status.Walks[0].Complete {
				t.Errorf("session:* %+v, walk %+v", sessions, status.Walks[0])
			}
			if len(status.Unavailable) > 0 {
				t.Errorf("unavailable: %+v, want none: the commands are allowed", status.Unavailable)
			}
		}
		info, _ := server.Must(t, "INFO", "commandstats").(string)
		for line := range strings.Lines(info) {
			if strings.HasPrefix(line, "cmdstat_pttl") && !strings.Contains(line, "rejected_calls=1,") {
				t.Errorf("want one refused PTTL: %s", line)
			}
		}
	})
}

func TestAFailedWalkIsNotComplete(t *testing.T) {
	server := testserver.Valkey(t)
	fill(t, server, "set user:1 x")
	s := survey(t, server, "")
	s.walk()
	s.Begin(0, valkey.NotSent, ignore)
	s.Fail(0)
	s.Fail(7)
	status := s.Status()
	if len(status.Walks) != 2 || status.Walks[0].Complete || status.Walks[1].DB != 7 || !status.Walks[1].Ended.IsZero() {
		t.Errorf("walks %+v", status.Walks)
	}
	if r := of(t, status, "user:*"); r.Keys != 1 {
		t.Errorf("what the walk before has shown is forgotten: %+v", r)
	}
	if status := s.walk(); !status.Walks[0].Complete {
		t.Errorf("walks %+v", status.Walks)
	}
}

// Another node of the cluster has the keys: their class is left alone soon.
func TestKeysOfAnotherNodeOfTheCluster(t *testing.T) {
	server := fake.Replay(t, "../../testdata/captures", "valkey-8.0.1", nil)
	server.Reply("PTTL", fake.Error("MOVED 9394 127.0.0.1:7001"))
	server.Reply("MEMORY USAGE", fake.Error("MOVED 9394 127.0.0.1:7001"))
	s := survey(t, &testserver.Server{Addr: server.Addr}, "")
	var keys []string
	for i := range 500 {
		keys = append(keys, fmt.Sprintf("user:%d", i))
	}
	s.Begin(0, valkey.NotSent, ignore)
	for _, piece := range [][]string{keys[:5], keys[5:30], keys[30:]} {
		if err := s.Meet(t.Context(), piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.End(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	r := of(t, s.Status(), "user:*")
	if r.Keys != 500 || r.Denied || r.Expiry != nil || r.Memory != nil || s.Status().Walks[0].Complete {
		t.Errorf("%+v, expiry %+v, walk %+v", r, r.Expiry, s.Status().Walks)
	}
	if n := server.Count("PTTL"); n > 35 {
		t.Errorf("%d keys were asked about, want the rest to be left alone", n)
	}
}

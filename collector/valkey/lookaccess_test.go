//go:build unix

package valkey_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// lookRights are the rights that a look needs, and nothing else.
var lookRights = []string{
	"%R~*", "+info", "+select", "+client|setname", "+client|no-touch", "+eval_ro", "+evalsha_ro",
	"+type", "+pttl", "+object|idletime", "+llen", "+lindex", "+lpos", "+lrange", "+scard", "+sscan", "+zcard", "+zrange",
	"+xinfo|stream", "+xinfo|groups", "+xpending", "+xrange",
}

// knownRights leaves out what the server does not know.
func knownRights(t *testing.T, server *testserver.Server, rights []string) []string {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(rights), func(right string) bool {
		_, err := server.Do(t, "ACL", "SETUSER", "probe", right)
		return err != nil
	})
}

// allTypes fills the keys list, set, zset and q, which is a stream, and asks
// everything about them.
func allTypes(t *testing.T, server *testserver.Server) []valkey.Question {
	t.Helper()
	server.Must(t, "RPUSH", "list", "a", "marker", "b")
	server.Must(t, "SADD", "set", "a")
	server.Must(t, "ZADD", "zset", "1", "a")
	stream(t, server)
	server.Must(t, "XGROUP", "CREATE", "q", "g", "0")
	server.Must(t, "XREADGROUP", "GROUP", "g", "c", "COUNT", "2", "STREAMS", "q", ">")
	return []valkey.Question{everything(0, "list"), everything(0, "set"), everything(0, "zset"), everything(0, "q"), everything(3, "missing")}
}

func TestLeastRightsAreEnoughForALook(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		questions := allTypes(t, server)
		viewer := newViewer(as(t, server, knownRights(t, server, lookRights)...), valkey.NewLedger())
		before := complaints(t, server)
		for range 3 {
			viewer.good(t, questions...)
			if u := viewer.Unavailable(); len(u) > 0 {
				t.Errorf("unavailable: %v", u)
			}
		}
		if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
			t.Errorf("the server complains (-before +after):\n%s", diff)
		}
	})
}

// TestEveryRightOfALookIsNeeded takes one right away at a time.
func TestEveryRightOfALookIsNeeded(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		questions := allTypes(t, server)
		noTouch := slices.Contains(knownRights(t, server, lookRights), "+client|no-touch")
		for _, right := range knownRights(t, server, lookRights[1:]) {
			if right == "+client|setname" || right == "+client|no-touch" {
				continue // of the handshake
			}
			if right == "+object|idletime" && !noTouch {
				continue // where looking would be use, it is not asked
			}
			granted := slices.DeleteFunc(knownRights(t, server, lookRights), func(r string) bool { return r == right })
			viewer := newViewer(as(t, server, granted...), valkey.NewLedger())
			look := viewer.look(t, questions...)
			failed := []string{}
			for _, s := range look.Sights {
				if s.Err != nil {
					failed = append(failed, s.Queue.Key)
				}
				if s.Err != nil && valkey.KindOf(s.Err) != valkey.KindDenied {
					t.Errorf("without %s: %s: %v", right, s.Queue.Key, s.Err)
				}
			}
			if got, want := strings.Join(failed, " "), costs[right]; got != want {
				t.Errorf("without %s no answer about %q, want %q", right, got, want)
			}
			named := strings.ToUpper(strings.ReplaceAll(right[1:], "|", " "))
			unavailable := []valkey.Unavailable{{Command: named, Reason: valkey.ReasonDenied}}
			if right == "+select" {
				unavailable = nil
			}
			if diff := cmp.Diff(unavailable, viewer.Unavailable(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("without %s unavailable, -want +got\n%s", right, diff)
			}
			if right == "+info" && (look.Before.Fields != nil || look.After.Fields != nil || look.Err != nil) {
				t.Errorf("without %s: %+v %v", right, look.Before, look.Err)
			}
			before := complaints(t, server)
			for range 3 {
				viewer.look(t, questions...)
			}
			if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
				t.Errorf("without %s the server is asked again (-before +after):\n%s", right, diff)
			}
		}
	})
}

// costs are the queues without an answer when a right is missing.
var costs = map[string]string{
	"+info": "", "+eval_ro": "list set zset q missing", "+evalsha_ro": "list set zset q missing",
	"+select": "missing", "+type": "list set zset q missing", "+pttl": "list set zset q", "+object|idletime": "list set zset q",
	"+llen": "list", "+lindex": "list", "+lpos": "list", "+lrange": "list", "+scard": "set", "+sscan": "set",
	"+zcard": "zset", "+zrange": "zset", "+xinfo|stream": "q", "+xinfo|groups": "q", "+xpending": "q", "+xrange": "q",
}

func TestRefusedScriptIsOneBreachOfTheRules(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		for _, denied := range []string{"-eval_ro", "-evalsha_ro"} {
			server := start()
			questions := allTypes(t, server)
			viewer := newViewer(as(t, server, append(knownRights(t, server, lookRights), denied)...), valkey.NewLedger())
			denials := func() float64 { return complaints(t, server)["error NOPERM"] }
			for i, want := range []float64{1, 0, 0} {
				before := denials()
				look := viewer.look(t, questions...)
				if valkey.Refused(look.Err) != valkey.ReasonDenied {
					t.Errorf("%s: %v, want that it is denied", denied, look.Err)
				}
				for _, s := range look.Sights {
					if valkey.KindOf(s.Err) != valkey.KindDenied {
						t.Errorf("%s: %s: %v", denied, s.Queue.Key, s.Err)
					}
				}
				if n := denials() - before; n != want {
					t.Errorf("%s: look %d was denied %v times, want %v", denied, i, n, want)
				}
			}
			viewer.now = viewer.now.Add(retryDenied)
			before := denials()
			viewer.look(t, questions...)
			if n := denials() - before; n != 1 {
				t.Errorf("%s: denied %v times when it is time to ask again, want 1", denied, n)
			}
			server.Must(t, "ACL", "SETUSER", "exporter", "+"+denied[1:])
			viewer.now = viewer.now.Add(retryDenied)
			viewer.good(t, questions...)
			if u := viewer.Unavailable(); len(u) > 0 {
				t.Errorf("still unavailable: %v", u)
			}

			server.Must(t, "ACL", "SETUSER", "exporter", denied)
			viewer.look(t, questions...) // which nothing could have foreseen
			viewer.now = viewer.now.Add(retryDenied)
			before = denials()
			viewer.look(t, questions...)
			if n := denials() - before; n != 1 {
				t.Errorf("%s: denied %v times when the right was taken away, want 1", denied, n)
			}
		}
	})
}

func TestCommandThatIsDeniedInTheScriptIsTriedByOneQueueAgain(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		questions := []valkey.Question{}
		for _, key := range []string{"empty", "a", "b", "c"} {
			questions = append(questions, everything(0, key))
			server.Must(t, "RPUSH", key, "x")
		}
		viewer := newViewer(as(t, server, append(knownRights(t, server, lookRights), "-llen")...), valkey.NewLedger())
		failed := func() string {
			words := []string{}
			for _, s := range viewer.look(t, questions...).Sights {
				if s.Err != nil {
					words = append(words, s.Queue.Key)
				}
			}
			return strings.Join(words, " ")
		}
		expect := func(when, want string, denials float64) {
			t.Helper()
			before := field(t, server, "total_error_replies")
			if got := failed(); got != want {
				t.Errorf("%s no answer about %q, want %q", when, got, want)
			}
			if n := field(t, server, "total_error_replies") - before; n != denials {
				t.Errorf("%s there were %v errors, want %v", when, n, denials)
			}
		}
		expect("at first", "empty a b c", 4)
		expect("then", "empty a b c", 0)
		viewer.now = viewer.now.Add(retryDenied)
		expect("when it is time to ask again", "empty a b c", 1)
		server.Must(t, "DEL", "empty")
		viewer.now = viewer.now.Add(retryDenied)
		expect("when the one that asks is empty", "a b c", 0)
		viewer.now = viewer.now.Add(retryDenied)
		expect("and the next one asks", "a b c", 1)
		server.Must(t, "ACL", "SETUSER", "exporter", "+llen")
		viewer.now = viewer.now.Add(retryDenied)
		expect("when one finds that it is allowed", "b c", 0)
		expect("after that", "", 0)
		if u := viewer.Unavailable(); len(u) > 0 {
			t.Errorf("still unavailable: %v", u)
		}
	})
}

func TestDeniedKeyAndDatabaseCostOnlyTheirOwnAnswer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "RPUSH", "jobs:a", "a")
		granted := append(knownRights(t, server, lookRights), "resetkeys", "%R~jobs:*")
		viewer := newViewer(as(t, server, granted...), valkey.NewLedger())
		questions := []valkey.Question{everything(0, "other"), everything(0, "jobs:a"), everything(3, "jobs:b"), everything(99, "jobs:a"), everything(99, "jobs:b")}
		words := func() string {
			list := []string{}
			look := viewer.look(t, questions...)
			if look.Err != nil {
				t.Errorf("the whole look failed: %v", look.Err)
			}
			for _, s := range look.Sights {
				switch {
				case valkey.KindOf(s.Err) == valkey.KindDenied:
					list = append(list, "denied")
				case valkey.NoDatabase(s.Err):
					list = append(list, "no database")
				case s.Err != nil:
					list = append(list, s.Err.Error())
				default:
					list = append(list, strings.Repeat("I", int(s.Length)))
				}
			}
			return strings.Join(list, "|")
		}
		const want = "denied|I||no database|no database"
		if got := words(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		before := complaints(t, server)
		for range 3 {
			if got := words(); got != want {
				t.Errorf("then: got %s, want %s", got, want)
			}
		}
		if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
			t.Errorf("what is denied is asked again (-before +after):\n%s", diff)
		}
		server.Must(t, "ACL", "SETUSER", "exporter", "allkeys")
		viewer.now = viewer.now.Add(retryDenied)
		if got, want := words(), "|I||no database|no database"; got != want {
			t.Errorf("when it is time to ask again: got %s, want %s", got, want)
		}
	})
}

//go:build unix

package valkey_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// as logs in as a user that has these rights, with the password "secret".
func as(t *testing.T, server *testserver.Server, rights ...string) *valkey.Conn {
	t.Helper()
	server.Must(t, append([]string{"ACL", "SETUSER", "exporter", "reset", "on", ">secret"}, rights...)...)
	return open(t, server.Addr, func(o *valkey.Options) {
		o.Credentials = valkey.Credentials{User: "exporter"}.Password("secret")
	})
}

// full are the rights that a scrape needs.
var full = []string{"~*", "+info", "+config|get", "+latency|histogram", "+latency|latest", "+slowlog|len", "+slowlog|get", "+type", "+llen", "+scard", "+zcard", "+xlen", "+exists", "+select", "+ping", "+client|setname", "+client|no-touch"}

// rights are the full ones that the server knows, and then some.
func rights(t *testing.T, server *testserver.Server, more ...string) []string {
	t.Helper()
	known := slices.DeleteFunc(slices.Clone(full), func(right string) bool {
		_, err := server.Do(t, "ACL", "SETUSER", "probe", right)
		return err != nil
	})
	return append(known, more...)
}

func TestLeastRightsAreEnough(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "XADD", "stream", "*", "k", "v")
		server.Must(t, "SADD", "set", "a")
		asker := newAsker(as(t, server, rights(t, server)...), append(queues("stream", "set", "q"), valkey.NewQueue(3, "q", ""))...)
		before := complaints(t, server)
		for range 3 {
			if s := asker.good(t); len(s.Unavailable) > 0 {
				t.Errorf("unavailable: %v", s.Unavailable)
			}
		}
		if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
			t.Errorf("the server complains (-before +after):\n%s", diff)
		}
	})
}

func TestDeniedCommandCostsItsSourceAndIsLeftAlone(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		for _, tc := range []struct {
			denied  string
			command string
			sources []string
			queues  string
		}{
			{"-info", "INFO", []string{"info"}, "0/list=1 0/stream=1 0/none=0"},
			{"-config|get", "CONFIG GET", []string{"config"}, "0/list=1 0/stream=1 0/none=0"},
			{"-latency|histogram", "LATENCY HISTOGRAM", []string{"latency_histogram"}, "0/list=1 0/stream=1 0/none=0"},
			{"-latency|latest", "LATENCY LATEST", []string{"latency_latest"}, "0/list=1 0/stream=1 0/none=0"},
			{"-slowlog|len", "SLOWLOG LEN", []string{"slowlog"}, "0/list=1 0/stream=1 0/none=0"},
			{"-slowlog|get", "SLOWLOG GET", []string{"slowlog"}, "0/list=1 0/stream=1 0/none=0"},
			{"-type", "TYPE", []string{"queues"}, "0/list=denied 0/stream=denied 0/none=denied"},
			{"-llen", "LLEN", []string{"queues"}, "0/list=denied 0/stream=1 0/none=0"},
			{"-exists", "EXISTS", []string{"queues"}, "0/list=1 0/stream=1 0/none=0"},
		} {
			t.Run(tc.command, func(t *testing.T) {
				server := start()
				server.Must(t, "LPUSH", "list", "a")
				server.Must(t, "XADD", "stream", "*", "k", "v")
				asker := newAsker(as(t, server, rights(t, server, tc.denied)...), queues("list", "stream", "none")...)
				denials := func() float64 { return complaints(t, server)["error NOPERM"] }
				want := map[string]valkey.Kind{}
				for _, source := range tc.sources {
					want[source] = valkey.KindDenied
				}
				for i := range 4 {
					before := denials()
					s := asker.scrape(t.Context())
					wantFailures(t, s, want)
					wantLengths(t, s, tc.queues)
					if diff := cmp.Diff([]valkey.Unavailable{{Command: tc.command, Reason: valkey.ReasonDenied}}, s.Unavailable); diff != "" {
						t.Errorf("unavailable, -want +got\n%s", diff)
					}
					if n := denials() - before; !s.Up || i > 0 && n != 0 {
						t.Errorf("scrape %d: up %v, denied %v times", i, s.Up, n)
					}
				}
				asker.now = asker.now.Add(retryDenied)
				before := denials()
				asker.scrape(t.Context())
				if n := denials() - before; n != 1 {
					t.Errorf("denied %v times when it is time to ask again, want 1 for all queues", n)
				}
				server.Must(t, "ACL", "SETUSER", "exporter", "+@all")
				asker.now = asker.now.Add(retryDenied)
				asker.scrape(t.Context()) // one queue asks for all
				if s := asker.good(t); len(s.Unavailable) > 0 {
					t.Errorf("still unavailable: %v", s.Unavailable)
				}
				wantLengths(t, asker.good(t), "0/list=1 0/stream=1 0/none=0")
			})
		}
	})
}

func TestDeniedKeyAndDatabaseCostOnlyTheirQueues(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "LPUSH", "jobs:a", "a")
		granted := rights(t, server, "resetkeys", "~jobs:*", "-select")
		watched := append(queues("jobs:a", "other"), valkey.NewQueue(3, "jobs:a", ""), valkey.NewQueue(4, "jobs:a", ""))
		asker := newAsker(as(t, server, granted...), watched...)
		const want = "0/jobs:a=1 0/other=denied 3/jobs:a=denied 4/jobs:a=denied"
		wantLengths(t, asker.good(t), want)
		before := complaints(t, server)
		for range 3 {
			s := asker.good(t)
			wantLengths(t, s, want)
			if s.QueueErrors != (valkey.QueueErrors{Denied: 3}) {
				t.Errorf("errors: %+v, want 3 denials", s.QueueErrors)
			}
		}
		if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
			t.Errorf("what is denied is asked again (-before +after):\n%s", diff)
		}
		server.Must(t, "ACL", "SETUSER", "exporter", "allkeys", "+select")
		asker.now = asker.now.Add(retryDenied)
		wantLengths(t, asker.good(t), "0/jobs:a=1 0/other=0 3/jobs:a=0 4/jobs:a=0")
	})
}

func TestPasswordIsReadAnewUntilItFits(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--requirepass", "right")
		file := filepath.Join(t.TempDir(), "password")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("wrong\n")
		conn := open(t, server.Addr, func(o *valkey.Options) { o.Credentials.PasswordFile = file })
		asker := newAsker(conn, queues("q")...)
		fails := func(want valkey.Kind) {
			t.Helper()
			if s := asker.scrape(t.Context()); s.Up || valkey.KindOf(s.Err) != want {
				t.Errorf("up %v, %v (%s), want %s", s.Up, s.Err, valkey.KindOf(s.Err), want)
			}
		}
		fails(valkey.KindWrongPass)
		fails(valkey.KindWrongPass)
		write("")
		fails(valkey.KindPasswordFile)
		write("right\n")
		asker.good(t)
		asker.good(t)

		without := newAsker(open(t, server.Addr), queues("q")...)
		if s := without.scrape(t.Context()); s.Up || valkey.KindOf(s.Err) != valkey.KindNoAuth {
			t.Errorf("without a password: up %v, %v", s.Up, s.Err)
		}
	})
}

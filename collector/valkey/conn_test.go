//go:build unix

package valkey_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// complaints are the server's counts of what went wrong: its error replies, and
// for each command the calls that failed or were rejected.
func complaints(t *testing.T, s *testserver.Server) map[string]float64 {
	t.Helper()
	info, err := valkey.ParseInfo(infoOf(t, s, "everything"))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, e := range info.Errors {
		counts["error "+e.Prefix] = e.Count
	}
	for _, c := range info.Commands {
		counts[c.Name+" failed"], counts[c.Name+" rejected"] = c.Failed, c.Rejected
	}
	maps.DeleteFunc(counts, func(_ string, n float64) bool { return n == 0 })
	return counts
}

func TestScrapesCauseNoErrorOnTheServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		for name, password := range map[string]string{"open": "", "with a password": "secret"} {
			t.Run(name, func(t *testing.T) {
				server := start("--requirepass", password)
				for _, command := range [][]string{{"LPUSH", "list", "a"}, {"SADD", "set", "a"}, {"SET", "string", "x"}, {"XADD", "stream", "*", "k", "v"}} {
					server.Must(t, command...)
				}
				before := complaints(t, server)
				conn := open(t, server.Addr, func(o *valkey.Options) { o.Credentials = o.Credentials.Password(password) })
				asker := newAsker(conn, append(queues("list", "set", "string", "stream", "missing"), valkey.NewQueue(3, "q", ""))...)
				for range 3 {
					asker.good(t)
				}
				if diff := cmp.Diff(before, complaints(t, server)); diff != "" {
					t.Errorf("the server complains (-before +after):\n%s", diff)
				}
			})
		}
	})
}

func TestConnectionTellsItsNameAndTouchesNoKey(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		newAsker(open(t, server.Addr), queues("q")...).good(t)
		clients, _ := server.Must(t, "CLIENT", "LIST").(string)
		ours := ""
		for line := range strings.Lines(clients) {
			if strings.Contains(line, " name="+clientName+" ") {
				ours += line
			}
		}
		isValkey := strings.Contains(infoOf(t, server, "server"), "valkey_version:")
		if strings.Count(ours, "\n") != 1 || strings.Contains(ours, " flags=T") != isValkey {
			t.Errorf("want one client of our name, with flag T on Valkey (%v):\n%s", isValkey, clients)
		}
		if asked := strings.Contains(infoOf(t, server, "commandstats"), "client|no-touch"); asked != isValkey {
			t.Errorf("CLIENT NO-TOUCH sent: %v, want %v: Redis 7.0 does not know it", asked, isValkey)
		}
	})
}

func TestScrapesDoNotKeepQueuesFromLookingIdle(t *testing.T) {
	server := testserver.Valkey(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	for _, command := range [][]string{{"LPUSH", "list", "a"}, {"SADD", "set", "a"}, {"ZADD", "zset", "1", "a"}, {"XADD", "stream", "*", "k", "v"}, {"SET", "string", "x"}} {
		server.Must(t, command...)
	}
	keys := []string{"list", "set", "zset", "stream", "string"}
	asker := newAsker(open(t, server.Addr), queues(keys...)...)
	eventually(t, "every key has been idle for 2 s in spite of the scrapes", func() bool {
		asker.good(t)
		for _, key := range keys {
			if idle, _ := server.Must(t, "OBJECT", "IDLETIME", key).(int64); idle < 2 {
				return false
			}
		}
		return true
	})
}

func TestSteadyScrapeIsOneRoundTripOnTheKeptConnection(t *testing.T) {
	keys := fake.Keys{"a": {Type: "list", Length: 1}, "b": {Type: "stream", Length: 2}}
	server := replay(t, keys)
	asker := newAsker(open(t, server.Addr), append(queues("a", "b", "missing"), valkey.NewQueue(2, "a", ""))...)
	trips := func() int {
		before := server.RoundTrips()
		asker.good(t)
		return server.RoundTrips() - before
	}
	asker.good(t) // connects and learns the types
	for range 10 {
		if n := trips(); n != 1 {
			t.Errorf("a steady scrape took %d round trips, want 1", n)
		}
	}
	keys["missing"] = fake.Key{Type: "set", Length: 3}
	if n := trips(); n != 2 {
		t.Errorf("a scrape that meets a new queue took %d round trips, want 2", n)
	}
	if n := trips(); n != 1 {
		t.Errorf("the scrape after it took %d round trips, want 1", n)
	}
	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections, want one that is kept", n)
	}
}

func TestKeyOfTheWrongTypeIsAskedOnlyForItsType(t *testing.T) {
	keys := fake.Keys{"q": {Type: "string"}}
	server := replay(t, keys)
	asker := newAsker(open(t, server.Addr), queues("q")...)
	for range 5 {
		s := asker.good(t)
		wantLengths(t, s, "0/q=wrong_type")
		if s.QueueErrors != (valkey.QueueErrors{WrongType: 1}) {
			t.Errorf("errors: %+v, want one", s.QueueErrors)
		}
	}
	if types, lens := server.Count("TYPE"), server.Count("LLEN"); types != 5 || lens != 0 {
		t.Errorf("asked TYPE %d and LLEN %d times, want 5 and 0", types, lens)
	}
	keys["q"] = fake.Key{Type: "list", Length: 4}
	wantLengths(t, asker.good(t), "0/q=4")
	keys["q"] = fake.Key{Type: "string"}
	wantLengths(t, asker.good(t), "0/q=wrong_type") // LLEN has said so
	wantLengths(t, asker.good(t), "0/q=wrong_type")
	if s := asker.good(t); s.QueueErrors.WrongType != 2 || server.Count("LLEN") != 2 {
		t.Errorf("errors: %+v, asked LLEN %d times, want 2 of each", s.QueueErrors, server.Count("LLEN"))
	}
}

func TestScrapeAfterARestartIsGood(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) (*testserver.Server, *valkey.Conn){
		"plain": func(t *testing.T) (*testserver.Server, *valkey.Conn) {
			s := testserver.Valkey(t)
			return s, open(t, s.Addr)
		},
		"unix socket": func(t *testing.T) (*testserver.Server, *valkey.Conn) {
			s := testserver.Valkey(t)
			return s, open(t, "unix://"+s.Socket)
		},
		"TLS": func(t *testing.T) (*testserver.Server, *valkey.Conn) {
			s := testserver.ValkeyTLS(t)
			return s, open(t, "valkeys://"+s.Addr, func(o *valkey.Options) {
				o.TLS = valkey.TLSFiles{CA: s.Certs.CAFile, Cert: s.Certs.CertFile, Key: s.Certs.KeyFile}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, conn := start(t)
			asker := newAsker(conn, queues("q")...)
			before := asker.good(t).Info.Fields["run_id"]
			for range 3 {
				server.Stop()
				server.Start()
				after := asker.good(t).Info.Fields["run_id"]
				if after == before || after == "" {
					t.Errorf("run ID %q, was %q before the restart", after, before)
				}
				before = after
			}
			server.Stop()
			s := asker.scrape(t.Context())
			if kind := valkey.KindOf(s.Err); s.Up || kind != valkey.KindRefused && kind != valkey.KindNoSocket {
				t.Errorf("stopped server: up %v, %v (%s)", s.Up, s.Err, kind)
			}
			server.Start()
			asker.good(t)
		})
	}
}

func TestCancelEndsAScrapeOfAHungServerAndTheNextIsWhole(t *testing.T) {
	plain, secured := testserver.Valkey(t), testserver.ValkeyTLS(t)
	tls := func(o *valkey.Options) {
		o.TLS = valkey.TLSFiles{CA: secured.Certs.CAFile, Cert: secured.Certs.CertFile, Key: secured.Certs.KeyFile}
	}
	for name, tc := range map[string]struct {
		server *testserver.Server
		conn   *valkey.Conn
	}{
		"plain": {plain, open(t, plain.Addr)},
		"TLS":   {secured, open(t, "valkeys://"+secured.Addr, tls)},
	} {
		for _, state := range []string{"connecting", "connected"} {
			t.Run(name+" "+state, func(t *testing.T) {
				asker := newAsker(tc.conn, queues("q")...)
				if state == "connected" {
					asker.good(t)
				}
				tc.server.Pause()
				defer tc.server.Resume()
				ctx, cancel := context.WithCancelCause(t.Context())
				gone := errors.New("the client has gone away")
				time.AfterFunc(20*time.Millisecond, func() { cancel(gone) })
				if s := asker.scrape(ctx); s.Up || !errors.Is(s.Err, gone) {
					t.Errorf("cancelled: up %v, %v", s.Up, s.Err)
				}
				short, cancel2 := context.WithTimeout(t.Context(), 20*time.Millisecond)
				defer cancel2()
				if s := asker.scrape(short); s.Up || valkey.KindOf(s.Err) != valkey.KindTimeout {
					t.Errorf("at the deadline: up %v, %v (%s)", s.Up, s.Err, valkey.KindOf(s.Err))
				}
				tc.server.Resume()
				asker.good(t)
			})
		}
	}
}

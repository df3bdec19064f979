//go:build unix

package valkey_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// failures are the kinds of error of the sources that failed, by source.
func failures(s valkey.Snapshot) map[string]valkey.Kind {
	kinds := map[string]valkey.Kind{}
	for i, o := range s.Sources {
		if o.Err != nil {
			kinds[valkey.Source(i).String()] = valkey.KindOf(o.Err)
		}
	}
	return kinds
}

func wantFailures(t *testing.T, s valkey.Snapshot, want map[string]valkey.Kind) {
	t.Helper()
	if diff := cmp.Diff(want, failures(s)); diff != "" {
		t.Errorf("failed sources, -want +got\n%s", diff)
	}
}

func TestServerThatCannotBeReachedIsDownForAReason(t *testing.T) {
	for name, tc := range map[string]struct {
		address string
		want    valkey.Kind
	}{
		"nobody listens":  {closedPort(t), valkey.KindRefused},
		"no such host":    {"host.invalid:6379", valkey.KindUnknownHost},
		"no such socket":  {"unix://" + filepath.Join(t.TempDir(), "none"), valkey.KindNoSocket},
		"not TLS":         {"valkeys://" + answering(t, "-ERR Protocol error\r\n"), valkey.KindTLS},
		"a web server":    {answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), valkey.KindProtocol},
		"binary":          {answering(t, "\x00\x01\n"), valkey.KindProtocol},
		"closes at once":  {answering(t, ""), valkey.KindClosed},
		"too many are in": {answering(t, "-ERR max number of clients reached\r\n"), valkey.KindMaxClients},
		"protected mode":  {answering(t, "-DENIED Redis is running in protected mode\r\n"), valkey.KindProtectedMode},
	} {
		t.Run(name, func(t *testing.T) {
			asker := newAsker(open(t, tc.address), queues("q")...)
			for range 2 {
				s := asker.scrape(t.Context())
				if got := valkey.KindOf(s.Err); s.Up || got != tc.want {
					t.Errorf("up %v, %v (%s), want %s", s.Up, s.Err, got, tc.want)
				}
				if len(s.Queues) != 0 || s.Info.Fields != nil || s.Config != nil {
					t.Errorf("values without a server: %+v", s)
				}
			}
		})
	}
}

// closedPort is an address on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	server := fake.New(t, func([]string) []byte { return nil })
	server.Close()
	return server.Addr
}

// answering accepts connections, says one thing without being asked, and
// closes them.
func answering(t *testing.T, words string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(words))
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestHandshakeThatBreaksOffIsNoAnswerToTheScrape(t *testing.T) {
	for _, command := range []string{"HELLO", "INFO", "CLIENT SETNAME", "CLIENT NO-TOUCH"} {
		server := replay(t, nil)
		server.Cut(command, 0)
		asker := newAsker(open(t, server.Addr), queues("q")...)
		if s := asker.scrape(t.Context()); s.Up || valkey.KindOf(s.Err) != valkey.KindClosed {
			t.Errorf("cut at %s: up %v, %v (%s)", command, s.Up, s.Err, valkey.KindOf(s.Err))
		}
		server.Heal()
		asker.good(t)
	}
}

func TestBadReplyCostsItsSourceAndWhatComesAfter(t *testing.T) {
	all := func(kind valkey.Kind, sources ...string) map[string]valkey.Kind {
		kinds := map[string]valkey.Kind{}
		for _, s := range sources {
			kinds[s] = kind
		}
		return kinds
	}
	closed := func(sources ...string) map[string]valkey.Kind { return all(valkey.KindClosed, sources...) }
	for name, tc := range map[string]struct {
		fault func(*fake.Server)
		want  map[string]valkey.Kind
	}{
		"cut before":     {func(s *fake.Server) { s.Cut("SLOWLOG LEN", 0) }, closed("slowlog", "queues")},
		"cut in a line":  {func(s *fake.Server) { s.Cut("SLOWLOG LEN", 1) }, closed("slowlog", "queues")},
		"cut in a text":  {func(s *fake.Server) { s.Cut("LATENCY HISTOGRAM", 100) }, closed("latency_histogram", "latency_latest", "slowlog", "queues")},
		"cut at the end": {func(s *fake.Server) { s.Cut("TYPE", 0) }, closed("queues")},
		"garbage":        {func(s *fake.Server) { s.Reply("SLOWLOG LEN", []byte("<html>\r\n")) }, all(valkey.KindProtocol, "slowlog", "queues")},
		"another type":   {func(s *fake.Server) { s.Reply("LATENCY LATEST", fake.Int(1)) }, map[string]valkey.Kind{"latency_latest": valkey.KindParse}},
		"null":           {func(s *fake.Server) { s.Reply("CONFIG GET", fake.Nil) }, map[string]valkey.Kind{"config": valkey.KindOther}},
		"10 MB":          {func(s *fake.Server) { s.Reply("CONFIG GET", fake.Bulk(strings.Repeat("x", 10<<20))) }, map[string]valkey.Kind{"config": valkey.KindTooLong}},
		"10 MB of INFO":  {func(s *fake.Server) { s.Reply("INFO", fake.Bulk(strings.Repeat("x", 10<<20))) }, map[string]valkey.Kind{"info": valkey.KindTooLong}},
		"not INFO":       {func(s *fake.Server) { s.Reply("INFO", fake.Bulk("hello")) }, map[string]valkey.Kind{"info": valkey.KindParse}},
		"an error":       {func(s *fake.Server) { s.Reply("SLOWLOG GET", fake.Error("ERR no")) }, map[string]valkey.Kind{"slowlog": valkey.KindOther}},
	} {
		t.Run(name, func(t *testing.T) {
			server := replay(t, nil)
			asker := newAsker(open(t, server.Addr), queues("q")...)
			asker.good(t)
			tc.fault(server)
			s := asker.scrape(t.Context())
			if !s.Up || valkey.KindOf(s.Err) != tc.want["info"] {
				t.Errorf("up %v, %v, want it up with %q", s.Up, s.Err, tc.want["info"])
			}
			wantFailures(t, s, tc.want)
			server.Heal()
			asker.good(t)
		})
	}
}

// A reply that failed must not leave the value of the scrape before.
func TestValueOfAnEarlierScrapeIsNeverRepeated(t *testing.T) {
	server := replay(t, fake.Keys{"q": {Type: "list", Length: 3}})
	asker := newAsker(open(t, server.Addr), queues("q")...)
	asker.good(t)
	wantLengths(t, asker.good(t), "0/q=3")
	for name, fault := range map[string]func(){
		"error":             func() { server.Reply("LLEN", fake.Error("ERR no")) },
		"busy":              func() { server.Reply("LLEN", fake.Error("BUSY a script")) },
		"cut":               func() { server.Cut("LLEN", 0) },
		"error, then a cut": func() { server.Reply("CONFIG GET", fake.Error("ERR no")); server.Cut("LLEN", 0) },
	} {
		fault()
		s := asker.scrape(t.Context())
		want := ""
		if name == "error" {
			want = "0/q=unavailable" // the server said so about this key
		}
		wantLengths(t, s, want)
		if s.Sources[valkey.SourceQueues].Err == nil {
			t.Errorf("%s: the source of the queues did not fail", name)
		}
		if strings.HasPrefix(name, "error,") && (s.Config != nil || s.Sources[valkey.SourceConfig].Err == nil) {
			t.Errorf("%s: configuration %v, %v", name, s.Config, s.Sources[valkey.SourceConfig].Err)
		}
		server.Heal()
		wantLengths(t, asker.good(t), "0/q=3")
	}
}

func TestServerThatIsNotReadyIsUp(t *testing.T) {
	for word, want := range map[string]valkey.Kind{
		"LOADING Valkey is loading the dataset in memory":                          valkey.KindLoading,
		"BUSY Valkey is busy running a script":                                     valkey.KindBusy,
		"NOPERM User exporter has no permissions to run the 'info' command":        valkey.KindDenied,
		"ERR unknown command 'INFO', with args beginning with: 'all' ":             valkey.KindUnknown,
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is 'no'": valkey.KindOther,
	} {
		server := replay(t, nil)
		asker := newAsker(open(t, server.Addr), queues("q")...)
		server.Reply("INFO", fake.Error(word))
		for range 2 { // the second may not even ask
			s := asker.scrape(t.Context())
			if got := valkey.KindOf(s.Err); !s.Up || got != want {
				t.Errorf("%.10s: up %v, %v (%s), want %s", word, s.Up, s.Err, got, want)
			}
			wantFailures(t, s, map[string]valkey.Kind{"info": want})
		}
		server.Heal()
		asker.now = asker.now.Add(retryDenied)
		asker.good(t)
	}
}

// A script that blocks the server blocks the handshake too.
func TestHandshakeDuringAScriptIsMadeUpFor(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--busy-reply-threshold", "1")
		running := make(chan struct{})
		go func() {
			defer close(running)
			_, _ = server.Do(t, "EVAL", "while true do end", "0")
		}()
		asker := newAsker(open(t, server.Addr), queues("q")...)
		eventually(t, "the server is busy", func() bool {
			s := asker.scrape(t.Context())
			return s.Up && valkey.KindOf(s.Err) == valkey.KindBusy
		})
		eventually(t, "the script can be killed", func() bool {
			_, err := server.Do(t, "SCRIPT", "KILL")
			return err == nil
		})
		<-running
		asker.good(t)
		if clients, _ := server.Must(t, "CLIENT", "LIST").(string); !strings.Contains(clients, " name="+clientName+" ") {
			t.Errorf("no client of our name:\n%s", clients)
		}
	})
}

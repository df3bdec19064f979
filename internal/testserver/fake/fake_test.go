package fake

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// newClient is a client that tries once, on one connection, with the old protocol.
func newClient(t testing.TB, s *Server) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{
		Addr: s.Addr, Protocol: 2, DisableIdentity: true, MaxRetries: -1, PoolSize: 1,
		PipelinePoolSize: -1, ContextTimeoutEnabled: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func echo(args []string) []byte { return Bulk(strings.Join(args, " ")) }

func TestCommandsArriveWithUpperCaseNames(t *testing.T) {
	client := newClient(t, New(t, Handshake(echo)))
	for _, tc := range []struct {
		args []any
		want string
	}{
		{[]any{"get", "Key"}, "GET Key"},
		{[]any{"config", "get", "MaxMemory"}, "CONFIG GET MaxMemory"},
		{[]any{"set", "key", "\r\n\x00"}, "SET key \r\n\x00"},
	} {
		if got, err := client.Do(t.Context(), tc.args...).Text(); err != nil || got != tc.want {
			t.Errorf("%q: got %q, %v, want %q", tc.args, got, err, tc.want)
		}
	}
}

func TestPipelineIsOneRoundTrip(t *testing.T) {
	s := New(t, Handshake(func([]string) []byte { return Int(7) }))
	client := newClient(t, s)
	client.Ping(t.Context())
	before := s.RoundTrips()
	_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for range 100 {
			p.LLen(t.Context(), "queue")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.RoundTrips() - before; got != 1 {
		t.Errorf("round trips: got %d, want 1", got)
	}
	if got := s.Count("LLEN"); got != 100 {
		t.Errorf("LLEN seen: got %d, want 100", got)
	}
	if got := s.Connections(); got != 1 {
		t.Errorf("connections: got %d, want 1", got)
	}
}

func TestInlineCommandIsUnderstood(t *testing.T) {
	conn := dial(t, New(t, echo))
	if got := exchange(t, conn, "ping  you\r\n"); got != "$8\r\nPING you\r\n" {
		t.Errorf("got %q", got)
	}
}

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault func(*Server)
		want  string
	}{
		{"none", func(*Server) {}, "$3\r\nGET\r\n"},
		{"cut", func(s *Server) { s.Cut("GET", 5) }, "$3\r\nG"},
		{"closed", func(s *Server) { s.Cut("GET", 0) }, ""},
		{"cut longer than the reply", func(s *Server) { s.Cut("GET", 50) }, "$3\r\nGET\r\n"},
		{"garbage", func(s *Server) { s.Reply("GET", []byte("\xff?")) }, "\xff?"},
		{"late", func(s *Server) { s.Delay("GET", time.Millisecond) }, "$3\r\nGET\r\n"},
		{"for another command", func(s *Server) { s.Cut("CONFIG GET", 0) }, "$3\r\nGET\r\n"},
		{"healed", func(s *Server) { s.Cut("GET", 0); s.Heal() }, "$3\r\nGET\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := New(t, echo)
			tc.fault(s)
			if got := exchange(t, dial(t, s), "GET\r\n"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestHangEndsWithTheServer(t *testing.T) {
	s := New(t, Handshake(echo))
	s.Hang("INFO")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	var timeout net.Error
	if err := newClient(t, s).Do(ctx, "INFO").Err(); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v, want a timeout", err)
	}
	s.Close()
	s.Close()
}

func TestDisconnectedClientMayComeBack(t *testing.T) {
	s := New(t, echo)
	first := dial(t, s)
	exchange(t, first, "PING\r\n")
	s.Disconnect()
	if _, err := first.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("read from the old connection: got %v, want EOF", err)
	}
	if got := exchange(t, dial(t, s), "PING\r\n"); got == "" {
		t.Error("no answer on a new connection")
	}
}

func TestReaderRefusesWhatIsNotACommand(t *testing.T) {
	for _, in := range []string{
		"*1\r\n:1\r\n", "*x\r\n", "*-1\r\n", "*1\r\n$-1\r\n", "*1\r\n$99999999999\r\n",
		"\r\n", "PING\n", "  \r\n", "*0\r\n", strings.Repeat("x", 2*bufferSize),
	} {
		r := reader{buf: bufio.NewReaderSize(strings.NewReader(in), bufferSize)}
		if args, err := r.command(); !errors.Is(err, errNotACommand) {
			t.Errorf("%.20q: got %q, %v", in, args, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"))
	f.Add([]byte("PING\r\n"))
	f.Add([]byte("*1\r\n$"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := reader{buf: bufio.NewReaderSize(strings.NewReader(string(in)), bufferSize)}
		for {
			args, err := r.command()
			if err != nil {
				return
			}
			if len(args) == 0 || args[0] != strings.ToUpper(args[0]) {
				t.Fatalf("got %q", args)
			}
		}
	})
}

// BenchmarkPipeline shows that the server is not what a benchmark measures.
func BenchmarkPipeline(b *testing.B) {
	reply := Int(7)
	s := New(b, func([]string) []byte { return reply })
	conn := dial(b, s)
	pipeline := slices.Repeat([]byte("*2\r\n$4\r\nLLEN\r\n$10\r\nqueue:high\r\n"), 10_000)
	replies := make([]byte, 10_000*len(reply))
	b.ReportAllocs()
	for b.Loop() {
		sent := make(chan error, 1)
		go func() {
			_, err := conn.Write(pipeline)
			sent <- err
		}()
		if _, err := io.ReadFull(conn, replies); err != nil {
			b.Fatal(err)
		}
		if err := <-sent; err != nil {
			b.Fatal(err)
		}
	}
}

func dial(t testing.TB, s *Server) net.Conn {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// exchange sends a command and returns one reply, or what there was of it.
func exchange(t *testing.T, conn net.Conn, command string) string {
	t.Helper()
	if _, err := conn.Write([]byte(command)); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 1024)
	n, err := conn.Read(reply)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return string(reply[:n])
}

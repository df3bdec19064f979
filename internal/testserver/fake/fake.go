// Package fake is a scripted server: it speaks the protocol and answers what
// the test tells it to, including nothing, garbage, or half a reply.
//
// Use it for what a real server cannot be made to do, and for replies of
// server versions that are not installed (see [Replay]).
package fake

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

const bufferSize = 64 << 10

// Handler answers one command with raw reply bytes, for example [Int] or
// [Error]. The command's name is in upper case, and so is the second word of
// a command that has subcommands: "CONFIG", "GET", "maxmemory". It is called
// from several connections at once and must not keep the slice. A nil reply
// closes the connection.
type Handler func(args []string) []byte

// Server is a scripted server that belongs to one test.
type Server struct {
	Addr string // host:port on loopback

	t        testing.TB
	handler  Handler
	listener net.Listener
	done     chan struct{} // closed by Close
	running  sync.WaitGroup

	mu         sync.Mutex
	conns      map[net.Conn]struct{}
	faults     map[string]fault
	counts     map[string]int
	accepted   int
	roundTrips int
}

// New starts a server. It is closed when the test ends.
func New(t testing.TB, handler Handler) *Server {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	s := &Server{
		Addr: l.Addr().String(), t: t, handler: handler, listener: l,
		done:   make(chan struct{}),
		conns:  map[net.Conn]struct{}{},
		faults: map[string]fault{},
		counts: map[string]int{},
	}
	s.running.Go(s.accept)
	t.Cleanup(s.Close)
	return s
}

// Close ends all connections and stops listening. Closing twice is allowed.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	_ = s.listener.Close()
	for conn := range s.conns {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Disconnect ends all connections; the server goes on accepting new ones.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}

// Connections is how many connections were ever accepted.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// RoundTrips is how often the server has answered all that it had been sent.
// A pipeline counts as one as long as the client does not wait in the middle
// of it; a pipeline larger than the socket's buffers may count as several.
func (s *Server) RoundTrips() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roundTrips
}

// Count is how often a command was received: "LLEN", "CONFIG GET".
func (s *Server) Count(command string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[command]
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if !s.admit(conn) {
			_ = conn.Close()
			return
		}
		s.running.Go(func() { s.serve(conn) })
	}
}

// admit keeps the connection, unless the server was closed meanwhile.
func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return false
	default:
	}
	s.conns[conn] = struct{}{}
	s.accepted++
	return true
}

func (s *Server) serve(conn net.Conn) {
	defer func() {
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
		_ = conn.Close()
	}()
	in := reader{buf: bufio.NewReaderSize(conn, bufferSize)}
	out := bufio.NewWriterSize(conn, bufferSize)
	for {
		args, err := in.command()
		if err != nil {
			s.complain(err)
			return
		}
		reply, f := s.answer(args)
		if !s.wait(f.delay) {
			return
		}
		_, err = out.Write(reply)
		if f.last || reply == nil || err != nil {
			_ = out.Flush()
			return
		}
		if in.buf.Buffered() == 0 && !s.flush(out) {
			return
		}
	}
}

// answer counts the command and prepares its reply.
func (s *Server) answer(args []string) ([]byte, fault) {
	name := commandName(args)
	s.mu.Lock()
	s.counts[name]++
	f := s.faults[name]
	s.mu.Unlock()
	if f.reply != nil {
		return f.apply(f.reply), f
	}
	return f.apply(s.handler(args)), f
}

func (s *Server) flush(out *bufio.Writer) bool {
	s.mu.Lock()
	s.roundTrips++
	s.mu.Unlock()
	return out.Flush() == nil
}

// wait sleeps, and reports whether the server is still open.
func (s *Server) wait(d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-s.done:
		return false
	case <-time.After(d):
		return true
	}
}

// complain fails the test when the client sent something unreadable.
func (s *Server) complain(err error) {
	if errors.Is(err, errNotACommand) {
		s.t.Errorf("fake server: %v", err)
	}
}

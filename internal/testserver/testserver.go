//go:build unix

// Package testserver starts real Valkey and Redis servers for tests.
//
// A server listens on a random loopback port and on a unix socket, keeps its
// data in the test's temporary directory, and is killed when the test ends.
// A missing program fails the test: a test that needs a server is never
// silently left out.
package testserver

import (
	"os/exec"
	"strconv"
	"testing"
)

// Server is a running server that belongs to one test.
type Server struct {
	Addr   string // host:port on loopback; the TLS port for ValkeyTLS
	Host   string
	Port   int
	Socket string // path of the unix socket, short enough for every platform
	Dir    string // working directory: data files and the log
	PID    int    // of the process started last

	// Certs is set by ValkeyTLS.
	Certs *Certs

	t       testing.TB
	program string
	args    []string // the caller's flags, which come last and so win
	cmd     *exec.Cmd
	exited  <-chan struct{} // closed when cmd has been waited for
}

// Valkey starts a Valkey server with the given flags, for example
// "--requirepass", "secret". A flag's values are separate arguments.
func Valkey(t testing.TB, args ...string) *Server {
	t.Helper()
	return launch(t, valkeyProgram(t), nil, args)
}

// Redis starts a Redis server with the given flags.
func Redis(t testing.TB, args ...string) *Server {
	t.Helper()
	return launch(t, redisProgram(t), nil, args)
}

// ValkeyTLS starts a Valkey server that speaks TLS only and wants a client
// certificate; "--tls-auth-clients", "no" makes it do without.
func ValkeyTLS(t testing.TB, args ...string) *Server {
	t.Helper()
	return launch(t, valkeyProgram(t), NewCerts(t), args)
}

// Replica starts a Valkey replica of primary and waits until it is in step.
func Replica(t testing.TB, primary *Server, args ...string) *Server {
	t.Helper()
	of := []string{"--replicaof", primary.Host, strconv.Itoa(primary.Port)}
	s := Valkey(t, append(of, args...)...)
	s.WaitForInfo("master_link_status:up")
	return s
}

// Start is what a test run by Each calls to get its server.
type Start func(args ...string) *Server

// Each runs the test once with Valkey and once with Redis.
func Each(t *testing.T, test func(t *testing.T, start Start)) {
	t.Helper()
	t.Run("valkey", func(t *testing.T) {
		test(t, func(args ...string) *Server { return Valkey(t, args...) })
	})
	t.Run("redis", func(t *testing.T) {
		test(t, func(args ...string) *Server { return Redis(t, args...) })
	})
}

func launch(t testing.TB, program string, certs *Certs, args []string) *Server {
	t.Helper()
	s := &Server{
		Host: loopback, Dir: t.TempDir(), Socket: socketPath(t), Certs: certs,
		t: t, program: program, args: args,
	}
	t.Cleanup(s.Stop)
	s.startOnFreePort()
	return s
}

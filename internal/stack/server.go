//go:build unix

package stack

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Server is a Valkey server of the stack.
type Server struct {
	*Process

	Dir string // where its data is
}

// server describes a server that has not started yet.
func (s *Stack) server(ctx context.Context, name string, given int, further ...string) (*Server, error) {
	addr, err := address(ctx, given)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(s.options.Dir, "data", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	_, number, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	p := s.process(name, s.options.Programs.Valkey, addr)
	p.args = slices.Concat([]string{s.options.ValkeyConfig, "--bind", loopback, "--port", number, "--dir", dir}, small, further)
	p.program, p.args = obedient(p.program, p.args)
	p.ready = pings(addr)
	return &Server{p, dir}, nil
}

// Client speaks to the server as an operator does. The caller closes it.
func (v *Server) Client() *redis.Client { return client(v.Addr) }

// obedient makes a program obey the permissions of files even when it is started
// by root, as a service with a user of its own does. Without that a folder that is
// read-only would be no fault.
func obedient(program string, args []string) (string, []string) {
	setpriv, err := exec.LookPath("setpriv")
	if os.Geteuid() != 0 || err != nil {
		return program, args
	}
	return setpriv, append([]string{"--bounding-set=-dac_override,-dac_read_search", "--", program}, args...)
}

// small makes a server of a demonstration of one for production: a quarter of the
// memory, so that a fault fills it in a moment, and no threads that wait for work by
// spinning, which dozens of servers on one machine would do all the time.
var small = []string{"--maxmemory", "64mb", "--io-threads", "1"}

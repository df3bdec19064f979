//go:build unix

package testserver

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"valkey-exporter/internal/child"
)

const (
	loopback     = "127.0.0.1"
	startTimeout = 20 * time.Second
	pollInterval = 2 * time.Millisecond
	portAttempts = 10

	// sunPathMax is the shortest limit on a socket's path among the platforms.
	sunPathMax = 103
)

// Start starts the server again after Stop, with the same port and directory.
func (s *Server) Start() {
	s.t.Helper()
	deadline := time.Now().Add(startTimeout)
	for {
		err := s.start()
		switch {
		case err == nil:
			return
		case s.portTaken() && time.Now().Before(deadline):
			time.Sleep(50 * time.Millisecond)
		default:
			s.t.Fatalf("%s: %v\n%s", s.program, err, s.Log())
		}
	}
}

// Stop kills the server and waits for its end. Stopping twice is allowed.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // an error means that it is gone already
	<-s.exited
	s.cmd = nil
}

// Pause freezes the server: connections are still accepted, nothing answers.
func (s *Server) Pause() {
	s.t.Helper()
	s.signal(syscall.SIGSTOP)
	waitStopped(s.PID)
}

// Resume lets a paused server go on.
func (s *Server) Resume() {
	s.t.Helper()
	s.signal(syscall.SIGCONT)
}

// Log is what the server has logged since it was first started.
func (s *Server) Log() string {
	log, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	return string(log)
}

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if s.cmd == nil {
		s.t.Fatalf("cannot send %v: the server is stopped", sig)
	}
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatalf("send %v to the server: %v", sig, err)
	}
}

// startOnFreePort starts the server for the first time. Between choosing a
// free port and listening on it somebody else may take it: then try another.
func (s *Server) startOnFreePort() {
	s.t.Helper()
	for attempt := 1; ; attempt++ {
		s.Port = freePort(s.t)
		s.Addr = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
		err := s.start()
		if err == nil {
			return
		}
		if !s.portTaken() || attempt == portAttempts {
			s.t.Fatalf("%s: %v\n%s", s.program, err, s.Log())
		}
	}
}

// start starts the process and waits until it answers PING.
func (s *Server) start() error {
	if s.cmd != nil {
		return fmt.Errorf("process %d is still running", s.PID)
	}
	// The process outlives the context of the test's body: Stop ends it.
	cmd := exec.CommandContext(context.WithoutCancel(s.t.Context()), s.program, s.flags()...)
	cmd.Dir = s.Dir
	exited, err := child.Start(cmd)
	if err != nil {
		return err
	}
	s.exited = exited
	s.cmd, s.PID = cmd, cmd.Process.Pid
	if err := s.waitReady(); err != nil {
		s.Stop()
		return err
	}
	return nil
}

func (s *Server) waitReady() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), startTimeout)
	defer cancel()
	for ctx.Err() == nil {
		if answers(ctx, s.Socket) {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("exited instead of answering PING (%v)", s.cmd.ProcessState)
		case <-time.After(pollInterval):
		}
	}
	return fmt.Errorf("no answer to PING for %v", startTimeout)
}

func (s *Server) flags() []string {
	return slices.Concat([]string{
		"--bind", s.Host,
		"--dir", s.Dir,
		"--logfile", s.logFile(),
		"--unixsocket", s.Socket,
		"--save", "",
		"--repl-diskless-sync-delay", "0",
		"--enable-debug-command", "local",
	}, s.portFlags(), s.args)
}

func (s *Server) portFlags() []string {
	port := strconv.Itoa(s.Port)
	if s.Certs == nil {
		return []string{"--port", port}
	}
	return []string{
		"--port", "0",
		"--tls-port", port,
		"--tls-ca-cert-file", s.Certs.CAFile,
		"--tls-cert-file", s.Certs.ServerCertFile,
		"--tls-key-file", s.Certs.ServerKeyFile,
	}
}

func (s *Server) logFile() string { return filepath.Join(s.Dir, "server.log") }

func (s *Server) portTaken() bool {
	log := strings.TrimSpace(s.Log())
	return strings.Contains(log[strings.LastIndexByte(log, '\n')+1:], "Failed listening on port")
}

func freePort(t testing.TB) int {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener has a TCP address
}

// socketPath chooses a path for a unix socket. The test's own temporary
// directory is named after the test, which can be too long.
func socketPath(t testing.TB) string {
	t.Helper()
	for _, parent := range []string{os.TempDir(), "/tmp"} { //nolint:usetesting // the path of t.TempDir may be too long
		dir, err := os.MkdirTemp(parent, "vk") //nolint:usetesting // likewise
		if err != nil {
			t.Fatalf("directory for the socket: %v", err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		if path := filepath.Join(dir, "s"); len(path) <= sunPathMax {
			return path
		}
	}
	t.Fatalf("no directory with a short enough name for a socket: set TMPDIR")
	return ""
}

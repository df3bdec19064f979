//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"valkey-exporter/internal/child"
)

const (
	loopback     = "127.0.0.1"
	startTimeout = 20 * time.Second
	pollInterval = 5 * time.Millisecond
)

// process is a program that the lab has started and will end.
type process struct {
	addr string // host:port where it listens
	pid  int
	log  string // file with what it says

	started time.Time
	exited  <-chan struct{}
}

// start starts a program that will listen on a free port of its own, and waits
// until it is ready.
func (l *lab) start(ctx context.Context, program string, args func(host string, port int) []string, ready func(addr string) bool) (*process, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	log, err := os.CreateTemp(l.dir, filepath.Base(program)+"-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, program, args(loopback, port)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.dir, log, log
	p := &process{addr: net.JoinHostPort(loopback, strconv.Itoa(port)), log: log.Name(), started: time.Now()}
	if p.exited, err = child.Start(cmd); err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	l.later(func() {
		_ = cmd.Process.Kill() // an error means that it has ended already
		<-p.exited
	})
	return p, p.wait(ctx, ready)
}

func (p *process) wait(ctx context.Context, ready func(addr string) bool) error {
	deadline := time.After(startTimeout)
	for !ready(p.addr) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.exited:
			said, _ := os.ReadFile(p.log)
			return fmt.Errorf("%s: ended at once:\n%s", filepath.Base(p.log), said)
		case <-deadline:
			return fmt.Errorf("%s: not ready after %v", filepath.Base(p.log), startTimeout)
		case <-time.After(pollInterval):
		}
	}
	return nil
}

func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("unexpected address %v", l.Addr())
	}
	return addr.Port, nil
}

//go:build unix

package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/internal/notification"
)

// Programs are the paths of what is started.
type Programs struct {
	Valkey, Exporter, Mockapp, Prometheus, Alertmanager string
}

// Options say what a stack is made of.
type Options struct {
	Programs     Programs
	Dir          string // for everything that is written; what a stack wrote there before is removed
	ValkeyConfig string // of the servers
	Config       config.Validated
	Services     []ServiceOptions

	Receiver                         string // address, which is also that of the configuration's webhooks
	PrometheusPort, AlertmanagerPort int    // 0: any that is free

	// Heard is called for each notification that arrives, one at a time, with the path of the webhook.
	Heard func(path string, n notification.Notification)
	// Started is called for each program that is ready.
	Started func(State)
}

// Stack is a running stack.
type Stack struct {
	Services     []*Service
	Prometheus   *Process
	Alertmanager *Process

	options Options
	web     *http.Server

	lock    sync.Mutex
	removed map[*Service]bool // services that Prometheus is not told of
}

// Start starts everything and waits until it is ready. Whatever it has started when
// something fails is stopped again.
func Start(ctx context.Context, o Options) (*Stack, error) {
	redis.SetLogger(quiet{})
	s := &Stack{options: o, removed: map[*Service]bool{}}
	if err := s.prepare(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	if err := s.startAll(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// prepare chooses addresses and writes the files.
func (s *Stack) prepare(ctx context.Context) error {
	// Programs run in a folder of their own.
	var err error
	for _, path := range []*string{&s.options.Dir, &s.options.ValkeyConfig} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	if err := s.clean(); err != nil {
		return err
	}
	if err := s.listen(ctx); err != nil {
		return err
	}
	for _, o := range s.options.Services {
		v, err := s.service(ctx, o)
		if err != nil {
			return err
		}
		s.Services = append(s.Services, v)
	}
	if err := s.monitoring(ctx); err != nil {
		return err
	}
	return s.writeFiles()
}

// clean removes what a stack has left in the folder.
func (s *Stack) clean() error {
	for _, left := range []string{"data", "logs"} {
		if err := os.RemoveAll(s.path(left)); err != nil {
			return err
		}
	}
	return os.MkdirAll(s.path("logs"), 0o755)
}

func (s *Stack) path(name string) string { return filepath.Join(s.options.Dir, name) }

func (s *Stack) process(name, program, addr string) *Process {
	return &Process{Name: name, Addr: addr, program: program, log: filepath.Join(s.options.Dir, "logs", name+".log")}
}

// listen starts the receiver.
func (s *Stack) listen(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.options.Receiver)
	if err != nil {
		return fmt.Errorf("the receiver: %w", err)
	}
	var lock sync.Mutex
	s.web = &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		Handler: notification.Handler(func(path string, n notification.Notification) {
			lock.Lock()
			defer lock.Unlock()
			s.options.Heard(path, n)
		}),
	}
	go func() { _ = s.web.Serve(listener) }() // it ends when it is closed
	return nil
}

// startAll starts the services at the same time, and then what watches them.
func (s *Stack) startAll(ctx context.Context) error {
	failed := make(chan error, len(s.Services))
	for _, v := range s.Services {
		go func() { failed <- s.start(ctx, v.processes()...) }()
	}
	var all error
	for range s.Services {
		all = errors.Join(all, <-failed)
	}
	if all != nil {
		return all
	}
	return s.start(ctx, s.Alertmanager, s.Prometheus)
}

func (s *Stack) start(ctx context.Context, all ...*Process) error {
	for _, p := range all {
		if err := p.Start(ctx); err != nil {
			return err
		}
		if s.options.Started != nil {
			s.options.Started(p.State())
		}
	}
	return nil
}

// Pace is how many times faster than in life everything is.
func (s *Stack) Pace() int { return s.options.Config.Pace() }

// Scaled is a time of life at the pace of the stack.
func (s *Stack) Scaled(d time.Duration) time.Duration { return d / time.Duration(s.Pace()) }

// Stop ends everything, what watches first.
func (s *Stack) Stop() {
	all := s.processes()
	var done sync.WaitGroup
	for _, p := range all {
		done.Go(p.Stop)
	}
	done.Wait()
	for _, v := range s.Services {
		if v.Link != nil {
			v.Link.Cut()
		}
	}
	if s.web != nil {
		_ = s.web.Close()
	}
	_ = os.RemoveAll(s.path("data")) // what cannot be removed is removed by the next start, or complained about
}

func (s *Stack) processes() []*Process {
	var all []*Process
	for _, v := range s.Services {
		all = append(all, v.processes()...)
	}
	if s.Prometheus != nil {
		all = append(all, s.Alertmanager, s.Prometheus)
	}
	return all
}

// Status is how every program is.
func (s *Stack) Status() []State {
	var all []State
	for _, p := range s.processes() {
		all = append(all, p.State())
	}
	return append(all, State{Name: "receiver", Addr: s.options.Receiver, State: "running", PID: os.Getpid()})
}

// Dead is the first program that has ended although nobody stopped it, or nil.
func (s *Stack) Dead() error {
	for _, p := range s.processes() {
		if p.crashed() {
			return fmt.Errorf("%s has ended unexpectedly; the last lines of %s:\n%s", p.Name, p.log, tail(p.log))
		}
	}
	return nil
}

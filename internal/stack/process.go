//go:build unix

package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"valkey-exporter/internal/child"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
	pollInterval = 10 * time.Millisecond
)

// Process is a program of the stack. It can be killed, frozen and started again,
// by several goroutines.
type Process struct {
	Name string // as in the status; its log is Name.log
	Addr string // where it listens, if it does

	program string
	args    []string
	env     []string // beyond that of this process
	log     string
	ready   func(context.Context) error // nil: ready once it runs

	lock   sync.Mutex
	cmd    *exec.Cmd
	exited <-chan struct{}
	took   time.Duration
	frozen bool
}

// State is what the status says of a process.
type State struct {
	Name, Addr, State, Log string

	PID  int
	Took time.Duration // from the start until it was ready
}

// Start starts the program, with further arguments, and waits until it is ready.
func (p *Process) Start(ctx context.Context, further ...string) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.running() {
		return fmt.Errorf("%s runs already, as process %d", p.Name, p.cmd.Process.Pid)
	}
	begun := time.Now()
	if err := p.launch(ctx, further); err != nil {
		return err
	}
	if err := p.wait(ctx); err != nil {
		p.end()
		return err
	}
	p.took = time.Since(begun)
	return nil
}

func (p *Process) launch(ctx context.Context, further []string) error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	// The process outlives what asked for it; Stop ends it.
	args := append(append([]string{}, p.args...), further...)
	cmd := exec.CommandContext(context.WithoutCancel(ctx), p.program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Dir(p.log), log, log
	cmd.Env = append(os.Environ(), p.env...)
	exited, err := child.Start(cmd)
	if err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.cmd, p.exited, p.frozen = cmd, exited, false
	return nil
}

// wait returns when the process is ready.
func (p *Process) wait(ctx context.Context) error {
	if p.ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := p.ready(ctx)
		if err == nil && p.running() {
			return nil // and it is not somebody else who answers there
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s has ended at once; the last lines of %s:\n%s", p.Name, p.log, tail(p.log))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready (%w); the last lines of %s:\n%s", p.Name, err, p.log, tail(p.log))
		case <-time.After(pollInterval):
		}
	}
}

// Stop asks the process to end, and kills it when that takes too long. Stopping
// what does not run is allowed.
func (p *Process) Stop() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.end()
}

func (p *Process) end() {
	if p.cmd == nil {
		return
	}
	if p.frozen {
		_ = p.cmd.Process.Signal(syscall.SIGCONT) // nobody frozen hears
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		p.kill()
	}
	p.cmd = nil
}

// Kill ends the process at once, as a crash does.
func (p *Process) Kill() {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.cmd != nil {
		p.kill()
		p.cmd = nil
	}
}

func (p *Process) kill() {
	_ = p.cmd.Process.Kill() // an error means that it has ended
	<-p.exited
}

// Freeze stops the process where it is: nothing answers, nothing is closed.
func (p *Process) Freeze() error { return p.signal(syscall.SIGSTOP, true) }

// Thaw lets a frozen process go on.
func (p *Process) Thaw() error { return p.signal(syscall.SIGCONT, false) }

// Reload tells the process to read its configuration again.
func (p *Process) Reload() error { return p.signal(syscall.SIGHUP, false) }

func (p *Process) signal(s syscall.Signal, frozen bool) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	if !p.running() {
		return fmt.Errorf("%s does not run", p.Name)
	}
	p.frozen = frozen
	return p.cmd.Process.Signal(s)
}

// Running says whether the process is there, frozen or not.
func (p *Process) Running() bool {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.running()
}

func (p *Process) running() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// State is how the process is.
func (p *Process) State() State {
	p.lock.Lock()
	defer p.lock.Unlock()
	s := State{Name: p.Name, Addr: p.Addr, State: "stopped", Log: p.log, Took: p.took}
	if p.running() {
		s.State, s.PID = "running", p.cmd.Process.Pid
	}
	if p.frozen {
		s.State = "frozen"
	}
	return s
}

// lines are shown of a log.
const lines = 10

// tail is the end of a log.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// crashed says whether the process has ended and nobody here did it.
func (p *Process) crashed() bool {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.cmd != nil && !p.running()
}

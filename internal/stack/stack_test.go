//go:build unix

package stack

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is a process of the stack that runs a shell command.
func program(t *testing.T, command string) *Process {
	t.Helper()
	p := &Process{Name: "p", program: "/bin/sh", args: []string{"-c", command}, log: filepath.Join(t.TempDir(), "p.log")}
	t.Cleanup(p.Stop)
	return p
}

func TestAProcessIsFrozenAndThawedAndStopped(t *testing.T) {
	p := program(t, "exec sleep 60")
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "runs already") {
		t.Errorf("a second start: %v", err)
	}
	if err := p.Freeze(); err != nil {
		t.Fatal(err)
	}
	if got := p.State().State; got != "frozen" {
		t.Errorf("frozen, it is %s", got)
	}
	begun := time.Now()
	p.Stop() // of what is frozen, which must not have to be killed
	if took := time.Since(begun); took >= stopTimeout {
		t.Errorf("it took %v to stop what was frozen", took)
	}
	if p.Running() || p.crashed() {
		t.Error("stopped, it runs or is said to have crashed")
	}
	if err := p.Thaw(); err == nil {
		t.Error("what does not run was thawed")
	}
}

func TestACrashIsNoticedAndNotAKill(t *testing.T) {
	p := program(t, "read line; exit 3") // its input is empty
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	s := &Stack{Prometheus: p, Alertmanager: program(t, "")}
	if err := s.Dead(); err == nil || !strings.Contains(err.Error(), "ended unexpectedly") {
		t.Errorf("a crash: %v", err)
	}
	p.Kill()
	if err := s.Dead(); err != nil {
		t.Errorf("after a kill: %v", err)
	}
}

func TestAProgramThatEndsAtOnceIsToldWithItsLog(t *testing.T) {
	p := program(t, "echo cannot open the file >&2; exit 1")
	p.ready = func(context.Context) error { return os.ErrNotExist }
	if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot open the file") {
		t.Errorf("got %v, want the last lines of the log", err)
	}
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	number := listener.Addr().(*net.TCPAddr).Port
	if _, err := address(t.Context(), number); err == nil || !strings.Contains(err.Error(), "is taken") {
		t.Errorf("got %v, want that the port is taken", err)
	}
}

func TestARelayIsCutAndJoined(t *testing.T) {
	far := echo(t)
	r, err := newRelay(t.Context(), far)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Cut()
	c := dial(t, r.near)
	if got := say(c, "a\n"); got != "a\n" {
		t.Fatalf("through the relay came %q", got)
	}
	r.Cut()
	if got := say(c, "b\n"); got != "" {
		t.Errorf("through the cut came %q", got)
	}
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.near); err == nil {
		c.Close()
		t.Error("the cut link takes connections")
	}
	if err := r.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := say(dial(t, r.near), "c\n"); got != "c\n" {
		t.Errorf("after joining came %q", got)
	}
}

// A slow one hands over no more than its share of a second at a time, and all of it
// in the end.
func TestARelayIsSlowedDown(t *testing.T) {
	r, err := newRelay(t.Context(), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Cut()
	r.Slow(20)
	c := slowed{dial(t, r.far), r}
	if _, err := c.Write([]byte("line\n")); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 100)); n != 2 || err != nil {
		t.Errorf("%d bytes in a tenth of a second (%v), want 2 of 20", n, err)
	}
	if got := say(dial(t, r.near), "slow\n"); got != "slow\n" {
		t.Errorf("through the slow relay came %q", got)
	}
	r.Slow(0)
	if n, err := c.Read(make([]byte, 100)); n != 3 || err != nil {
		t.Errorf("%d bytes (%v), want the 3 that are left", n, err)
	}
}

// echo is a server that sends back each line.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				lines := bufio.NewScanner(c)
				for lines.Scan() {
					_, _ = c.Write([]byte(lines.Text() + "\n"))
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// say sends a line and returns the answer, which is empty when there is none.
func say(c net.Conn, line string) string {
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = c.Write([]byte(line))
	answer, _ := bufio.NewReader(c).ReadString('\n')
	return answer
}

func TestFreeAddressesAreNotGivenTwice(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		addr, err := FreeAddress(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if seen[addr] {
			t.Fatalf("%s was given twice", addr)
		}
		seen[addr] = true
	}
}

// A program whose port somebody else has got is not ready because the other one
// answers there.
func TestAProgramThatHasEndedIsNotReady(t *testing.T) {
	p := program(t, "exit 1")
	p.ready = func(context.Context) error { <-p.exited; return nil }
	if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "has ended at once") {
		t.Errorf("got %v, want that it has ended", err)
	}
}

// Somebody who breaks two things finds both broken, and mends one at a time.
func TestTroublesOfTheApplicationAddUp(t *testing.T) {
	v := &Service{troubles: filepath.Join(t.TempDir(), "troubles.txt")}
	for _, step := range []struct {
		do   func(...string) error
		name string
		want string
	}{
		{v.Trouble, "stalled-workers", "stalled-workers"},
		{v.Trouble, "cold-cache", "stalled-workers cold-cache"},
		{v.Trouble, "cold-cache", "stalled-workers cold-cache"},
		{v.Relieve, "stalled-workers", "cold-cache"},
		{v.Relieve, "cold-cache", ""},
	} {
		if err := step.do(step.name); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(v.troubles)
		if got := strings.Join(strings.Fields(string(text)), " "); err != nil || got != step.want {
			t.Errorf("after %s: %q, %v; want %q", step.name, got, err, step.want)
		}
	}
}

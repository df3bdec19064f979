package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"valkey-exporter/internal/testserver"
)

// terminal is a pseudo-terminal of the kernel: what a program writes to the one end can
// be read at the other.
func terminal(t *testing.T, columns uint16) (program, person *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return program, person
}

// onTerminal runs a check whose output and errors go to a terminal, and returns what
// is written there.
func onTerminal(t *testing.T, columns uint16, env environment, args ...string) string {
	t.Helper()
	program, person := terminal(t, columns)
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{checkCommand}, args...)...)
	cmd.Stdout, cmd.Stderr = program, program
	cmd.Env = append(withoutOurs(os.Environ()), runAsExporter+"=1", "GORACE=atexit_sleep_ms=0", "TERM=xterm", "NO_COLOR=")
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	var written strings.Builder
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(&written, person) }) // it ends with an error, when nobody has the other end any more
	_ = cmd.Wait()
	reading.Wait()
	return strings.ReplaceAll(written.String(), "\r\n", "\n")
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*[mK]")

// On a terminal there are colours, a line that says how far the walk is, and lines that
// fit.
func TestCheckOnATerminal(t *testing.T) {
	server := testserver.Valkey(t)
	fillSessions(t, server, 100_000)
	server.Must(t, "RPUSH", "queue:high", "1")
	args := []string{"--valkey.addr=" + server.Addr, "--watch=300ms", "--config.file=" + configFile(t, quick)}
	for _, columns := range []uint16{80, 120} {
		text := onTerminal(t, columns, nil, args...)
		progress, report, found := strings.Cut(text, clearLine+"\x1b[")
		if !found || !strings.Contains(progress, "keys counted: ") || !strings.Contains(progress, " of 100,001 (") {
			t.Errorf("at %d columns there is no progress before the report:\n%q", columns, text)
		}
		if !strings.Contains(report, "\x1b[32mok\x1b[0m") || !strings.Contains(text, "\x1b[1mQueues\x1b[0m") {
			t.Errorf("at %d columns there are no colours:\n%q", columns, report)
		}
		for line := range strings.Lines(escapes.ReplaceAllString(report, "")) {
			if len([]rune(strings.TrimSpace(line))) > int(columns) && !strings.Contains(line, "docs/runbooks") {
				t.Errorf("at %d columns, a longer line: %s", columns, line)
			}
		}
	}
	if text := onTerminal(t, 80, environment{"NO_COLOR": "1"}, args...); regexp.MustCompile("\x1b\\[[0-9;]*m").MatchString(text) {
		t.Errorf("there are colours, although nobody wants them:\n%q", text)
	}
	if text := onTerminal(t, 80, environment{"TERM": "dumb"}, args...); strings.Contains(text, "\x1b") || strings.Contains(text, "\r") || !strings.Contains(text, "Queues") {
		t.Errorf("the terminal knows no escape sequences:\n%q", text)
	}
}

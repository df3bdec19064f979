//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/notification"
	"valkey-exporter/internal/stack"
)

// The stack is started as by a person: programs from the environment, files
// from the root of the repository.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// buildPrograms builds our own programs and names them in the environment.
func buildPrograms(t *testing.T) {
	t.Helper()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin, "./cmd/exporter", "./cmd/mockapp")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	t.Setenv("EXPORTER", filepath.Join(bin, "exporter"))
	t.Setenv("MOCKAPP", filepath.Join(bin, "mockapp"))
	for _, variable := range []string{"VALKEY_SERVER", "PROMETHEUS", "ALERTMANAGER"} {
		if os.Getenv(variable) == "" {
			t.Fatalf("%s is not set: run make test", variable)
		}
	}
}

// A whole evening with the stack: it starts, is asked, broken, mended, and ends
// without a trace.
func TestAStackIsBrokenAndMendedAndEnds(t *testing.T) {
	buildPrograms(t)
	dir := filepath.Join(t.TempDir(), "a folder")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	args := []string{"--dir=" + dir, "up", "--fast"}
	for _, which := range []string{"valkey", "exporter", "prometheus", "alertmanager", "receiver"} {
		args = append(args, "--"+which+".port="+portOf(freeAddress(t)))
	}
	done := make(chan error, 1)
	go func() { done <- run(ctx, args) }()

	c := control{dir: dir}
	status := await(t, c, done)
	for _, want := range []string{"primary-valkey", "primary-replica", "prometheus", "alertmanager", "receiver"} {
		if !strings.Contains(status, want) {
			t.Errorf("%s is missing from the status:\n%s", want, status)
		}
	}
	if strings.Contains(status, "stopped") || strings.Contains(status, "Broken:") {
		t.Errorf("not everything runs:\n%s", status)
	}
	ask(t, c, "POST", "/heal", "Nothing is broken.")
	ask(t, c, "POST", "/break/server-killed", "ValkeyDown, critical, within 9s")
	ask(t, c, "GET", "/status", "Broken: server-killed")
	refuse(t, c, "POST", "/break/server-killed", "is broken already")
	refuse(t, c, "POST", "/break/nonsense", "there is no fault nonsense")
	ask(t, c, "POST", "/heal", "Mended: server-killed")
	if status := ask(t, c, "GET", "/status", "primary-valkey"); strings.Contains(status, "stopped") {
		t.Errorf("not everything runs after healing:\n%s", status)
	}
	if err := run(t.Context(), args); err == nil || !strings.Contains(err.Error(), "runs in "+dir+" already") {
		t.Errorf("a second stack in the same folder: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	refuse(t, c, "GET", "/status", "no stack runs")
	if _, err := os.Stat(filepath.Join(dir, "data")); !os.IsNotExist(err) {
		t.Errorf("data is left: %v", err)
	}
}

// await waits until the stack answers and returns its status.
func await(t *testing.T, c control, done <-chan error) string {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-done:
			t.Fatalf("the stack has ended: %v", err)
		default:
		}
		if status, err := c.ask(t.Context(), "GET", "/status"); err == nil {
			return status
		}
	}
	t.Fatal("the stack does not start")
	return ""
}

func ask(t *testing.T, c control, method, path, want string) string {
	t.Helper()
	text, err := c.ask(t.Context(), method, path)
	if err != nil || !strings.Contains(text, want) {
		t.Errorf("%s %s: %q, %v; want %q", method, path, text, err, want)
	}
	return text
}

func refuse(t *testing.T, c control, method, path, want string) {
	t.Helper()
	if _, err := c.ask(t.Context(), method, path); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s %s: %v, want an error with %q", method, path, err, want)
	}
}

func TestAPortThatIsTakenEndsTheStart(t *testing.T) {
	buildPrograms(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := portOf(listener.Addr().String())
	err = run(t.Context(), []string{"--dir=" + t.TempDir(), "up", "--receiver.port=" + portOf(freeAddress(t)), "--valkey.port=" + taken})
	if err == nil || !strings.Contains(err.Error(), "port "+taken+" is taken") {
		t.Errorf("got %v, want that port %s is taken", err, taken)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	addr, err := stack.FreeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"up --fast --pace=1", "faster begins at 2"},
		{"nonsense", "--help"},
		{"status --dir=no/such/folder", "make stack"},
	} {
		if err := run(t.Context(), strings.Fields(c.args)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("stack %s: %v, want an error with %q", c.args, err, c.want)
		}
	}
}

func TestTheHeartbeatIsPrintedOnce(t *testing.T) {
	var out bytes.Buffer
	p := &printer{out: io.Writer(&out)}
	beat := notification.Notification{Alerts: []notification.Alert{{Status: notification.Firing, Labels: map[string]string{"alertname": "Watchdog"}}}}
	p.take(heartbeatPath, beat)
	p.take(heartbeatPath, beat)
	p.take("/", notification.Notification{Alerts: []notification.Alert{{Status: notification.Firing, Labels: map[string]string{"alertname": "QueueBackup"}}}})
	if got := out.String(); strings.Count(got, "heartbeat") != 1 || !strings.Contains(got, "QueueBackup") {
		t.Errorf("printed:\n%s", got)
	}
}

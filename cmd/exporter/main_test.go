package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// runAsExporter in the environment makes the test binary be the exporter, with
// the same main and the same race detector.
const runAsExporter = "VALKEY_EXPORTER_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runAsExporter) != "" {
		main()
		os.Exit(0)
	}
	redis.SetLogger(poolLog{slog.New(slog.DiscardHandler)})
	os.Exit(m.Run())
}

// program is the exporter as a process of its own.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    bytes.Buffer // to be read after the end
	stderr *logbook
	ended  chan struct{}
}

// environment is what the exporter finds in its environment.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// run starts the exporter as a process. It is killed when the test ends.
func run(t *testing.T, env environment, args ...string) *program {
	t.Helper()
	p := &program{t: t, stderr: &logbook{}, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(t.Context(), os.Args[0], args...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, p.stderr
	p.cmd.Env = append(withoutOurs(os.Environ()), runAsExporter+"=1",
		"GORACE=atexit_sleep_ms=0") // the detector would wait a second for goroutines
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the exit code is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// withoutOurs drops the variables that the exporter reads: the person who runs
// the tests may have them set.
func withoutOurs(env []string) []string {
	return slices.DeleteFunc(env, func(pair string) bool {
		return strings.HasPrefix(pair, "VALKEY_") || strings.HasPrefix(pair, "REDIS_")
	})
}

// wait waits for the end of the process and returns its exit code.
func (p *program) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("the exporter does not end; it said:\n%s", p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

var listening = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// url waits until the exporter listens, on a port of 127.0.0.1 that it chose
// itself, and returns its base address.
func (p *program) url() string {
	p.t.Helper()
	var found []string
	eventually(p.t, "the exporter listens", func() bool {
		select {
		case <-p.ended:
			p.t.Fatalf("the exporter has ended:\n%s", p.stderr)
		default:
		}
		found = listening.FindStringSubmatch(p.stderr.String())
		return found != nil
	})
	return "http://" + found[1]
}

// freePort lets the exporter choose a port.
const freePort = "--web.listen-address=127.0.0.1:0"

// logbook collects what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// lines are those that contain all parts.
func (b *logbook) lines(parts ...string) []string {
	var found []string
	for line := range strings.Lines(b.String()) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			found = append(found, line)
		}
	}
	return found
}

// wantLines fails the test unless n lines contain all parts.
func (b *logbook) wantLines(t *testing.T, n int, parts ...string) {
	t.Helper()
	if got := b.lines(parts...); len(got) != n {
		t.Errorf("%d lines of the log hold %q, want %d:\n%s", len(got), parts, n, b)
	}
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not so for %v: %s", patience, what)
		}
	}
}

// reply is a whole HTTP answer.
type reply struct {
	status int
	header http.Header
	body   string
}

// request sends a request; headers are "Name: value".
func request(t *testing.T, method, url string, headers ...string) reply {
	t.Helper()
	r, err := ask(t, method, url, headers...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return r
}

func ask(t *testing.T, method, url string, headers ...string) (reply, error) {
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		return reply{}, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	return answer(impatient, req)
}

// do sends a request that was made by hand.
func do(t *testing.T, req *http.Request) reply {
	t.Helper()
	r, err := answer(impatient, req)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func answer(client *http.Client, req *http.Request) (reply, error) {
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}, err
}

// impatient keeps no connection, so that none is left when goroutines are
// counted, and shows answers as they were sent.
var impatient = &http.Client{
	Timeout:   patience,
	Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true},
}

// saying is a loopback address on which something says the same to everybody,
// and hangs up.
func saying(t *testing.T, greeting string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			_, _ = io.WriteString(conn, greeting)
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

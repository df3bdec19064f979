//go:build unix

package healthyday

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/child"
	"valkey-exporter/internal/testserver"
)

// lab is all servers, applications and exporters of all scenarios. What it
// starts ends with the test.
type lab struct {
	t        *testing.T
	exporter string // program
	stages   []*stage
}

// stage is a scenario at work.
type stage struct {
	Scenario
	running []*testserver.Server
	targets []target
	log     logbook // of the mock applications
}

// target is what Prometheus scrapes.
type target struct{ instance, url string }

func newLab(t *testing.T) *lab {
	t.Helper()
	redis.SetLogger(quiet{})
	l := &lab{t: t, exporter: filepath.Join(t.TempDir(), "exporter")}
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", l.exporter, "valkey-exporter/cmd/exporter")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the exporter: %v\n%s", err, said)
	}
	for _, s := range Scenarios() {
		l.stages = append(l.stages, l.stage(s))
	}
	return l
}

func (l *lab) stage(s Scenario) *stage {
	l.t.Helper()
	st := &stage{Scenario: s}
	file := filepath.Join(l.t.TempDir(), s.Name+".yml")
	if err := os.WriteFile(file, []byte(s.config), 0o600); err != nil {
		l.t.Fatal(err)
	}
	for i, which := range s.servers {
		srv := st.server(l.t, which)
		st.running = append(st.running, srv)
		if !which.idle && !which.replica {
			l.play(srv, which, &st.log)
		}
		if which.batches {
			l.batches(srv)
		}
		if which.stream {
			l.stream(srv)
		}
		st.targets = append(st.targets, target{fmt.Sprintf("valkey-%d:9121", i+1), l.export(srv, file, which)})
	}
	return st
}

func (st *stage) server(t *testing.T, which server) *testserver.Server {
	t.Helper()
	conf, err := filepath.Abs("../../deploy/valkey/valkey.conf")
	if err != nil {
		t.Fatal(err)
	}
	flags := append([]string{"--include", conf}, which.flags...)
	if which.replica {
		return testserver.Replica(t, st.running[0], flags...)
	}
	return testserver.Valkey(t, flags...)
}

// export starts an exporter as an operator would and returns the address of its
// metrics.
func (l *lab) export(s *testserver.Server, config string, which server) string {
	l.t.Helper()
	addr := freeAddress(l.t)
	args := []string{"--valkey.addr=" + s.Addr, "--web.listen-address=" + addr, "--config.file=" + config}
	if which.state {
		args = append(args, "--state.file="+filepath.Join(l.t.TempDir(), "state.json"))
	}
	cmd := exec.CommandContext(context.WithoutCancel(l.t.Context()), l.exporter, args...)
	var log strings.Builder
	cmd.Stderr = &log
	exited, err := child.Start(cmd)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // an error means that it is gone already
		<-exited
		if l.t.Failed() {
			l.t.Logf("exporter of %s:\n%s", s.Addr, log.String())
		}
	})
	ready(l.t, "http://"+addr+"/-/ready", exited)
	return "http://" + addr + "/metrics"
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// ready waits until the exporter answers.
func ready(t *testing.T, url string, exited <-chan struct{}) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-exited:
			t.Fatal("the exporter has ended at once")
		default:
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s does not answer", url)
}

// shutDown ends the first server in order: its data is kept.
func (st *stage) shutDown(t *testing.T) {
	t.Helper()
	_, _ = st.running[0].Do(t, "SHUTDOWN") // the answer is a connection that is closed at the end
	st.running[0].Stop()
}

func (st *stage) start(*testing.T) { st.running[0].Start() }

//go:build linux

package compose

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/graph"
	"github.com/compose-spec/compose-go/v2/types"
)

// notHere is a service whose program cannot be had but as an image; its files are
// looked at in TestGrafana.
const notHere = "grafana"

// Each service's own command is run with its own files, in the order and under the
// conditions of depends_on, until its own health check succeeds. Then the first
// notification must have come through all of them.
func TestTheStackRuns(t *testing.T) {
	project := load(t, "demo")
	e := newEngine(t, project)
	asInAFreshClone(t, e)
	err := graph.InDependencyOrder(t.Context(), project, func(ctx context.Context, name string, s types.ServiceConfig) error {
		var err error
		switch {
		case name == notHere:
		case slices.Contains(once, name):
			err = e.once(ctx, s)
		default:
			err = e.up(ctx, t, s)
		}
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, tail(e.log(s)))
		}
		return nil
	}, graph.WithMaxConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	theServerIsAsSpecified(t, e)
	prometheusHasEverything(t, e)
	theHeartbeatArrives(t, e)
}

func (e *engine) up(ctx context.Context, t *testing.T, s types.ServiceConfig) error {
	if err := e.start(t, s); err != nil {
		return err
	}
	return e.healthy(ctx, s)
}

// once prepares what needs the superuser; for others the folder is their own.
func (e *engine) once(ctx context.Context, s types.ServiceConfig) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return e.complete(ctx, s)
}

// asInAFreshClone gives ./logs to the person who cloned the repository.
func asInAFreshClone(t *testing.T, e *engine) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	if err := os.Chown(filepath.Join(e.root, "volumes/logs"), 1000, 1000); err != nil {
		t.Fatal(err)
	}
}

// tail is the end of a log.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// The server keeps an append only file in /data, and its log in ./logs, where people
// can read it.
func theServerIsAsSpecified(t *testing.T, e *engine) {
	t.Helper()
	s := service(t, "mock-valkey")
	cli := e.words(s, []string{"valkey-cli", "-u", "redis://127.0.0.1:6379", "CONFIG", "GET", "appendonly"})
	if out, err := e.process(t.Context(), s, cli).CombinedOutput(); err != nil || string(out) != "appendonly\nyes\n" {
		t.Errorf("%v: %s", err, out)
	}
	if found, err := filepath.Glob(e.inside(s, "/data/appendonlydir/*.aof")); err != nil || len(found) == 0 {
		t.Errorf("no append only file in /data: %v", err)
	}
	info, err := os.Stat(e.inside(s, "/logs/valkey.log"))
	if err != nil || info.Size() == 0 || info.Mode().Perm()&0o004 == 0 {
		t.Errorf("the log of the server: %v, %v", info, err)
	}
}

// Prometheus scrapes the exporter, has all rules, and knows Alertmanager.
func prometheusHasEverything(t *testing.T, e *engine) {
	t.Helper()
	var targets struct {
		ActiveTargets []struct{ ScrapePool, Health, LastError string }
	}
	eventually(t, "the exporter was scraped", func() error {
		if err := e.ask("/api/v1/targets", &targets); err != nil {
			return err
		}
		if found := targets.ActiveTargets; len(found) != 1 || found[0].ScrapePool != "valkey" || found[0].Health != "up" {
			return fmt.Errorf("targets %+v", found)
		}
		return nil
	})
	var managers struct{ ActiveAlertmanagers []struct{ URL string } }
	eventually(t, "Alertmanager is known", func() error {
		if err := e.ask("/api/v1/alertmanagers", &managers); err != nil {
			return err
		}
		if found := managers.ActiveAlertmanagers; len(found) != 1 || found[0].URL != "http://"+e.ports[9093]+"/api/v2/alerts" {
			return fmt.Errorf("found %+v", found)
		}
		return nil
	})
	if got, want := loadedRules(t, e), committedRules(t); got != want {
		t.Errorf("Prometheus has %d rules, the file has %d", got, want)
	}
}

// loadedRules counts those of Prometheus, none of which may have failed.
func loadedRules(t *testing.T, e *engine) int {
	t.Helper()
	var loaded struct {
		Groups []struct {
			Rules []struct{ Name, LastError string }
		}
	}
	if err := e.ask("/api/v1/rules", &loaded); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range loaded.Groups {
		for _, r := range g.Rules {
			if r.LastError != "" {
				t.Errorf("%s: %s", r.Name, r.LastError)
			}
			n++
		}
	}
	return n
}

func committedRules(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(repository + "/rules/generated/valkey.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), " alert: ") + strings.Count(string(text), " record: ")
}

// The alert that always fires goes from Prometheus by Alertmanager to the receiver.
func theHeartbeatArrives(t *testing.T, e *engine) {
	t.Helper()
	receiver := service(t, "receiver")
	eventually(t, "the receiver printed the heartbeat", func() error {
		if printed := tail(e.log(receiver)); !strings.Contains(printed, "Watchdog") {
			return fmt.Errorf("it printed %q", printed)
		}
		return nil
	})
}

// ask reads the data of an answer of Prometheus.
func (e *engine) ask(path string, data any) error {
	client := &http.Client{Timeout: 3 * time.Second}
	resp, err := client.Get("http://" + e.ports[9090] + path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(&struct{ Data any }{data})
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() error) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		err := so()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so for %v: %s: %v", patience, what, err)
		}
	}
}

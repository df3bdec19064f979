//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/internal/notification"
	"valkey-exporter/internal/stack"
)

// upFlags are what can be chosen of a stack.
type upFlags struct {
	fast bool
	pace int

	valkey, exporter, prometheus, alertmanager, receiver int
}

// configFile is what the stack watches and whom it tells.
const configFile = "deploy/stack/stack.yml"

// start runs a stack until ctx is done or a program ends by itself.
func start(ctx context.Context, dir string, f upFlags) error {
	o, err := f.options(dir)
	if err != nil {
		return err
	}
	if _, err := (control{dir: dir}).ask(ctx, http.MethodGet, "/status"); err == nil {
		return fmt.Errorf("a stack runs in %s already: `make stack-status` shows it, Ctrl-C in its terminal ends it", dir)
	}
	begun := time.Now()
	say("starting; logs and data are in %s", dir)
	s, err := stack.Start(ctx, o)
	if err != nil {
		return err
	}
	sup := &supervisor{stack: s}
	defer sup.end()
	listener, err := control{dir: dir}.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	go sup.serve(listener)
	fmt.Print(welcome(s, time.Since(begun)))
	return sup.watch(ctx)
}

func (f upFlags) options(dir string) (stack.Options, error) {
	if f.fast && f.pace < 2 {
		return stack.Options{}, fmt.Errorf("--pace=%d: faster begins at 2", f.pace)
	}
	o := stack.Options{
		Dir: dir, ValkeyConfig: "deploy/valkey/valkey.conf",
		Services:       []stack.ServiceOptions{{Name: "primary", Job: "valkey", Replica: true, ValkeyPort: f.valkey, ExporterPort: f.exporter}},
		PrometheusPort: f.prometheus, AlertmanagerPort: f.alertmanager,
		Receiver: net.JoinHostPort("127.0.0.1", strconv.Itoa(f.receiver)),
		Heard:    (&printer{out: os.Stdout}).take,
		Started: func(p stack.State) {
			say("%-26s %-16s ready after %s", p.Name, p.Addr, p.Took.Round(time.Millisecond))
		},
	}
	var err error
	if o.Programs, err = stack.ProgramsFromEnvironment(); err != nil {
		return o, err
	}
	if o.Config, err = configured(o.Receiver); err != nil {
		return o, err
	}
	if f.fast {
		o.Config = o.Config.Faster(f.pace)
	}
	return o, nil
}

// usualReceiver is where the file of the configuration sends notifications.
const usualReceiver = "127.0.0.1:9095"

// configured is the configuration of the stack, with the receiver where it is.
func configured(receiver string) (config.Validated, error) {
	text, err := os.ReadFile(configFile)
	if err != nil {
		return config.Validated{}, err
	}
	return config.Parse(configFile, bytes.ReplaceAll(text, []byte(usualReceiver), []byte(receiver)))
}

// welcome is what somebody sees when everything runs.
func welcome(s *stack.Stack, took time.Duration) string {
	v := s.Services[0]
	pace := "Alerts wait as long as in life: a page takes minutes. `make stack FLAGS=--fast` is quicker."
	if s.Pace() > 1 {
		pace = fmt.Sprintf("Everything that waits is %d times faster than in life.", s.Pace())
	}
	return fmt.Sprintf(`
Running, after %s. %s

  server         %s (valkey-cli -p %s)
  status page    http://%s/, metrics below /metrics
  Prometheus     http://%s/api/v1/alerts
  Alertmanager   http://%s

In another terminal:
  make break               what can be broken
  make break F=flushdb     break it
  make heal                mend it
  make stack-status        how everything is
Notifications appear here. Ctrl-C ends everything.

`, took.Round(100*time.Millisecond), pace, v.Primary.Addr, portOf(v.Primary.Addr), v.Exporter.Addr, s.Prometheus.Addr, s.Alertmanager.Addr)
}

// printer prints notifications, and of the heartbeat only the first.
type printer struct {
	out   io.Writer
	alive bool
}

func (p *printer) take(path string, n notification.Notification) {
	if path == heartbeatPath {
		if !p.alive {
			fmt.Fprintf(p.out, "%s  the dead man's switch hears the heartbeat: alerting works from end to end\n\n", now())
		}
		p.alive = true
		return
	}
	fmt.Fprintf(p.out, "%s\n%s\n", now(), n)
}

const heartbeatPath = "/heartbeat"

func now() string { return time.Now().Format(time.TimeOnly) }

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, name+": "+format+"\n", args...) }

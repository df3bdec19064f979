//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/fault"
	"valkey-exporter/internal/stack"
)

// lab is a stack with a service for each fault and some that are left alone.
type lab struct {
	flags   flags
	stack   *stack.Stack
	heard   *journal
	trials  []*trial
	healthy []*stack.Service
	begun   time.Time
	stop    func()
}

// job is that of all services but those that must be alone.
const job = "valkey"

// open starts the stack.
func open(ctx context.Context, f flags, faults []fault.Fault) (*lab, error) {
	l := &lab{flags: f, heard: &journal{}}
	o := stack.Options{Dir: f.dir, ValkeyConfig: "deploy/valkey/valkey.conf", Heard: l.heard.hear}
	var err error
	if o.Programs, err = stack.ProgramsFromEnvironment(); err != nil {
		return nil, err
	}
	jobs := []string{job}
	for _, which := range faults {
		s := stack.ServiceOptions{Name: which.Name, Job: job, Replica: which.Replica}
		if which.Alone {
			s.Job = job + "-" + which.Name
			jobs = append(jobs, s.Job)
		}
		o.Services = append(o.Services, s)
	}
	for i := range f.healthy {
		o.Services = append(o.Services, stack.ServiceOptions{Name: fmt.Sprintf("healthy-%d", i+1), Job: job, Replica: i == 0})
	}
	if o.Receiver, err = stack.FreeAddress(ctx); err != nil {
		return nil, err
	}
	if o.Config, err = configured(jobs, o.Receiver, f.pace); err != nil {
		return nil, err
	}
	say("starting %d services, Prometheus and Alertmanager; %d times faster than in life", len(o.Services), f.pace)
	l.begun = time.Now()
	if l.stack, err = stack.Start(ctx, o); err != nil {
		return nil, err
	}
	say("all is ready after %s", time.Since(l.begun).Round(100*time.Millisecond))
	for i, which := range faults {
		l.trials = append(l.trials, newTrial(which, fault.Place{Stack: l.stack, Service: l.stack.Services[i]}, l))
	}
	l.healthy = l.stack.Services[len(faults):]
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	go l.heard.watch(ctx, "http://"+l.stack.Alertmanager.Addr)
	return l, nil
}

func (l *lab) close() {
	l.stop()
	l.stack.Stop()
}

// configured is the configuration of the proof: warnings are told at any hour, and
// there is more than one team; a channel must be heard, and a snapshot is stale before
// a day has passed.
func configured(jobs []string, receiver string, pace int) (config.Validated, error) {
	text := fmt.Sprintf(`
discovery: {interval: 5s}
clients:
  groups: [{group: backend, name: mockapp-backend}, {group: workers, name: "mockapp-worker*", max_connections: off}]
  channels: [{channel: "events:user:created", min_subscribers: 1}]
alerts:
  jobs: [%[1]s]
  thresholds: {snapshot_age: 20m}
  teams: {queue: jobs}
alertmanager:
  receivers:
    %[3]s: {webhook: {url: "http://%[2]s/%[3]s"}}
    %[4]s: {webhook: {url: "http://%[2]s/%[4]s"}}
    %[5]s: {webhook: {url: "http://%[2]s/%[5]s"}}
    %[6]s: {webhook: {url: "http://%[2]s/%[6]s"}}
  routes: {critical: %[3]s, warning: %[4]s, watchdog: %[6]s}
  teams: {jobs: {warning: %[5]s}}
  working_hours: off
  repeat_watchdog: 20s
`, strings.Join(jobs, ", "), receiver, pager, tickets, jobsTeam, heartbeat)
	c, err := config.Parse("the configuration of the proof", []byte(text))
	if err != nil || pace == 1 {
		return c, err
	}
	return c.Faster(pace), nil
}

// The receivers.
const (
	pager     = "pager"   // of what wakes somebody
	tickets   = "tickets" // of what waits
	jobsTeam  = "jobs"    // of what waits for the team of the queues
	heartbeat = "heartbeat"
)

// receiverOf is where an alert must arrive.
func receiverOf(labels map[string]string) string {
	switch {
	case labels["alertname"] == string(alert.Watchdog):
		return heartbeat
	case labels["severity"] == string(config.Critical):
		return pager
	case labels["component"] == string(alert.Queue):
		return jobsTeam
	}
	return tickets
}

// prove breaks everything at the same time, and looks at what is left alone.
func (l *lab) prove(ctx context.Context) []result {
	results := make([]result, len(l.trials))
	var done sync.WaitGroup
	for i, t := range l.trials {
		done.Go(func() { results[i] = t.run(ctx) })
	}
	done.Wait()
	wait(ctx, time.Until(l.begun.Add(l.flags.least)))
	return slices.Concat(results, l.leftAlone(), []result{l.everything()})
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}

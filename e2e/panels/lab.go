//go:build unix

package main

import (
	"context"
	"fmt"

	"valkey-exporter/config"
	"valkey-exporter/dashboards"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/internal/notification"
	"valkey-exporter/internal/stack"
)

// lab is a service under watch, and what its dashboards ask.
type lab struct {
	stack     *stack.Stack
	service   *stack.Service
	config    config.Validated
	questions []question
}

// open starts the service, its replica and Prometheus.
func open(ctx context.Context, dir string, pace int) (*lab, error) {
	programs, err := stack.ProgramsFromEnvironment()
	if err != nil {
		return nil, err
	}
	receiver, err := stack.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	l := &lab{}
	if l.config, err = configured(receiver, pace); err != nil {
		return nil, err
	}
	if l.questions, err = questions(l.config); err != nil {
		return nil, err
	}
	say("starting a service with a replica, Prometheus and Alertmanager; %d times faster than in life", pace)
	l.stack, err = stack.Start(ctx, stack.Options{
		Dir: dir, ValkeyConfig: "deploy/valkey/valkey.conf", Programs: programs, Config: l.config, Receiver: receiver,
		Heard:    func(string, notification.Notification) {}, // what is told is not the matter here
		Services: []stack.ServiceOptions{{Name: "primary", Job: "valkey", Replica: true}},
	})
	if err != nil {
		return nil, err
	}
	l.service = l.stack.Services[0]
	return l, nil
}

// The queues that the proof adds to those of the default: a stream, and a key that
// is no queue.
const (
	streamQueue = "events"
	wrongQueue  = "queue:wrong"
)

// configured is the default with two more queues, and with waste of memory that a
// small server has, too.
func configured(receiver string, pace int) (config.Validated, error) {
	c, err := config.Parse("the configuration of the proof", fmt.Appendf(nil, `
queues:
  - {key: "queue:high", max_length: 1000, max_age: 5m, severity: critical}
  - {key: "queue:medium", max_length: 5000, max_age: 15m, severity: warning}
  - {key: "queue:low", max_length: 20000, max_age: 1h, severity: info}
  - {key: "queue:dead-letter", role: dead_letter}
  - {key: "queue:processing", role: processing}
  - {pattern: "queue:processing:*", role: processing}
  - {key: %q}
  - {key: %q}
discovery: {interval: 5s}
clients:
  groups: [{group: backend, name: mockapp-backend}, {group: workers, name: "mockapp-worker*", max_connections: off}]
  channels: [{channel: "events:user:created", min_subscribers: 1}]
alerts: {thresholds: {fragmentation_waste: 1MiB}}
alertmanager: {receivers: {default: {webhook: {url: "http://%[3]s/"}}, heartbeat: {webhook: {url: "http://%[3]s/"}}}}
`, streamQueue, wrongQueue, receiver))
	if err != nil || pace == 1 {
		return c, err
	}
	return c.Faster(pace), nil
}

// questions are those of all panels and annotations.
func questions(c config.Validated) ([]question, error) {
	p := grafana.For(c)
	options := grafana.Options{Refresh: "30s", Events: dashboards.Events()}
	var all []question
	for _, d := range dashboards.All(c) {
		made, err := p.Build(d, options)
		if err != nil {
			return nil, err
		}
		all = append(all, ofPanels(d.UID, made.Panels)...)
	}
	return append(all, ofEvents(c)...), nil
}

//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"time"
)

const (
	// clientsConnected is clients.max_clients.
	clientsConnected = 5000
	listsSeen        = 10

	listCalls   = `redis_commands_total{cmd="client|list"}`
	listSeconds = `redis_commands_duration_seconds_total{cmd="client|list"}`
	listedOther = `redis_client_group_connections{group="other"}`

	// listTimeout bounds the wait for the lists.
	listTimeout = 2 * time.Minute
)

// clientsOnly lists clients as often as their share of the server's time allows.
const clientsOnly = "queues: []\nobserve: {interval: off}\nclasses: {interval: off}\nclients: {interval: 1s}\n"

// manyClients measures what a list of as many clients as are listed by default costs
// the server and the exporter.
func manyClients(ctx context.Context, l *lab, r *report) error {
	s, err := l.serve(ctx)
	if err != nil {
		return err
	}
	if err := l.crowd(ctx, s.addr, clientsConnected-100); err != nil { // a hundred for others
		return err
	}
	e, err := l.export(ctx, s.addr, clientsOnly)
	if err != nil {
		return err
	}
	before, err := e.listed(ctx, 1)
	if err != nil {
		return err
	}
	begun := time.Now()
	progress("waiting for %d lists of %d clients", listsSeen, clientsConnected)
	after, err := e.listed(ctx, before[listCalls]+listsSeen)
	if err != nil {
		return err
	}
	took := time.Since(begun).Seconds()
	lists, work := after[listCalls]-before[listCalls], after[listSeconds]-before[listSeconds]
	const cpu = "process_cpu_seconds_total"
	r.atMost(fmt.Sprintf("list of %d clients: time of the server by its own count, ms", clientsConnected), 1e3*work/lists, 15, "%.1f")
	r.atMost(fmt.Sprintf("list of %d clients, as often as may be: share of the server's time, %%", clientsConnected), 100*work/took, 1, "%.2f")
	r.notes = append(r.notes, fmt.Sprintf("For each list of %d clients the exporter took %.1f ms of a processor, scrapes included. By default there is one every 30 seconds.",
		clientsConnected, 1e3*(after[cpu]-before[cpu])/lists))
	return nil
}

// crowd connects clients that do nothing until the case ends.
func (l *lab) crowd(ctx context.Context, addr string, n int) error {
	var dialer net.Dialer
	for range n {
		c, err := dialer.DialContext(ctx, "tcp", addr)
		if err != nil {
			return fmt.Errorf("%w (does ulimit -n allow so many connections?)", err)
		}
		l.later(func() { _ = c.Close() })
	}
	return nil
}

// listed is what the exporter says once the server has listed all clients so often.
func (e *exporter) listed(ctx context.Context, often float64) (map[string]float64, error) {
	for deadline := time.Now().Add(listTimeout); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		values, err := e.values(ctx)
		if err != nil || values[listCalls] >= often && values[listedOther] >= clientsConnected-100 {
			return values, err
		}
	}
	return nil, fmt.Errorf("the clients have not been listed %.0f times within %v", often, listTimeout)
}

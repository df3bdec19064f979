//go:build unix

package main

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

//go:embed commands.txt
var commandList string

// repeats is how often each command is run, so that its latencies spread over
// some buckets.
const repeats = 50

// half marks the middle of the list.
const half = "# ---- second half"

// server is a running Valkey with a raw client.
type server struct {
	*process
	raw *rawClient
}

// serve starts an empty server.
func (l *lab) serve(ctx context.Context) (*server, error) {
	flags := func(host string, port int) []string {
		return []string{
			"--bind", host, "--port", fmt.Sprint(port), "--dir", l.dir, "--save", "", "--appendonly", "no",
			"--enable-debug-command", "local", "--latency-monitor-threshold", "10",
		}
	}
	answers := func(addr string) bool {
		c, err := l.dial(ctx, addr)
		if err != nil {
			return false
		}
		var ping request
		ping.add("ping")
		return c.send(ping) == nil
	}
	p, err := l.start(ctx, l.server, flags, answers)
	if err != nil {
		return nil, err
	}
	raw, err := l.dial(ctx, p.addr)
	return &server{p, raw}, err
}

// busy starts a server that has seen the commands of the list, and the
// default queues.
func (l *lab) busy(ctx context.Context, list string) (*server, error) {
	s, err := l.serve(ctx)
	if err != nil {
		return nil, err
	}
	for range repeats {
		var r request
		for line := range strings.Lines(list) {
			if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
				r.add(words...)
			}
		}
		if err := s.raw.send(r); err != nil {
			return nil, err
		}
	}
	var r request
	r.add("debug", "sleep", "0.02") // one entry each for SLOWLOG and LATENCY LATEST
	if err := s.raw.send(r); err != nil {
		return nil, err
	}
	return s, s.fill(defaultQueues)
}

func firstHalf() string {
	first, _, _ := strings.Cut(commandList, half)
	return first
}

// defaultQueues are those of the built-in configuration.
var defaultQueues = []string{"queue:high", "queue:medium", "queue:low", "queue:dead-letter", "queue:processing"}

// fill makes each queue a list of three entries.
func (s *server) fill(queues []string) error {
	var r request
	for _, q := range queues {
		r.add("rpush", q, `{"id":1}`, `{"id":2}`, `{"id":3}`)
	}
	return s.raw.send(r)
}

// queueNames are the keys of n queues.
func queueNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("bench:queue:%05d", i)
	}
	return names
}

// watching is a configuration that names each queue.
func watching(queues []string) string {
	var b strings.Builder
	b.WriteString("queues:\n")
	for _, q := range queues {
		fmt.Fprintf(&b, "  - key: %q\n    role: work\n", q)
	}
	return b.String()
}

// commandsSeen is how many commands the server has statistics of.
func (s *server) commandsSeen() (int, error) {
	info, err := s.raw.text("info", "commandstats")
	return strings.Count(info, "cmdstat_"), err
}

var cpuSeconds = regexp.MustCompile(`used_cpu_(?:sys|user):([0-9.]+)`)

// cpu is how many seconds of a processor the server has used, user and
// system.
func (s *server) cpu() (float64, error) {
	info, err := s.raw.text("info", "cpu")
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, found := range cpuSeconds.FindAllStringSubmatch(info, -1) {
		seconds, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			return 0, err
		}
		sum += seconds
	}
	return sum, nil
}

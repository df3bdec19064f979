//go:build unix

package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// everySecond looks five times as often as by default, so that there is enough to
// measure. usualLooks is how many of its looks take as long as one by default.
const (
	everySecond = "queues: []\nobserve: {interval: off}\nclasses: {interval: off}\nlatency: {interval: 1s}\n"
	usualLooks  = 5

	// slowTime is how long is watched, and betweenSlow the pause between commands of
	// others that come into the slow log: more of them than a look fetches.
	slowTime    = 30 * time.Second
	betweenSlow = 5 * time.Millisecond
)

// ofLooks are the commands of a look between scrapes.
var ofLooks = []string{"ping", "info", "slowlog|get"}

// speed measures what timing round trips and looking into the slow log cost the
// server, while nothing is slow, and while everything is: the slow log takes all
// commands, and each look fetches as much as it may.
func speed(ctx context.Context, l *lab, r *report) error {
	s, err := l.serve(ctx)
	if err != nil {
		return err
	}
	e, err := l.export(ctx, s.addr, everySecond)
	if err != nil {
		return err
	}
	quiet, err := s.looked(ctx, slowTime, func() error { return nil })
	if err != nil {
		return err
	}
	var all, set request
	all.add("config", "set", "slowlog-log-slower-than", "0")
	set.add("set", "cache:hit", strings.Repeat("x", 100))
	if err := s.raw.send(all); err != nil {
		return err
	}
	slow, err := s.looked(ctx, slowTime, func() error { return s.raw.send(set) })
	if err != nil {
		return err
	}
	values, err := e.values(ctx)
	if err != nil {
		return err
	}
	r.speed(quiet, slow, values)
	return nil
}

// lookCost is what looks have cost the server, by its own count.
type lookCost struct{ looks, seconds float64 }

// share is that of a core by default.
func (c lookCost) share() float64 { return 100 * c.seconds / slowTime.Seconds() / usualLooks }

// looked is the cost of the looks of a time, in which others send something.
func (s *server) looked(ctx context.Context, d time.Duration, send func() error) (lookCost, error) {
	before, err := s.spent()
	if err != nil {
		return lookCost{}, err
	}
	for begun := time.Now(); time.Since(begun) < d; time.Sleep(betweenSlow) {
		if err := ctx.Err(); err != nil {
			return lookCost{}, err
		}
		if err := send(); err != nil {
			return lookCost{}, err
		}
	}
	after, err := s.spent()
	return lookCost{after.looks - before.looks, after.seconds - before.seconds}, err
}

// spent is how often it was pinged, and what the commands of looks have taken.
func (s *server) spent() (lookCost, error) {
	stats, err := s.raw.text("info", "commandstats")
	if err != nil {
		return lookCost{}, err
	}
	var sum lookCost
	for line := range strings.Lines(stats) {
		for _, command := range ofLooks {
			var calls, micros float64
			if rest, ok := strings.CutPrefix(line, "cmdstat_"+command+":"); ok {
				if _, err := fmt.Sscanf(rest, "calls=%f,usec=%f", &calls, &micros); err != nil {
					return lookCost{}, fmt.Errorf("%q: %w", line, err)
				}
				sum.seconds += micros / 1e6
				if command == "ping" {
					sum.looks += calls
				}
			}
		}
	}
	return sum, nil
}

// speed reports what was seen.
func (r *report) speed(quiet, slow lookCost, values map[string]float64) {
	const title = "round trips and the slow log, every 5 s: "
	r.atMost(title+"time of the server, % of a core", quiet.share(), 0.1, "%.4f")
	r.atMost(title+"the same while every look finds more than it may fetch, % of a core", slow.share(), 0.1, "%.4f")
	r.notes = append(r.notes, fmt.Sprintf("A look between scrapes (PING, INFO server, SLOWLOG GET) took %.0f µs of the server's time, and %.0f µs with 128 new entries of the slow log; "+
		"%.0f and %.0f looks were measured. Of %.0f entries %.0f were counted, and %.0f lost because a look fetches no more.",
		1e6*quiet.seconds/quiet.looks, 1e6*slow.seconds/slow.looks, quiet.looks, slow.looks,
		values["redis_slowlog_duration_seconds_count"]+values["redis_slowlog_lost_entries_total"]+values["redis_exporter_slowlog_entries_total"],
		values["redis_slowlog_duration_seconds_count"]+values["redis_exporter_slowlog_entries_total"], values["redis_slowlog_lost_entries_total"]))
}

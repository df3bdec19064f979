package main

import (
	"context"
	"log/slog"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/latency"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// speed is what is known of the server's speed besides the latest snapshot.
type speed struct {
	watcher *latency.Watcher
	lately  latency.Lately
	recency *latency.Recency // for one scrape at a time
}

func newSpeed(conn *valkey.Conn, log *slog.Logger) *speed {
	return &speed{watcher: latency.NewWatcher(valkey.NewProber(conn, time.Now), log), recency: latency.NewRecency()}
}

// follow puts a configuration into effect. The result is the loop that it wants; nil
// when it wants none.
func (s *speed) follow(c config.Validated) func(context.Context) {
	s.lately.Follow(objectives(c.Latency()))
	interval, on := c.Latency().Interval.Get()
	if !on {
		return nil
	}
	pace := latency.Pace{Interval: interval, Entries: c.Latency().SlowlogEntries, Denied: c.Scrape().RetryDeniedAfter}
	return func(ctx context.Context) { s.watcher.Run(ctx, pace) }
}

// scraped takes note of a scrape, and takes out of it what it only repeats.
func (s *speed) scraped(snap *valkey.Snapshot) {
	s.lately.Scraped(*snap)
	s.recency.Rest(snap)
}

// state is what the metrics and the status page say of the speed.
func (s *speed) state(c config.Latency) *collector.Latency {
	l := &collector.Latency{Objectives: objectives(c)}
	l.Calls, l.Over = s.lately.Report()
	if _, on := c.Interval.Get(); on {
		watched := s.watcher.Status()
		l.Watched = &watched
	}
	return l
}

// objectives are those of the configuration, in its order.
func objectives(c config.Latency) []latency.Objective {
	var all []latency.Objective
	for _, o := range c.Objectives {
		if limit, on := o.P50.Get(); on {
			all = append(all, latency.Objective{Command: o.Command, Percentile: latency.P50, Limit: limit})
		}
		if limit, on := o.P99.Get(); on {
			all = append(all, latency.Objective{Command: o.Command, Percentile: latency.P99, Limit: limit})
		}
	}
	return all
}

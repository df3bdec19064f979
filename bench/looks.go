//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

const (
	// watchTime is how long looks and scrapes are watched: twelve looks, and the
	// scrapes of a Prometheus that comes every 15 seconds.
	watchTime   = time.Minute
	scrapeEvery = 15 * time.Second

	// A cache of a hundred look-ups a second, of which every fifth is a miss.
	lookupsPerSecond = 100
	missEvery        = 5

	queuesWatched = 100
	jobsEach      = 1000
)

// looks measures what looking into a hundred queues every 5 seconds costs the
// server, beside a server that does the same work and that nobody watches.
func looks(ctx context.Context, l *lab, r *report) error {
	queues := queueNames(queuesWatched)
	watched, err := l.working(ctx, queues)
	if err != nil {
		return err
	}
	alone, err := l.working(ctx, queues)
	if err != nil {
		return err
	}
	e, err := l.export(ctx, watched.addr, watching(queues))
	if err != nil {
		return err
	}
	before, err := beginWatch(ctx, e, watched, alone)
	if err != nil {
		return err
	}
	progress("watching for %v", watchTime)
	if err := keepBusy(ctx, e, watched, alone); err != nil {
		return err
	}
	after, err := beginWatch(ctx, e, watched, alone)
	if err != nil {
		return err
	}
	r.looked(before, after)
	return nil
}

// moment is what is known at the beginning or the end of the watch.
type moment struct {
	at             time.Time
	watched, alone float64 // CPU seconds of the servers
	values         map[string]float64
	idle           float64 // seconds since anybody touched the first queue, as eviction sees it
}

func beginWatch(ctx context.Context, e *exporter, watched, alone *server) (m moment, err error) {
	if m.values, err = e.values(ctx); err != nil {
		return m, err
	}
	m.at = time.Now()
	if m.watched, err = watched.cpu(); err != nil {
		return m, err
	}
	if m.alone, err = alone.cpu(); err != nil {
		return m, err
	}
	m.idle, err = watched.raw.number("object", "idletime", queueNames(1)[0])
	return m, err
}

// working starts a server with long queues and a small cache.
func (l *lab) working(ctx context.Context, queues []string) (*server, error) {
	s, err := l.serve(ctx)
	if err != nil {
		return nil, err
	}
	var fill request
	fill.add("set", "cache:hit", "1")
	for _, q := range queues {
		words := []string{"lpush", q}
		for i := range jobsEach {
			words = append(words, fmt.Sprintf(`{"id":"%s:%d","type":"normal","timestamp":%d,"payload":{"user":%d,"text":"%0100d"}}`,
				q, i, time.Now().UnixMilli(), i, i))
		}
		fill.add(words...)
	}
	return s, s.raw.send(fill)
}

// keepBusy is the cache's and the queues' traffic on both servers, and the
// scrapes of one exporter. The queues but the first are pushed to and popped
// from ten times a second.
func keepBusy(ctx context.Context, e *exporter, servers ...*server) error {
	const step = 100 * time.Millisecond
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	queues := queueNames(queuesWatched)
	for i := 1; i <= int(watchTime/step); i++ {
		var traffic request
		for n := range lookupsPerSecond / int(time.Second/step) {
			traffic.add("get", [2]string{"cache:hit", "cache:miss"}[oneIf(n%missEvery == 0)])
		}
		q := queues[1+i%(len(queues)-1)]
		traffic.add("lpush", q, fmt.Sprintf(`{"id":"new:%d","timestamp":%d}`, i, time.Now().UnixMilli()))
		traffic.add("rpop", q)
		for _, s := range servers {
			if err := s.raw.send(traffic); err != nil {
				return err
			}
		}
		if i%int(scrapeEvery/step) == 0 {
			if err := e.scrape(ctx, plainText); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// looked reports what was seen between two moments.
func (r *report) looked(before, after moment) {
	seconds := after.at.Sub(before.at).Seconds()
	title := fmt.Sprintf("looking into %d queues of %s jobs", queuesWatched, thousands(jobsEach))
	grown := func(name string) float64 { return after.values[name] - before.values[name] }
	cpu := (after.watched - before.watched) - (after.alone - before.alone)
	r.atMost(title+": CPU of the server beside one that is not watched, % of a core", 100*cpu/seconds, 0.5, "%.2f")

	// The pops are look-ups of nobody's cache: the server does not count them.
	hits := grown("redis_keyspace_hits_total") - grown("redis_exporter_probe_keyspace_hits_total")
	misses := grown("redis_keyspace_misses_total") - grown("redis_exporter_probe_keyspace_misses_total")
	truth := 1 - 1.0/missEvery
	r.atMost(title+": error of the hit rate at 100 look-ups a second, %",
		100*math.Abs(hits/(hits+misses)-truth)/truth, 0.1, "%.3f")
	r.atMost(title+": seconds by which a queue seems younger to eviction", seconds-(after.idle-before.idle), 2, "%.0f")

	share := 100 * grown("redis_exporter_queue_look_server_seconds_total") / seconds
	r.notes = append(r.notes, fmt.Sprintf("The looks themselves took %.2f %% of the server's time by its own count: %.1f ms for each of %.0f.",
		share, 1e3*grown("redis_exporter_queue_look_server_seconds_total")/grown("redis_exporter_queue_look_duration_seconds_count"),
		grown("redis_exporter_queue_look_duration_seconds_count")))
}

//go:build unix

package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

const (
	walkComplete = `redis_exporter_discovery_complete{db="db0"}`
	walkTook     = `redis_exporter_discovery_duration_seconds{db="db0"}`

	// walkTimeout bounds the wait for the end of the walk.
	walkTimeout = 3 * time.Minute
)

// besideEmpty compares the scrapes of a full and an empty server.
func (r *report) besideEmpty(ctx context.Context, l *lab, when string, full *server, with, without *exporter) error {
	raw := full.asking(nil)
	fullTime, emptyTime := with.scraping(ctx, "full", plainText), without.scraping(ctx, "empty", plainText)
	// These scrapes are short, and the difference is expected to be none.
	if err := interleave(ctx, 3*l.rounds, raw, emptyTime, fullTime); err != nil {
		return err
	}
	if err := r.scrape(ctx, l, "no keys, "+when, without, plainText, emptyTime, nil); err != nil {
		return err
	}
	if err := r.scrape(ctx, l, "1,000,000 other keys, "+when, with, plainText, fullTime, raw); err != nil {
		return err
	}
	r.atMost("1,000,000 other keys and five patterns, "+when+": times an empty server",
		fullTime.spread().to(emptyTime.spread()), 1.1, "%.2f")
	return nil
}

// walk waits for the end of the walk, and reports what it cost the server. It
// reports false when the walk takes longer than a benchmark should.
func (r *report) walk(ctx context.Context, s *server, e *exporter) (ended bool, err error) {
	progress("waiting for the end of the walk")
	limit := time.After(walkTimeout)
	for {
		values, err := e.values(ctx)
		if err != nil {
			return false, err
		}
		if values[walkComplete] == 1 {
			return true, r.walked(s, values[walkTook], "took")
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-limit:
			return false, r.walked(s, time.Since(e.started).Seconds(), "had not ended after")
		case <-time.After(time.Second):
		}
	}
}

var scanMicros = regexp.MustCompile(`cmdstat_scan:calls=(\d+),usec=(\d+)`)

func (r *report) walked(s *server, seconds float64, how string) error {
	info, err := s.raw.text("info", "commandstats")
	if err != nil {
		return err
	}
	found := scanMicros.FindStringSubmatch(info)
	if found == nil {
		return fmt.Errorf("no SCAN in %.100s", info)
	}
	micros, err := strconv.ParseFloat(found[2], 64)
	if err != nil {
		return err
	}
	r.notes = append(r.notes, fmt.Sprintf(
		"The walk over 1,000,000 keys %s %.0f s; it cost %.2f s of the server's time in %s steps.", how, seconds, micros/1e6, found[1]))
	r.atMost("background walk: share of the server's time, %", micros/1e6/seconds*100, 1, "%.2f")
	return nil
}

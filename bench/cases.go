//go:build unix

package main

import (
	"context"
	"fmt"
	"time"
)

// benchCase measures one situation and adds its findings to the report.
type benchCase struct {
	name    string
	measure func(ctx context.Context, l *lab, r *report) error
}

func cases() []benchCase {
	return []benchCase{
		{"a server that has seen many commands", manyCommands},
		{"1,000 queues", func(ctx context.Context, l *lab, r *report) error {
			return manyQueues(ctx, l, r, 1000)
		}},
		{"10,000 queues", func(ctx context.Context, l *lab, r *report) error {
			return manyQueues(ctx, l, r, 10000)
		}},
		{"1,000,000 other keys", manyKeys},
		{"a network round trip of 10 ms", slowNetwork},
		{"looking into 100 queues", looks},
		{"key classes", keyClasses},
		{"many clients", manyClients},
		{"round trips and the slow log", speed},
	}
}

// asking is the raw client's part of a comparison.
func (s *server) asking(queues []string) *subject {
	r := scrapeRequest(queues)
	return timed("raw client", func() error { return s.raw.send(r) })
}

// manyCommands compares whole scrapes of a server that has seen a long list of
// commands, and shows how the time grows with the list.
func manyCommands(ctx context.Context, l *lab, r *report) error {
	whole, err := l.pair(ctx, commandList)
	if err != nil {
		return err
	}
	part, err := l.pair(ctx, firstHalf())
	if err != nil {
		return err
	}
	raw := whole.server.asking(defaultQueues)
	text := whole.exporter.scraping(ctx, "text", plainText)
	packed := whole.exporter.scraping(ctx, "gzip", packedText)
	prometheus := whole.exporter.scraping(ctx, "Prometheus", asPrometheus)
	fewer := part.exporter.scraping(ctx, "fewer commands", plainText)
	if err := interleave(ctx, l.rounds, raw, text, packed, prometheus, fewer); err != nil {
		return err
	}
	title := fmt.Sprintf("%d commands", whole.commands)
	for _, x := range []struct {
		title string
		on    *pair
		time  *subject
		form  format
	}{
		{title, whole, text, plainText},
		{title + ", gzip", whole, packed, packedText},
		{title + ", as Prometheus asks (OpenMetrics, gzip)", whole, prometheus, asPrometheus},
		{fmt.Sprintf("%d commands", part.commands), part, fewer, plainText},
	} {
		var baseline *subject
		if x.on == whole {
			baseline = raw
		}
		if err := r.scrape(ctx, l, x.title, x.on.exporter, x.form, x.time, baseline); err != nil {
			return err
		}
	}
	r.atMost(title+", every default family: times the raw client", text.spread().to(raw.spread()), 3, "%.2f")
	growth := float64(whole.commands) / float64(part.commands)
	r.atMost(fmt.Sprintf("linear: %.2f times the commands, times the time", growth), text.spread().to(fewer.spread()), growth, "%.2f")
	return nil
}

// pair is a server and its exporter.
type pair struct {
	server   *server
	exporter *exporter
	commands int // that the server has seen
}

// pair starts a server that has seen the list, and an exporter with the
// built-in configuration.
func (l *lab) pair(ctx context.Context, list string) (*pair, error) {
	s, err := l.busy(ctx, list)
	if err != nil {
		return nil, err
	}
	e, err := l.export(ctx, s.addr, "")
	if err != nil {
		return nil, err
	}
	if err := e.scrape(ctx, plainText); err != nil { // its own commands count too
		return nil, err
	}
	n, err := s.commandsSeen()
	return &pair{s, e, n}, err
}

// lengthsOnly turns looking into queues off: what a scrape asks the server is
// then what the raw client asks, and what it shows is what that tells.
const lengthsOnly = "observe: {interval: off}\nclasses: {interval: off}\nclients: {interval: off}\nlatency: {interval: off}\n"

// manyQueues watches n lists by name: only their lengths, and with all that
// looking into them tells.
func manyQueues(ctx context.Context, l *lab, r *report, n int) error {
	queues := queueNames(n)
	s, err := l.busy(ctx, commandList)
	if err != nil {
		return err
	}
	if err := s.fill(queues); err != nil {
		return err
	}
	e, err := l.export(ctx, s.addr, watching(queues)+lengthsOnly)
	if err != nil {
		return err
	}
	looking, err := l.export(ctx, s.addr, watching(queues))
	if err != nil {
		return err
	}
	raw, text := s.asking(queues), e.scraping(ctx, "scrape", plainText)
	packed, whole := e.scraping(ctx, "gzip", packedText), looking.scraping(ctx, "health", plainText)
	if err := interleave(ctx, l.rounds/3, raw, text, packed, whole); err != nil {
		return err
	}
	title := fmt.Sprintf("%s queues, lengths only", thousands(n))
	for _, x := range []struct {
		title string
		on    *exporter
		form  format
		time  *subject
	}{
		{title, e, plainText, text},
		{title + ", gzip", e, packedText, packed},
		{fmt.Sprintf("%s queues, %s of them looked into", thousands(n), thousands(min(n, 1000))), looking, plainText, whole},
	} {
		if err := r.scrape(ctx, l, x.title, x.on, x.form, x.time, raw); err != nil {
			return err
		}
	}
	if n < 10000 {
		r.atMost(title+": times the raw client", text.spread().to(raw.spread()), 3, "%.2f")
		return nil
	}
	r.atMost(title+": times the raw client", text.spread().to(raw.spread()), 4, "%.2f")
	if peak := peakMemory(e.pid); peak > 0 {
		r.atMost(title+": peak resident memory of the exporter, MiB", float64(peak)/(1<<20), 64, "%.1f")
	}
	return nil
}

// fivePatterns have no common beginning, so that every key of the server must
// be looked at by the exporter. The walk happens once.
const fivePatterns = `queues:
  - {pattern: "bench:*:todo", role: work}
  - {pattern: "jobs:*", role: work}
  - {pattern: "*:processing", role: processing}
  - {pattern: "worker:[0-9]*:set", role: processing}
  - {pattern: "dead?letter", role: dead_letter}
discovery:
  interval: 1h
classes:
  interval: off
clients:
  interval: off
latency:
  interval: off
`

// manyKeys compares a server that holds a million keys, none of them a queue,
// with an empty one, while the background walk is running and afterwards.
func manyKeys(ctx context.Context, l *lab, r *report) error {
	empty, err := l.serve(ctx)
	if err != nil {
		return err
	}
	full, err := l.serve(ctx)
	if err != nil {
		return err
	}
	var populate request
	populate.add("debug", "populate", "1000000", "session", "16")
	if err := full.raw.send(populate); err != nil {
		return err
	}
	without, err := l.export(ctx, empty.addr, fivePatterns)
	if err != nil {
		return err
	}
	with, err := l.export(ctx, full.addr, fivePatterns)
	if err != nil {
		return err
	}
	compare := func(when string) error { return r.besideEmpty(ctx, l, when, full, with, without) }
	if err := compare("during the walk"); err != nil {
		return err
	}
	if values, err := with.values(ctx); err != nil || values[walkComplete] != 0 {
		return fmt.Errorf("the walk was over before the measurement: %w", err)
	}
	if ended, err := r.walk(ctx, full, with); err != nil || !ended {
		return err
	}
	return compare("after the walk")
}

// slowNetwork puts a delay of 5 ms each way between exporter and server.
func slowNetwork(ctx context.Context, l *lab, r *report) error {
	const delay = 5 * time.Millisecond
	s, err := l.busy(ctx, commandList)
	if err != nil {
		return err
	}
	far, err := l.proxy(ctx, s.addr, delay)
	if err != nil {
		return err
	}
	e, err := l.export(ctx, far, "")
	if err != nil {
		return err
	}
	distant, err := l.dial(ctx, far)
	if err != nil {
		return err
	}
	raw := (&server{raw: distant}).asking(defaultQueues)
	text := e.scraping(ctx, "scrape", plainText)
	if err := interleave(ctx, l.rounds/3, raw, text); err != nil {
		return err
	}
	title := "round trip of 10 ms"
	if err := r.scrape(ctx, l, title, e, plainText, text, raw); err != nil {
		return err
	}
	r.atMost(title+": whole scrape, ms", text.spread().median.Seconds()*1e3, 20, "%.1f")
	return nil
}

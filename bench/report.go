//go:build unix

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// report is everything that was found out.
type report struct {
	environment string
	rows        []row
	targets     []target
	notes       []string
}

// row is the measurement of one kind of scrape.
type row struct {
	title string
	time  spread
	raw   *spread // nil: not compared
	cost  cost
}

// target is a number with its limit.
type target struct {
	what            string
	measured, limit float64
	format          string
}

func (t target) missed() bool { return t.measured > t.limit }

// costScrapes is how many scrapes the CPU time of one is an average of: enough
// for a clock that ticks every 10 ms.
const costScrapes = 100

// scrape adds a row; what the scrape costs the exporter is measured now.
func (r *report) scrape(ctx context.Context, l *lab, title string, e *exporter, f format, took, raw *subject) error {
	c, err := e.cost(ctx, min(costScrapes, l.rounds), f)
	if err != nil {
		return err
	}
	x := row{title: title, time: took.spread(), cost: c}
	if raw != nil {
		s := raw.spread()
		x.raw = &s
	}
	r.rows = append(r.rows, x)
	return nil
}

func (r *report) atMost(what string, measured, limit float64, format string) {
	r.targets = append(r.targets, target{what, measured, limit, format})
}

// missed reports whether any target was.
func (r *report) missed() bool {
	for _, t := range r.targets {
		if t.missed() {
			return true
		}
	}
	return false
}

const preface = `<!-- Written by make bench; do not edit. -->

# What a scrape costs

A real server, the real exporter and a raw client on one machine, measured in turn (A B A B), so that whatever else
the machine did met all of them alike. The raw client sends the same commands as the exporter in one write on one kept
connection, and throws the replies away: no exporter can be faster. Times are the median, with the 10th and the
90th percentile; a scrape is a whole HTTP request on a kept connection, in the text format without compression unless
the row says otherwise. CPU time and allocations are the exporter's own, per scrape.

Repeat it with %s.

Measured on: %s.

`

// markdown is the report as a document.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, preface, "`make bench`", r.environment)
	b.WriteString("## Scrapes\n\n")
	b.WriteString(r.scrapes())
	b.WriteString("\n## Targets\n\n")
	b.WriteString(r.reached())
	for _, n := range r.notes {
		b.WriteString("\n" + n + "\n")
	}
	b.WriteString("\n" + published)
	return b.String()
}

func (r *report) scrapes() string {
	t := table{{"case", "series", "page", "raw client", "scrape", "ratio", "CPU", "allocations"}}
	for _, x := range r.rows {
		raw, ratio := "", ""
		if x.raw != nil {
			raw, ratio = x.raw.String(), fmt.Sprintf("%.2f", x.time.to(*x.raw))
		}
		t = append(t, []string{
			x.title, thousands(x.cost.series), kilobytes(x.cost.page), raw, x.time.String(), ratio,
			milliseconds(x.cost.cpu) + " ms", fmt.Sprintf("%s, %s", thousands(int(x.cost.allocs)), kilobytes(int(x.cost.bytes))),
		})
	}
	return t.String()
}

func (r *report) reached() string {
	t := table{{"what", "at most", "measured", "reached"}}
	for _, x := range r.targets {
		yes := "yes"
		if x.missed() {
			yes = "NO"
		}
		t = append(t, []string{x.what, fmt.Sprintf(x.format, x.limit), fmt.Sprintf(x.format, x.measured), yes})
	}
	return t.String()
}

// published is not from this run.
const published = `## For orientation: redis_exporter

These numbers are **not** from this run: redis_exporter 1.88 was measured on another day, on two shared cores, with the same
kinds of server. Compare orders of magnitude, not digits.

| case | redis_exporter |
|---|---|
| server that has seen 160+ commands | 161 ms, 146 ms CPU, 81,600 allocations |
| 1,000 queues | 11.3 ms |
| 10,000 queues | 81-112 ms, 406,000 allocations |
| 1,000,000 other keys and five patterns | 4,248 ms |
| round trip of 10 ms | 107 ms |
`

func (s spread) String() string {
	return fmt.Sprintf("%s ms (%s-%s)", milliseconds(s.median), milliseconds(s.low), milliseconds(s.high))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1e3) }

func kilobytes(n int) string { return thousands((n+500)/1000) + " kB" }

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

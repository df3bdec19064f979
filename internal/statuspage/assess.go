package statuspage

import (
	"time"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// Assessment is what the page judges and shows, for who shows it in another way.
type Assessment struct {
	Problems []Problem // worst first
	Unknown  []string  // what cannot be judged, and why: each ends the sentence "Unknown is ..."
	Queues   []Queue
	Classes  []Class // those that need attention first, then the largest

	Always Counters // since the server started
	Lately Counters // within Over
	Over   float64  // seconds; NaN before the second scrape
}

// LogSays is what to do where only the log has the words of the server.
const LogSays = "The exporter's log says why."

// Problem is something that needs attention.
type Problem struct {
	Severity config.Severity
	Text     string // a sentence
	Do       string // what the page says to do about it; may be empty
	Alert    alert.Name
	Reasons  []string // values of the alert's label reason, or check; none if it has no such label
}

// Queue is a queue. Numbers that are not known are NaN: all, of one that cannot be read.
type Queue struct {
	Queue  *valkey.Queue
	Entry  config.Queue
	Report *health.Report // nil if nobody has looked into it

	Depth, Age float64
	State      string // in a word
	Why        []string
}

// Class is a class of keys.
type Class struct {
	*class.Report

	State string // in a word
	Why   []string
}

// Counters are what the server counts, without the exporter's own look-ups.
type Counters struct{ Commands, Hits, Misses, Evicted, Rejected float64 }

// Closely makes the page remember every scrape, however soon after the one before
// it comes. It is for a page that lives for seconds, in which the commands matter that
// the exporter itself has sent: own counts them. It comes before the first scrape.
func (p *Page) Closely(own func() float64) { p.history.spacing, p.own = time.Nanosecond, own }

// Assess judges what is known now.
func (p *Page) Assess() Assessment {
	c := p.compose()
	c.view()
	a := Assessment{Unknown: c.blind, Always: Counters{nan, nan, nan, nan, nan}}
	for _, p := range c.sorted() {
		a.Problems = append(a.Problems, Problem{p.Level.severity(), p.Text, p.Do, alert.Name(p.Alert), p.Reasons})
	}
	for _, w := range c.rows {
		a.Queues = append(a.Queues, Queue{w.queue, w.entry, w.report, w.depth, w.age(), w.level.Word(), w.words})
	}
	a.Queues = append(a.Queues, c.unread...)
	for _, r := range c.classed {
		a.Classes = append(a.Classes, Class{r.Report, r.level.Word(), r.words})
	}
	if c.known != nil {
		a.Always = c.known.counters.told()
	}
	grew, over := lately(c.memory.scrapes())
	a.Lately, a.Over = grew.told(), over
	return a
}

func (c counters) told() Counters {
	return Counters{c.commands, c.hits, c.misses, c.evicted, c.rejected}
}

// severity is that of the alerts of a level.
func (l level) severity() config.Severity {
	for severity, of := range levels {
		if of == l {
			return severity
		}
	}
	return config.None
}

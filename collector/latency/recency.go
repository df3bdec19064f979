package latency

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// restsAfter is how long a command counts as in use after a call was seen. It is
// more than an interval between scrapes, so that several Prometheus servers which
// scrape in turn all see the same.
const restsAfter = time.Minute

// Recency knows which commands have been called lately. The server's percentiles are
// those of all calls since it started: of a command that nobody sends they say
// nothing new.
type Recency struct {
	commands map[string]use
}

type use struct {
	calls float64
	since time.Time // when a call was last seen
}

// NewRecency has seen nothing.
func NewRecency() *Recency { return &Recency{commands: make(map[string]use)} }

// Rest takes the percentiles out of a snapshot that have been told before and have no
// new sample. Those of a command that is seen for the first time stay.
func (r *Recency) Rest(s *valkey.Snapshot) {
	if s.Sources[valkey.SourceInfo].Err != nil || !s.Up {
		return
	}
	for _, c := range s.Info.Commands {
		if last, known := r.commands[c.Name]; !known || last.calls != c.Calls {
			r.commands[c.Name] = use{c.Calls, s.At}
		}
	}
	if len(r.commands) > len(s.Info.Commands) { // CONFIG RESETSTAT, or a restart
		r.forget(s.Info.Commands)
	}
	for i := range s.Info.Latencies {
		l := &s.Info.Latencies[i]
		if last, known := r.commands[l.Command]; known && s.At.Sub(last.since) > restsAfter {
			l.Quantiles = nil
		}
	}
}

// forget leaves only those that the server counts.
func (r *Recency) forget(commands []valkey.Command) {
	now := make(map[string]use, len(commands))
	for _, c := range commands {
		now[c.Name] = r.commands[c.Name]
	}
	r.commands = now
}

package latency

import (
	"slices"
	"sync"
	"time"

	"valkey-exporter/collector/valkey"
)

// How far back the calls of the last minutes reach, and how far apart what is
// remembered of them is: as the rules see it.
const (
	latelyFor = 5 * time.Minute
	apart     = 15 * time.Second
)

// Lately counts the calls of the last minutes that took longer than their objective
// allows, whoever scrapes.
type Lately struct {
	mu         sync.Mutex
	objectives []Objective
	points     []point // the oldest first
}

type point struct {
	at    time.Time
	calls []Calls
}

// Follow says which objectives there are. What was seen of others is forgotten.
func (l *Lately) Follow(objectives []Objective) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(objectives, l.objectives) {
		l.objectives, l.points = objectives, nil
	}
}

// Scraped takes note of a scrape, if it has brought histograms.
func (l *Lately) Scraped(s valkey.Snapshot) {
	if o := s.Sources[valkey.SourceLatencyHistogram]; !s.Up || !o.Asked || o.Err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := point{s.At, Judge(l.objectives, s.Histograms)}
	if n := len(l.points); n > 0 && l.points[n-1].exceeds(now) {
		l.points = nil // the server counts from the beginning again
	}
	// The latest point moves on until it is far enough from the one before.
	if n := len(l.points); n > 1 && l.points[n-1].at.Sub(l.points[n-2].at) < apart {
		l.points = l.points[:n-1]
	}
	for len(l.points) > 1 && s.At.Sub(l.points[1].at) >= latelyFor {
		l.points = l.points[1:]
	}
	l.points = append(l.points, now)
}

// exceeds reports whether some command had more calls before.
func (p point) exceeds(later point) bool {
	for _, before := range p.calls {
		if now, ok := later.of(before.Objective); !ok || now.Calls < before.Calls || now.Exceeded < before.Exceeded {
			return true
		}
	}
	return false
}

func (p point) of(o Objective) (Calls, bool) {
	i := slices.IndexFunc(p.calls, func(c Calls) bool { return c.Objective == o })
	if i < 0 {
		return Calls{}, false
	}
	return p.calls[i], true
}

// Report is what came in the last minutes, in the order of the objectives, and over
// which time. Commands that nobody has sent are not in it.
func (l *Lately) Report() (calls []Calls, over time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.points) < 2 {
		return nil, 0
	}
	first, last := l.points[0], l.points[len(l.points)-1]
	for _, now := range last.calls {
		before, _ := first.of(now.Objective) // none: the first call came since
		if n := now.Calls - before.Calls; n > 0 {
			calls = append(calls, Calls{now.Objective, n, now.Exceeded - before.Exceeded})
		}
	}
	return calls, last.at.Sub(first.at)
}

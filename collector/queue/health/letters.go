package health

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"valkey-exporter/collector/queue/payload"
	"valkey-exporter/collector/valkey"
)

const (
	// lettersEvery is how often dead letters are sampled at most.
	lettersEvery = 15 * time.Second
	// reasonsShown is how many reasons of death have a name; the others are one.
	reasonsShown  = 10
	reasonUnknown = "unknown"
	reasonOther   = "other"
)

// letters are the dead letters that were sampled last.
type letters struct {
	sampled time.Time // zero: never
	changed bool      // something came or left since
	reasons []Reason
}

// change takes note that something came or left. Queues of other roles have no
// letters.
func (l *letters) change() {
	if l != nil {
		l.changed = true
	}
}

// due reports whether there is something new to be sampled.
func (l *letters) due(now time.Time) bool {
	return l != nil && (l.sampled.IsZero() || l.changed && now.Sub(l.sampled) >= lettersEvery)
}

// read takes over a sample, if the look has one.
func (l *letters) read(s *valkey.Sight, where payload.Path, at time.Time) {
	switch {
	case l == nil:
	case s.Length == 0:
		l.reasons, l.sampled = nil, time.Time{} // what comes now is news
	case len(s.Newest) > 0:
		l.sampled, l.changed, l.reasons = at, false, reasons(s.Newest, where)
	}
}

// reasons counts why messages died, most frequent first.
func reasons(sample []valkey.Entry, where payload.Path) []Reason {
	counts := make(map[string]float64)
	for i := range sample {
		reason := payload.Normalise(payload.Reason(sample[i].Text, sample[i].Whole(), where))
		counts[cmp.Or(reason, reasonUnknown)]++
	}
	all := make([]Reason, 0, len(counts))
	for text, count := range counts {
		all = append(all, Reason{text, count})
	}
	slices.SortFunc(all, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Text, b.Text))
	})
	return withOther(all)
}

// withOther adds up the rare ones under one name, which also is that of
// messages that say so themselves.
func withOther(all []Reason) []Reason {
	shown := make([]Reason, 0, reasonsShown+1)
	other := 0.0
	for _, r := range all {
		if len(shown) == reasonsShown || r.Text == reasonOther {
			other += r.Count
			continue
		}
		shown = append(shown, r)
	}
	if other > 0 {
		shown = append(shown, Reason{reasonOther, other})
	}
	return shown
}

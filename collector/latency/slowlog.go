package latency

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"valkey-exporter/collector/valkey"
)

// recentKept is how many of the newest slow commands are remembered for people.
const recentKept = 10

// Slowlog counts the entries of a server's slow log, each once, whatever happens to
// the log.
type Slowlog struct {
	run    string    // of the server at the latest look
	looked time.Time // when that was; zero: never
	seen   mark

	commands map[string]uint64
	counts   SlowlogCounts
}

// mark is how far a slow log has been counted.
type mark struct {
	number int64 // of the newest entry that was counted
	// exact says that the next entry has the next number. It is not known of a log
	// that was empty at the first look: it may have been emptied before.
	exact bool
}

// beginning is that of a server that has just started.
var beginning = mark{number: -1, exact: true}

// SlowlogCounts is what has come into the slow log since the first look.
type SlowlogCounts struct {
	Known    bool          // there was a look
	Commands []SlowCount   // by name; without those of exporters
	Took     Histogram     // likewise
	Own      uint64        // entries of this exporter, and others of its kind
	Lost     uint64        // entries that were gone before anybody looked
	Recent   []SlowCommand // newest first; without those of exporters
}

// SlowCount is how often a command was slow.
type SlowCount struct {
	Command string
	Count   uint64
}

// SlowCommand is a command that was slow lately.
type SlowCommand struct {
	Command string
	Ended   time.Time
	Took    time.Duration
}

// NewSlowlog is one that has not been looked at.
func NewSlowlog() *Slowlog {
	return &Slowlog{commands: make(map[string]uint64), counts: SlowlogCounts{Took: newHistogram(SlowBounds)}}
}

// Missing is how many of the newest entries are new, if a look has shown at least the
// newest one: 0 when nobody knows what is new.
func (l *Slowlog) Missing(look valkey.SlowlogLook) int64 {
	since, known := l.since(look)
	if !known || len(look.Entries) == 0 {
		return 0
	}
	return max(0, look.Entries[0].ID-since.number)
}

// since is how far the log of this look has been counted. It is not known at the
// first look, and when another server has taken the place of the one before: what
// is in its log is old.
func (l *Slowlog) since(look valkey.SlowlogLook) (m mark, known bool) {
	switch {
	case l.looked.IsZero():
		return mark{}, false
	case l.run != "" && look.Run != "" && l.run != look.Run:
		return beginning, look.Uptime <= look.At.Sub(l.looked).Seconds()+1 // the server counts whole seconds
	case len(look.Entries) > 0 && look.Entries[0].ID < l.seen.number:
		return beginning, true // only a restart does that
	}
	return l.seen, true
}

// Add counts what a look has shown. It must have fetched what was Missing, or as much
// of it as anybody wants: the rest counts as lost.
func (l *Slowlog) Add(look valkey.SlowlogLook) {
	since, known := l.since(look)
	switch {
	case known && len(look.Entries) > 0:
		l.count(look.Entries, since)
		l.seen = mark{number: look.Entries[0].ID, exact: true}
	case known:
		l.seen = since
	case len(look.Entries) > 0:
		l.seen = mark{number: look.Entries[0].ID, exact: true}
	default:
		l.seen = mark{number: beginning.number}
	}
	l.looked, l.run = look.At, cmp.Or(look.Run, l.run)
	l.counts.Known = true
}

// count counts the entries after a mark. Numbers that are missing in between are
// those of entries that were gone before anybody looked.
func (l *Slowlog) count(entries []valkey.SlowCommand, since mark) {
	if n := slices.IndexFunc(entries, func(e valkey.SlowCommand) bool { return e.ID <= since.number }); n >= 0 {
		entries = entries[:n]
	}
	if len(entries) == 0 {
		return
	}
	if since.exact {
		l.counts.Lost += uint64(entries[0].ID-since.number) - uint64(len(entries))
	}
	var others []SlowCommand
	for _, e := range entries {
		if e.Own {
			l.counts.Own++
			continue
		}
		l.commands[e.Command]++
		l.counts.Took.observe(e.Took)
		others = append(others, SlowCommand{e.Command, e.Ended, e.Took})
	}
	recent := slices.Concat(others, l.counts.Recent)
	l.counts.Recent = recent[:min(recentKept, len(recent))]
}

// Counts are the sums so far.
func (l *Slowlog) Counts() SlowlogCounts {
	c := l.counts
	c.Took, c.Recent = c.Took.clone(), slices.Clone(c.Recent)
	for _, name := range slices.Sorted(maps.Keys(l.commands)) {
		c.Commands = append(c.Commands, SlowCount{name, l.commands[name]})
	}
	return c
}

package checkup

import (
	"cmp"
	"fmt"
	"strings"

	"valkey-exporter/internal/humanize"
)

// number writes one that may not be known.
func number(v *float64, write func(float64) string) string {
	if v == nil {
		return humanize.Unknown
	}
	return write(*v)
}

// limit writes a threshold that may not be set.
func limit(v *float64, write func(float64) string) string {
	if v == nil {
		return "none"
	}
	return write(*v)
}

// named is a key with its database, unless that is 0.
func named(key string, db int) string {
	key = cmp.Or(humanize.Shown(key, 2*nameShown), "(empty name)") // a table cuts it as it needs to
	if db != 0 {
		key += fmt.Sprintf(" (db%d)", db)
	}
	return key
}

func (w *writer) state(text string) string { return w.paint(text, colours[text]) }

func stateOf(state string) string { return cmp.Or(state, "-") }

func (w *writer) queues(all []Queue) {
	if len(all) == 0 {
		return
	}
	w.title("Queues")
	t := table{
		heads: []string{"Queue", "Role", "State", "Depth", "Limit", "Oldest", "Target"},
		paint: make([]func(string) string, 7), left: []bool{true, true, true, false, false, false, false},
	}
	t.paint[2] = w.state
	for i, q := range all {
		if i == rowsShown {
			break
		}
		t.rows = append(t.rows, []string{
			named(q.Queue, q.DB), strings.ReplaceAll(q.Role, "_", " "), stateOf(q.State), number(q.Depth, humanize.Count), limit(q.MaxLength, humanize.Count),
			oldest(q), limit(q.MaxAge, humanize.Seconds),
		})
	}
	t.write(&w.Builder, w.width())
	w.more(len(all))
	for _, q := range all[:min(len(all), rowsShown)] {
		if len(q.DeadLetters) > 0 {
			w.say(indent, fmt.Sprintf("Died in %s, of those that were read: %s", named(q.Queue, q.DB), deaths(q.DeadLetters)))
		}
	}
}

// oldest is an age, or how long the check itself has seen the job.
func oldest(q Queue) string {
	switch {
	case q.Depth != nil && *q.Depth == 0:
		return "-"
	case q.Age == nil, q.AgeIsBound && *q.Age < 1: // that it was made at all is no news
		return humanize.Unknown
	case q.AgeIsBound:
		return ">= " + humanize.Seconds(*q.Age)
	}
	return humanize.Seconds(*q.Age)
}

// deathsShown is how many reasons are told of each queue.
const deathsShown = 3

func deaths(all []DeathsBy) string {
	var parts []string
	for i, d := range all {
		if i == deathsShown {
			parts = append(parts, "...")
			break
		}
		parts = append(parts, fmt.Sprintf("%s x %s", humanize.Count(d.Count), safe(d.Reason)))
	}
	return strings.Join(parts, ", ")
}

// more says how many rows a table does not have.
func (w *writer) more(n int) {
	if n > rowsShown {
		w.line("%sand %s more: --output=json has them", indent, humanize.Count(float64(n-rowsShown)))
	}
}

func (w *writer) classes(r Report) {
	if len(r.Walks) == 0 {
		return
	}
	w.title("Keys by class")
	t := table{
		heads: []string{"Class", "State", "Keys", "No TTL", "Memory", "Largest"},
		paint: make([]func(string) string, 6), left: []bool{true, true, false, false, false, false},
	}
	t.paint[1] = w.state
	for i, c := range r.Classes {
		if i == rowsShown {
			break
		}
		t.rows = append(t.rows, []string{
			named(c.Class, c.DB), stateOf(c.State), atLeast(r.whole(c.DB)) + humanize.Count(c.Keys), estimate(c.WithoutTTL, c.TTLError, c.Keys),
			estimated(c.Bytes, c.BytesError), number(c.LargestBytes, humanize.Size),
		})
	}
	if len(t.rows) == 0 {
		text := "not known: the keys could not be walked over"
		if r.Walks[0].Complete {
			text = "there are no keys"
		}
		w.line("%s%s", indent, text)
		return
	}
	t.write(&w.Builder, w.width())
	w.more(len(r.Classes))
	w.say(indent, "Keys are counted; where there is a +-, the rest is estimated from a sample, and is no further off 19 times of 20.")
	for _, walk := range r.Walks {
		if walk.ServerTime != nil {
			w.say(indent, fmt.Sprintf("Walking over db%d took %s, and %s of the server's time.", walk.DB, humanize.Seconds(walk.Took), milliseconds(*walk.ServerTime)))
		}
	}
}

func milliseconds(seconds float64) string { return humanize.Count(seconds*1e3) + " ms" }

// whole says whether a walk has met all keys of a database.
func (r Report) whole(db int) bool {
	for _, w := range r.Walks {
		if w.DB == db {
			return w.Complete || w.ServerTime != nil
		}
	}
	return false
}

// atLeast marks a lower bound.
func atLeast(whole bool) string {
	if whole {
		return ""
	}
	return ">= "
}

// estimate is a number of keys with its error in keys.
func estimate(v, share *float64, of float64) string {
	if v == nil {
		return humanize.Unknown
	}
	if share == nil || *share == 0 {
		return humanize.Count(*v)
	}
	return fmt.Sprintf("%s +-%s", humanize.Count(*v), humanize.Count(*share*of))
}

// estimated is a number of bytes with its error in percent.
func estimated(v, share *float64) string {
	if v == nil {
		return humanize.Unknown
	}
	if share == nil || *share == 0 {
		return humanize.Size(*v)
	}
	return fmt.Sprintf("%s +-%.0f%%", humanize.Size(*v), max(*share*100, 1))
}

package statuspage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// classRow is a class of keys in a database, with its judgement.
type classRow struct {
	*class.Report
	level level
	words []string
}

// classes lists the classes of keys that have any, those that need attention first,
// then the largest. While the server is down nothing is said of its keys.
func (c *composer) classes(server *facts) *table {
	known := c.Exporter.Classes
	if known == nil || server == nil {
		return nil
	}
	t := &table{
		ID: "classes", Title: "Key classes", Empty: "Nothing is known of the keys at present, or there are none.",
		Heads: []string{"Class", "State", "Keys", "Without TTL", "End within the hour", "Memory", "Largest"},
	}
	var rows []*classRow
	for i := range known.Reports {
		if r := (&classRow{Report: &known.Reports[i], level: good}); r.Keys > 0 {
			c.class(r, server.replica())
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b *classRow) int {
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(b.memory(), a.memory()))
	})
	c.classed = rows
	for i, r := range rows {
		if i == rowsShown {
			t.Notes = append(t.Notes, fmt.Sprintf("and %s more; the metrics have all.", count(float64(len(rows)-i))))
			break
		}
		t.Lines = append(t.Lines, r.line(known.ShowNames))
	}
	for _, w := range known.Walks {
		switch {
		case w.Old:
			t.Notes = append(t.Notes, fmt.Sprintf("%s: counted %s ago, which says nothing about now. No walk has reached the end since; the exporter's log says why.",
				valkey.DatabaseName(w.DB), seconds(c.Exporter.Now.Sub(w.Ended).Seconds())))
		case !w.Ended.IsZero():
			t.Notes = append(t.Notes, fmt.Sprintf("%s: counted %s ago; all but the number of keys is estimated where a class has more keys than are looked at.",
				valkey.DatabaseName(w.DB), seconds(c.Exporter.Now.Sub(w.Ended).Seconds())))
		}
	}
	return t
}

// memory is 0 where it is not known.
func (r *classRow) memory() float64 {
	if r.Memory == nil {
		return 0
	}
	return r.Memory.Bytes
}

// line has the name of the largest key if it may be shown.
func (r *classRow) line(named bool) line {
	name := nameOf(r.Class)
	cells := []cell{{Name: &name, Note: valkey.DatabaseName(r.DB)}, {Text: count(r.Keys)}, {Text: unknown}, {Text: unknown}, {Text: unknown}, {Text: unknown}}
	if e := r.Expiry; e != nil {
		cells[2].Text, cells[3].Text = count(e.Without), count(e.Within[hourOfBounds])
	}
	if r.Memory != nil {
		cells[4].Text = size(r.Memory.Bytes)
	}
	if l := r.Largest; l != nil {
		cells[5].Text = size(l.Bytes)
		if !math.IsNaN(l.Elements) {
			cells[5].Note = "of " + count(l.Elements)
		}
		if named {
			key := nameOf(r.LargestIs)
			cells[5].Aside = &key
		}
	}
	return line{r.level, r.words, cells}
}

// hourOfBounds is the place of an hour among the bounds of a class.
var hourOfBounds = slices.IndexFunc(class.Bounds, func(d time.Duration) bool { return d == time.Hour })

// class judges one class. On a replica nothing is: its keys are those of its primary.
func (c *composer) class(r *classRow, replica bool) {
	if r.Denied {
		r.level, r.words = blind, []string{"may not be seen"}
		return
	}
	if replica {
		r.level = neutral
		return
	}
	where := fmt.Sprintf("%s (%s)", shown(r.Class, nameShown), valkey.DatabaseName(r.DB))
	if locks, ok := r.StuckLocks(); ok && locks > 0 {
		c.trouble(r, c.severity(alert.LockStuck), alert.LockStuck, "stuck", fmt.Sprintf("Locks %s are not released: %s.", where, count(locks)), "Find their holders, and delete the locks of those that are dead.")
	} else if !ok {
		c.leak(r, where)
	}
	if r.Untrimmed != nil {
		c.trouble(r, c.above(*r.Untrimmed, config.UntrimmedSets, alert.LimitUntrimmed), alert.LimitUntrimmed, "not trimmed",
			fmt.Sprintf("Rate limits %s keep entries that count no more: %s sets.", where, count(*r.Untrimmed)), "Remove old entries with each request.")
	}
	if r.Dead != nil {
		c.trouble(r, c.above(r.Dead.Share, config.DeadMembers, alert.TagsDead), alert.TagsDead, "dead members",
			fmt.Sprintf("%s of what the tags %s name does not exist.", percent(r.Dead.Share), where), "Give the sets a TTL.")
	}
}

// leak judges the keys without a TTL of a class that should have none.
func (c *composer) leak(r *classRow, where string) {
	_, on := c.alerts.Thresholds.Get(config.ClassLeak)
	if r.MaxTTL == 0 || r.Expiry == nil || !on || r.Expiry.Without <= c.limit(config.ClassLeakKeys) {
		return
	}
	without := r.Expiry.Without / r.Keys
	c.trouble(r, c.above(without, config.ClassLeak, alert.ClassLeaking), alert.ClassLeaking, "leaks",
		fmt.Sprintf("%s of the keys %s never expire.", percent(without), where), "Write them with a TTL.")
}

// trouble marks a class, and tells of it.
func (c *composer) trouble(r *classRow, l level, name alert.Name, word, text, do string) {
	if l < note {
		return
	}
	r.level = max(r.level, l)
	r.words = append(r.words, word)
	c.tell(l, name, text, do)
}

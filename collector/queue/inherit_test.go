package queue

import (
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

func TestInheritKeepsWhatStillMatches(t *testing.T) {
	old := spec()
	old.Find(0, []string{"queue:processing:1", "queue:bulk", "queue:mail", "queue:low"}, noon)

	changed := NewWatchlist(Options{
		Fixed: []*valkey.Queue{valkey.NewQueue(0, "queue:mail", "work"), valkey.NewQueue(0, "queue:dead", "work")},
		Patterns: []Pattern{
			{Glob: "queue:processing:*", Role: "processing"},
			{Glob: "queue:[bh]*", Role: "dead_letter"},
		},
		MaxQueues: 1000, ForgetAfter: forgetAfter,
	})
	changed.Queues() // somebody has looked already
	changed.Inherit(old)
	want(t, changed, "0/queue:mail work", "0/queue:dead work", "0/queue:bulk dead_letter", "0/queue:processing:1 processing")
	want(t, old, "0/queue:high work", "0/queue:dead dead_letter",
		"0/queue:bulk work", "0/queue:low work", "0/queue:mail work", "0/queue:processing:1 processing")
}

// A queue that has not changed is the same one, so that what the scraper has
// learned about it stays: its type, and that it has been counted as unreadable.
func TestInheritKeepsTheQueueItself(t *testing.T) {
	old := spec()
	old.Find(0, []string{"queue:bulk"}, noon)
	heir := spec()
	heir.Inherit(old)
	before, after := old.Queues(), heir.Queues()
	for i, q := range after {
		if q != before[i] {
			t.Errorf("%s is a new queue", q.Key)
		}
	}
}

func TestInheritKeepsTheHourRunning(t *testing.T) {
	old := spec()
	old.Find(0, []string{"queue:bulk"}, noon)
	observe(old, 0, noon)
	heir := spec()
	heir.Inherit(old)
	observe(heir, 0, minutes(59))
	if !watches(heir, "queue:bulk") {
		t.Error("forgotten too early")
	}
	observe(heir, 0, minutes(60))
	if watches(heir, "queue:bulk") {
		t.Error("the hour began anew")
	}
}

func TestInheritKeepsToTheCap(t *testing.T) {
	old := spec()
	old.Find(0, []string{"queue:c", "queue:a", "queue:b"}, noon)
	o := specOptions()
	o.MaxQueues = 2
	for range 5 {
		heir := NewWatchlist(o)
		heir.Inherit(old)
		want(t, heir, "0/queue:high work", "0/queue:dead dead_letter", "0/queue:a work", "0/queue:b work")
	}
}

// Two databases: the patterns of one change, and a walk for the old ones says
// nothing about the new.
func TestInheritKeepsTheWalksThatAreStillTrue(t *testing.T) {
	options := func(glob string) Options {
		return Options{Patterns: []Pattern{{DB: 0, Glob: "queue:*"}, {DB: 1, Glob: glob}}, MaxQueues: 9, ForgetAfter: forgetAfter}
	}
	old := NewWatchlist(options("a*"))
	old.End(Walked{DB: 0, Ended: noon, Took: time.Second, Keys: 5, Complete: true})
	old.End(Walked{DB: 1, Ended: noon, Took: time.Second, Keys: 7, Complete: true})
	heir := NewWatchlist(options("b*"))
	heir.Inherit(old)
	status, _ := heir.Status()
	if w := status.Walks[0]; !w.Complete || w.Keys != 5 {
		t.Errorf("database 0 = %+v, want the old walk", w)
	}
	if w := status.Walks[1]; w.Complete || !w.Ended.IsZero() {
		t.Errorf("database 1 = %+v, want no walk yet", w)
	}
}

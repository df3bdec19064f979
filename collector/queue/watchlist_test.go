package queue

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

const forgetAfter = time.Hour

var noon = time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)

func minutes(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// spec is a list as the default configuration makes one.
func spec() *Watchlist { return NewWatchlist(specOptions()) }

func specOptions() Options {
	return Options{
		Fixed: []*valkey.Queue{valkey.NewQueue(0, "queue:high", "work"), valkey.NewQueue(0, "queue:dead", "dead_letter")},
		Patterns: []Pattern{
			{Glob: "queue:processing:*", Role: "processing"},
			{Glob: "queue:*", Role: "work"},
		},
		MaxQueues: 1000, ForgetAfter: forgetAfter,
	}
}

// names are the queues of a list as "db/label role".
func names(w *Watchlist) []string {
	var all []string
	for _, q := range w.Queues() {
		all = append(all, fmt.Sprintf("%d/%s %s", q.DB, q.Key, q.Role))
	}
	return all
}

func want(t *testing.T, w *Watchlist, queues ...string) {
	t.Helper()
	if got := names(w); !slices.Equal(got, queues) {
		t.Errorf("watching %q, want %q", got, queues)
	}
}

func watches(w *Watchlist, key string) bool {
	return slices.ContainsFunc(w.Queues(), func(q *valkey.Queue) bool { return q.Key == key })
}

// observe is a scrape in which every queue has this length.
func observe(w *Watchlist, length float64, now time.Time) {
	var readings []valkey.Reading
	for _, q := range w.Queues() {
		readings = append(readings, valkey.Reading{Queue: q, Type: valkey.TypeList, Length: length})
	}
	w.Observe(readings, now)
}

func TestFoundQueuesJoinTheFixedOnes(t *testing.T) {
	w := spec()
	want(t, w, "0/queue:high work", "0/queue:dead dead_letter")
	turnedAway := w.Find(0, []string{"queue:processing:2", "cache:x", "queue:bulk", "queue:processing:1", "queue:dead"}, noon)
	if turnedAway != 0 {
		t.Errorf("%d queues turned away, want none", turnedAway)
	}
	want(t, w, "0/queue:high work", "0/queue:dead dead_letter", // the configured role of queue:dead stays
		"0/queue:bulk work", "0/queue:processing:1 processing", "0/queue:processing:2 processing")
}

func TestQueuesAreSortedByDatabase(t *testing.T) {
	w := NewWatchlist(Options{
		Fixed:     []*valkey.Queue{valkey.NewQueue(3, "z", "work"), valkey.NewQueue(0, "z", "work"), valkey.NewQueue(0, "a", "work")},
		Patterns:  []Pattern{{DB: 0, Glob: "*", Role: "found"}, {DB: 3, Glob: "*", Role: "found"}, {DB: 4, Glob: "*", Role: "found"}},
		MaxQueues: 10, ForgetAfter: forgetAfter,
	})
	w.Find(4, []string{"b"}, noon)
	w.Find(3, []string{"b", "a", "z"}, noon)
	w.Find(0, []string{"b", "z"}, noon)
	want(t, w, "0/z work", "0/a work", "0/b found", "3/z work", "3/a found", "3/b found", "4/b found")
}

func TestHandedOutQueuesNeverChange(t *testing.T) {
	w := spec()
	w.Find(0, []string{"queue:b"}, noon)
	before := w.Queues()
	kept := slices.Clone(before)
	w.Find(0, []string{"queue:a", "queue:c"}, noon)
	observe(w, 0, minutes(0))
	observe(w, 0, minutes(60))
	if !slices.Equal(before, kept) {
		t.Error("the slice changed after it was handed out")
	}
	if again := w.Queues(); len(again) != 2 {
		t.Errorf("%d queues are left, want the fixed ones", len(again))
	}
}

func TestNothingIsMadeAnewWhenNothingChanges(t *testing.T) {
	w := spec()
	w.Find(0, []string{"queue:a"}, noon)
	before := w.Queues()
	w.Find(0, []string{"queue:a"}, minutes(1))
	observe(w, 1, minutes(2))
	if after := w.Queues(); &before[0] != &after[0] {
		t.Error("the list was made anew without need")
	}
}

func TestADrainedQueueStaysForAnHour(t *testing.T) {
	w := spec()
	w.Find(0, []string{"queue:bulk"}, noon)
	for minute := range 60 {
		observe(w, 0, minutes(minute))
		if !watches(w, "queue:bulk") {
			t.Fatalf("gone after %d minutes", minute)
		}
	}
	observe(w, 0, minutes(60))
	want(t, w, "0/queue:high work", "0/queue:dead dead_letter") // which are empty just as long

	w.Find(0, []string{"queue:bulk"}, minutes(90))
	observe(w, 0, minutes(90))
	observe(w, 0, minutes(149))
	if !watches(w, "queue:bulk") {
		t.Error("it came back, and was forgotten before its hour was over")
	}
}

// Whoever looks, scrape or walk, and finds it in use gives it a new hour.
func TestAQueueInUseStays(t *testing.T) {
	for _, c := range []struct {
		name string
		used func(w *Watchlist, now time.Time)
	}{
		{"a scrape saw entries", func(w *Watchlist, now time.Time) { observe(w, 1, now) }},
		{"a walk met the key", func(w *Watchlist, now time.Time) { w.Find(0, []string{"queue:quick"}, now) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := spec()
			w.Find(0, []string{"queue:quick"}, noon)
			for minute := range 240 { // empty at every scrape, but for a moment each 50 minutes
				if minute%50 == 49 {
					c.used(w, minutes(minute))
				}
				observe(w, 0, minutes(minute))
			}
			if !watches(w, "queue:quick") {
				t.Error("a queue in use was forgotten")
			}
		})
	}
}

// The hour counts only while somebody can see that the queue is empty.
func TestAnOutageForgetsNothing(t *testing.T) {
	for _, c := range []struct {
		name    string
		reading func(q *valkey.Queue) []valkey.Reading
	}{
		{"server down", func(*valkey.Queue) []valkey.Reading { return nil }},
		{"key denied", func(q *valkey.Queue) []valkey.Reading {
			return []valkey.Reading{{Queue: q, Reason: valkey.ReasonDenied}}
		}},
		{"wrong type", func(q *valkey.Queue) []valkey.Reading {
			return []valkey.Reading{{Queue: q, Reason: valkey.ReasonWrongType}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := spec()
			w.Find(0, []string{"queue:bulk"}, noon)
			queues := w.Queues()
			w.Fail(0)
			w.Observe(c.reading(queues[len(queues)-1]), minutes(600))
			observe(w, 0, minutes(601))
			if !watches(w, "queue:bulk") {
				t.Error("it was forgotten after one empty reading")
			}
		})
	}
}

// Walks go on when nobody scrapes: what they no longer meet goes too.
func TestWithoutScrapesWalksForget(t *testing.T) {
	w := spec()
	for minute := range 200 { // a worker a minute, each of which lives for one
		w.Find(0, []string{fmt.Sprintf("queue:processing:%d", minute)}, minutes(minute))
		w.End(Walked{Ended: minutes(minute).Add(time.Second), Took: 2 * time.Second})
	}
	status, _ := w.Status()
	if status.Found != 61 { // this one, and those of the last hour
		t.Errorf("%d queues are known, want 61", status.Found)
	}
}

func TestAWalkSpeaksForItsDatabaseOnly(t *testing.T) {
	w := NewWatchlist(Options{
		Patterns:  []Pattern{{DB: 0, Glob: "*"}, {DB: 1, Glob: "*"}},
		MaxQueues: 10, ForgetAfter: forgetAfter,
	})
	w.Find(0, []string{"a"}, noon)
	w.Find(1, []string{"b"}, noon)
	for _, minute := range []int{30, 60, 90} {
		w.End(Walked{DB: 1, Ended: minutes(minute), Took: time.Minute})
	}
	if !watches(w, "a") || watches(w, "b") {
		t.Errorf("watching %q, want a only", names(w))
	}
}

func TestWithoutPatienceADrainedQueueGoesAtOnce(t *testing.T) {
	o := specOptions()
	o.ForgetAfter = 0
	w := NewWatchlist(o)
	w.Find(0, []string{"queue:bulk"}, noon)
	observe(w, 1, minutes(1))
	if !watches(w, "queue:bulk") {
		t.Error("a queue with entries was forgotten")
	}
	observe(w, 0, minutes(2))
	if watches(w, "queue:bulk") {
		t.Error("an empty queue is still there")
	}
}

func TestTheCapTurnsAway(t *testing.T) {
	o := specOptions()
	o.MaxQueues = 2
	w := NewWatchlist(o)
	keys := []string{"queue:a", "queue:high", "queue:b", "queue:c", "cache:x", "queue:d", "queue:a"}
	if got := w.Find(0, keys, noon); got != 2 {
		t.Errorf("%d turned away, want 2", got)
	}
	want(t, w, "0/queue:high work", "0/queue:dead dead_letter", "0/queue:a work", "0/queue:b work")
	observe(w, 0, noon)
	observe(w, 0, minutes(60))
	if got := w.Find(0, keys[3:4], minutes(61)); got != 0 {
		t.Error("turned away although there is room again")
	}
}

func TestOneListServesManyAtOnce(t *testing.T) {
	w := spec()
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 200 {
				now := minutes(i)
				w.Find(0, []string{fmt.Sprintf("queue:processing:%d", i%50), fmt.Sprintf("queue:%d:%d", worker, i)}, now)
				observe(w, float64(i%2), now)
				w.End(Walked{Ended: now, Took: time.Second})
				w.Status()
				spec().Inherit(w)
			}
		})
	}
	all.Wait()
}

package queue

import (
	"testing"
	"time"
)

func TestWithoutPatternsThereIsNoDiscovery(t *testing.T) {
	if status, ok := NewWatchlist(Options{}).Status(); ok {
		t.Errorf("Status() = %+v, true", status)
	}
}

func TestStatusBeforeTheFirstWalk(t *testing.T) {
	status, ok := NewWatchlist(Options{Patterns: []Pattern{{DB: 2, Glob: "*"}, {DB: 0, Glob: "*"}}, MaxQueues: 7}).Status()
	if !ok || len(status.Walks) != 2 || status.MaxQueues != 7 {
		t.Fatalf("Status() = %+v, %v, want two databases and the cap", status, ok)
	}
	for i, db := range []int{0, 2} {
		if w := status.Walks[i]; w != (Walked{DB: db}) {
			t.Errorf("walk %d = %+v, want one of database %d that has not ended", i, w, db)
		}
	}
}

// A walk that fails leaves the age and size of the last one that did not.
func TestAFailedWalkIsIncomplete(t *testing.T) {
	w := spec()
	w.Find(0, []string{"queue:bulk"}, noon)
	w.End(Walked{Ended: noon, Took: time.Second, Keys: 10, Complete: true})
	w.Fail(0)
	status, _ := w.Status()
	if got, want := status.Walks[0], (Walked{Ended: noon, Took: time.Second, Keys: 10}); got != want {
		t.Errorf("walk = %+v, want %+v", got, want)
	}
	if status.Found != 1 {
		t.Errorf("%d queues known, want the one found before", status.Found)
	}
}

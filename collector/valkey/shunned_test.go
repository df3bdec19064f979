package valkey

import (
	"errors"
	"testing"
	"time"
)

func TestQueueThatIsNoLongerAskedAboutIsForgotten(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := make(shunned)
	s.add(NewQueue(0, "old", ""), "", errors.New("denied"), now.Add(-time.Second))
	s.add(NewQueue(0, "new", ""), "LLEN", errors.New("denied"), now.Add(time.Second))
	s.forget(now)
	if len(s) != 1 {
		t.Errorf("%d queues are known, want 1", len(s))
	}
}

package flow_test

import (
	"fmt"
	"testing"
	"time"

	"valkey-exporter/collector/queue/flow"
)

// queue is a list with a backlog on a server that tells nothing of the ends,
// which is observed while messages come and go.
type queue struct {
	*observer
	made int
}

func newQueue() *queue {
	q := &queue{observer: &observer{server: newServer(100), adjust: noStatistics}}
	q.server.fill(q.texts(20)...)
	q.look()
	return q
}

func (q *queue) texts(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		q.made++
		texts[i] = fmt.Sprint("job ", q.made)
	}
	return texts
}

// round is a look after this many messages came and left.
func (q *queue) round(push, pop flow.End, came, left int) {
	q.after(func(s *server) {
		for _, text := range q.texts(came) {
			s.push(map[flow.End]string{flow.Head: "lpush", flow.Tail: "rpush"}[push], push, text)
		}
		s.pop(map[flow.End]string{flow.Head: "lpop", flow.Tail: "rpop"}[pop], pop, left)
	})
}

func TestTheOrderIsFoundInThreeLooksAtGrowthAndThreeAtDecline(t *testing.T) {
	for _, c := range []struct {
		push, pop flow.End
		want      flow.Order
	}{
		{flow.Head, flow.Tail, flow.FIFO},
		{flow.Tail, flow.Head, flow.FIFO},
		{flow.Head, flow.Head, flow.LIFO},
		{flow.Tail, flow.Tail, flow.LIFO},
	} {
		q := newQueue()
		for range 3 {
			q.round(c.push, c.pop, 3, 2)
			q.round(c.push, c.pop, 2, 3)
		}
		if got := q.Order(); got != c.want || q.NewestEnd() != c.push || q.ConsumerEnd() != c.pop {
			t.Errorf("pushed at the %v and popped at the %v: %v, %v and %v", c.push, c.pop, got, q.NewestEnd(), q.ConsumerEnd())
		}
	}
}

func TestAQueueThatIsOnlyFilledHasNoOrder(t *testing.T) {
	q := newQueue()
	for range 100 {
		q.round(flow.Tail, flow.Head, 2, 0)
	}
	if q.Order() != flow.Unknown || q.NewestEnd() != flow.Tail || q.ConsumerEnd() != flow.Neither {
		t.Errorf("%v, pushed at the %v, popped at the %v", q.Order(), q.NewestEnd(), q.ConsumerEnd())
	}
}

func TestWhatTheServerRanIsProofOfTheOrder(t *testing.T) {
	q := newQueue()
	q.adjust = nil
	q.after(func(s *server) { s.lpush("x", "y"); s.rpop(1) })
	if got := q.Order(); got != flow.FIFO {
		t.Errorf("%v after one look", got)
	}
}

func TestOneMessageThatIsPutBackDoesNotChangeTheOrder(t *testing.T) {
	for _, pop := range []flow.End{flow.Head, flow.Tail} {
		q := newQueue()
		for range 10 {
			q.round(pop.Opposite(), pop, 3, 3)
		}
		q.round(pop, pop, 1, 0) // put back and still there
		if got := q.Order(); got != flow.FIFO {
			t.Errorf("popped at the %v: %v after one was put back", pop, got)
		}
		q.round(pop.Opposite(), pop.Opposite(), 0, 1) // the newest was removed
		if got := q.Order(); got != flow.FIFO {
			t.Errorf("popped at the %v: %v after one was removed", pop, got)
		}
	}
}

func TestAnotherConsumerIsNoticedWithinHalfAMinute(t *testing.T) {
	q := newQueue()
	for range 100 {
		q.round(flow.Head, flow.Head, 3, 2)
		q.round(flow.Head, flow.Head, 2, 3)
	}
	if got := q.Order(); got != flow.LIFO {
		t.Fatalf("%v, want LIFO", got)
	}
	changed := q.server.now
	for q.Order() != flow.FIFO && q.server.now.Sub(changed) < time.Hour {
		q.round(flow.Head, flow.Tail, 3, 3)
	}
	if took := q.server.now.Sub(changed); took > 30*time.Second {
		t.Errorf("noticed after %v", took)
	}
}

func TestAQueueThatRestsKeepsItsOrder(t *testing.T) {
	q := newQueue()
	for range 5 {
		q.round(flow.Head, flow.Tail, 3, 3)
	}
	for range 1000 {
		q.round(flow.Head, flow.Tail, 0, 0)
	}
	if got := q.Order(); got != flow.FIFO {
		t.Errorf("%v", got)
	}
}

func TestTimestampsTellTheNewerEndOfAListThatStands(t *testing.T) {
	stamped := func(head, tail time.Duration) *queue {
		q := newQueue()
		q.adjust = func(s *flow.Sight) { s.HeadTime, s.TailTime = noon.Add(head), noon.Add(tail) }
		for range 4 {
			q.round(flow.Head, flow.Tail, 0, 0)
		}
		return q
	}
	if got := stamped(time.Hour, 0).NewestEnd(); got != flow.Head {
		t.Errorf("newest at the %v, want the head", got)
	}
	if got := stamped(0, time.Hour).NewestEnd(); got != flow.Tail {
		t.Errorf("newest at the %v, want the tail", got)
	}
	if got := stamped(time.Hour, time.Hour).NewestEnd(); got != flow.Neither {
		t.Errorf("newest at the %v, although both are of the same time", got)
	}
	q := stamped(time.Hour, 0) // a message that is put back may have any timestamp
	for range 10 {
		q.round(flow.Tail, flow.Head, 2, 1)
	}
	if q.NewestEnd() != flow.Tail {
		t.Error("timestamps count more than what is seen")
	}
}

package flow_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/queue/flow"
)

func TestTheOldestMessageOfAQueueIsKnownToHaveComeWithinOneLook(t *testing.T) {
	q := newQueue()
	for i := range 200 {
		left := 4
		if i < 100 {
			left = 2
		}
		q.round(flow.Head, flow.Tail, 3, left)
		if late := q.OldestSeen().Sub(q.server.oldest()); i > 15 && (late < 0 || late > interval) {
			t.Fatalf("look %d: seen %v after it came", i, late)
		}
	}
}

// A backlog of hours is not remembered look by look.
func TestTheOldestMessageOfALongBacklogIsKnownWithinAFewPercent(t *testing.T) {
	q := newQueue()
	for range 2000 {
		q.round(flow.Head, flow.Tail, 1, 0)
	}
	if n := len(q.State().Arrivals); n > 128 {
		t.Errorf("%d arrivals are remembered", n)
	}
	for q.server.list.len() > 100 {
		q.round(flow.Head, flow.Tail, 1, 20)
		age, late := q.server.now.Sub(q.server.oldest()), q.OldestSeen().Sub(q.server.oldest())
		if late < 0 || late > 2000*interval*2/100 {
			t.Fatalf("%v old, seen %v after it came", age, late)
		}
	}
}

func TestTheBottomOfAStackIsKnownToBeThere(t *testing.T) {
	q := newQueue()
	for range 50 {
		q.round(flow.Tail, flow.Tail, 3, 3)
	}
	if got := q.OldestSeen(); !got.Equal(noon) {
		t.Errorf("%v, want the first look", got)
	}
}

// What is pushed and popped at the top is not seen, so it is not known how many
// of those above the bottom are old.
func TestAfterAStackBecomesAQueueNothingIsTakenToBeOld(t *testing.T) {
	q := newQueue()
	for range 20 {
		q.after(func(s *server) { s.lpop(15); s.lpush(q.texts(15)...) })
	}
	for range 10 {
		q.round(flow.Head, flow.Tail, 8, 8)
		if late := q.OldestSeen().Sub(q.server.oldest()); late < 0 {
			t.Fatalf("taken to be older than it is by %v", -late)
		}
	}
}

func TestInAQueueOfUnknownOrderWhatStaysAtAnEndIsKnown(t *testing.T) {
	q := newQueue()
	for range 50 {
		q.round(flow.Tail, flow.Head, 1, 0)
	}
	if got := q.OldestSeen(); !got.Equal(noon) {
		t.Errorf("%v, want the first look", got)
	}
}

// The consumers come back after an hour: then the oldest message is still one of
// those that came first.
func TestWhenConsumersComeBackTheAgeDoesNotBeginAnew(t *testing.T) {
	q := newQueue()
	for range 100 {
		q.round(flow.Head, flow.Tail, 3, 0)
	}
	q.round(flow.Head, flow.Tail, 3, 30)
	if late := q.OldestSeen().Sub(q.server.oldest()); late < 0 || late > 2*interval {
		t.Errorf("seen %v after it came", late)
	}
}

func TestAnEmptyListHasNoOldestMessage(t *testing.T) {
	q := newQueue()
	q.after(func(s *server) { s.rpop(100) })
	if got := q.OldestSeen(); !got.IsZero() {
		t.Errorf("%v", got)
	}
	q.server.now = q.server.now.Add(time.Second)
	q.Resized(3, q.server.now)
	if got := q.OldestSeen(); !got.Equal(q.server.now) {
		t.Errorf("%v, want when a scrape saw it", got)
	}
	q.Resized(0, q.server.now.Add(time.Second))
	if got := q.OldestSeen(); !got.IsZero() {
		t.Errorf("%v although a scrape saw it empty", got)
	}
}

func TestAfterTurningOverNothingIsOld(t *testing.T) {
	q := newQueue()
	for range 10 {
		q.round(flow.Head, flow.Tail, 3, 3)
	}
	q.round(flow.Head, flow.Tail, 30, 40)
	if got := q.OldestSeen(); !got.Equal(q.server.now) {
		t.Errorf("%v, want now", got)
	}
}

// kept is a queue after the exporter was away for an hour.
func (q *queue) kept(t *testing.T) *queue {
	t.Helper()
	text, err := json.Marshal(q.State())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "job") {
		t.Errorf("messages are kept: %s", text)
	}
	var state flow.State
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	again := &queue{observer: &observer{server: q.server, adjust: noStatistics, looks: q.looks, began: q.began}, made: q.made}
	again.Restore(state)
	q.server.now = q.server.now.Add(time.Hour)
	return again
}

func TestARestartKeepsTotalsOrderAndAge(t *testing.T) {
	q := newQueue()
	for range 20 {
		q.round(flow.Head, flow.Tail, 3, 2)
	}
	seen := q.OldestSeen()
	came, went := q.Totals()
	again := q.kept(t)
	again.look()
	if got := again.OldestSeen(); !got.Equal(seen) || again.Order() != flow.FIFO {
		t.Errorf("the oldest is seen since %v, order %v; want %v and FIFO", got, again.Order(), seen)
	}
	if enqueued, dequeued := again.Totals(); enqueued != came || dequeued != went {
		t.Errorf("%v and %v, want %v and %v", enqueued, dequeued, came, went)
	}
	again.round(flow.Head, flow.Tail, 5, 4)
	if enqueued, dequeued := again.Totals(); enqueued != came+5 || dequeued != went+4 {
		t.Errorf("%v and %v, want five and four more than %v and %v", enqueued, dequeued, came, went)
	}
}

func TestWhatChangedWhileTheExporterWasAwayIsNotOld(t *testing.T) {
	q := newQueue()
	for range 5 {
		q.round(flow.Head, flow.Tail, 3, 2)
	}
	again := q.kept(t)
	again.server.lpush(again.texts(30)...)
	again.server.rpop(30)
	l := again.look()
	if got := again.OldestSeen(); !got.Equal(again.server.now) {
		t.Errorf("seen since %v, want now", got)
	}
	if l.First || l.Exact || l.Enqueued != 0 || l.Gone {
		t.Errorf("%+v, want a lower bound by the length", l.Interval)
	}
}

func TestOfAQueueThatWasOnlyWorkedOffMeanwhileTheAgeIsKnown(t *testing.T) {
	q := newQueue()
	for range 5 {
		q.round(flow.Head, flow.Tail, 3, 0)
	}
	again := q.kept(t)
	again.server.rpop(25)
	again.look()
	if late := again.OldestSeen().Sub(again.server.oldest()); late < 0 || late > 2*interval {
		t.Errorf("seen %v after it came", late)
	}
}

func TestAStateThatCannotBeTrueIsIgnored(t *testing.T) {
	good := newQueue().State()
	for name, spoil := range map[string]func(*flow.State){
		"never looked":       func(s *flow.State) { s.At = time.Time{} },
		"negative total":     func(s *flow.State) { s.Dequeued = -1 },
		"negative length":    func(s *flow.State) { s.Length = -1 },
		"no such end":        func(s *flow.State) { s.Push.Known = 7 },
		"more than certain":  func(s *flow.State) { s.Pop.Score = 2 },
		"more than there is": func(s *flow.State) { s.Arrivals[0].Left = 21 },
		"none of it":         func(s *flow.State) { s.Arrivals[0].Left = 0 },
		"out of order":       func(s *flow.State) { s.Arrivals = append(s.Arrivals, flow.Arrival{Left: 20, At: noon.Add(-1)}) },
		"too many":           func(s *flow.State) { s.Arrivals = make([]flow.Arrival, 1000) },
	} {
		bad := good
		bad.Arrivals = append([]flow.Arrival(nil), good.Arrivals...)
		spoil(&bad)
		var m flow.Meter
		m.Restore(bad)
		if iv := m.Measure(flow.Sight{At: noon, Length: 3}); !iv.First {
			t.Errorf("%s: %+v, want a first look", name, iv)
		}
	}
	var m flow.Meter
	m.Restore(good)
	if iv := m.Measure(flow.Sight{At: noon, Length: 23}); iv.First || iv.Enqueued != 3 {
		t.Errorf("%+v of a good state", iv)
	}
}

package flow_test

import (
	"testing"
	"time"

	"valkey-exporter/collector/queue/flow"
)

// totals fails the test if they are not these.
func (q *queue) want(t *testing.T, enqueued, dequeued float64) {
	t.Helper()
	if came, went := q.Totals(); came != enqueued || went != dequeued {
		t.Errorf("%v enqueued and %v dequeued, want %v and %v", came, went, enqueued, dequeued)
	}
}

// scraped is a scrape a second later.
func (q *queue) scraped(length float64) {
	q.server.now = q.server.now.Add(time.Second)
	q.Resized(length, q.server.now)
}

func TestScrapesBetweenLooksCount(t *testing.T) {
	q := newQueue()
	q.scraped(25)
	q.want(t, 5, 0)
	q.scraped(18)
	q.want(t, 5, 7)
	l := q.look() // it is 20 again
	if l.Enqueued != 7 || l.Dequeued != 7 || l.Exact {
		t.Errorf("%+v", l.Interval)
	}
	q.want(t, 7, 7)
}

func TestALookThatKnowsMoreReplacesWhatScrapesShowed(t *testing.T) {
	q := newQueue()
	q.scraped(25)
	q.scraped(23)
	q.want(t, 5, 2)
	q.round(flow.Head, flow.Tail, 30, 19)
	q.want(t, 30, 19)
}

func TestAScrapeContradictsALookThatWouldBeExact(t *testing.T) {
	q := newQueue()
	q.adjust = nil
	q.after(func(s *server) { s.lpush("x"); s.rpop(1) })
	q.scraped(22)
	q.scraped(20)
	if l := q.after(func(s *server) { s.lpush("y"); s.rpop(1) }); l.Exact || l.Enqueued != 2 {
		t.Errorf("%+v, want a lower bound of 2", l.Interval)
	}
}

// A list that a scrape saw empty may have been deleted: the next look tells.
func TestWhatLeftTheListEmptyCountsFromTheNextLook(t *testing.T) {
	q := newQueue()
	q.scraped(12)
	q.scraped(0)
	q.want(t, 0, 8)
	q.scraped(3)
	q.want(t, 3, 8)
	q.after(func(s *server) { s.rpop(20) })
	q.want(t, 3, 23)
}

func TestTotalsDoNotFallWhenWhatScrapesShowedHasVanished(t *testing.T) {
	q := newQueue()
	q.scraped(12)
	q.server.del()
	head, tail := q.Markers()
	sight := q.server.sight(head, tail)
	iv := q.Measure(sight)
	iv.Dequeued = 0 // all of it has vanished
	q.Commit(sight, iv)
	q.want(t, 0, 8)
}

func TestScrapesBeforeTheFirstLookAndOldOnesDoNotCount(t *testing.T) {
	var m flow.Meter
	m.Resized(5, noon)
	if enqueued, dequeued := m.Totals(); enqueued != 0 || dequeued != 0 {
		t.Errorf("%v and %v", enqueued, dequeued)
	}
	q := newQueue()
	q.Resized(99, q.server.now)
	q.want(t, 0, 0)
}

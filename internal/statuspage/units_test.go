package statuspage

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

// What is not known is a gap in the line, not a fall to 0.
func TestGraph(t *testing.T) {
	at := func(i int, v float64) point { return point{noon.Add(time.Duration(i) * time.Minute), v} }
	points := []point{at(0, 0), at(1, 10), at(2, 5), at(3, math.NaN()), at(4, 10), at(5, 0)}
	g := newGraph("depth", points, axis{noon, noon.Add(5 * time.Minute)}, count)
	if want := "M0 39h1L48 1L96 20M192 1h1L240 39"; g.Path() != want {
		t.Errorf("%s, want %s", g.Path(), want)
	}
	if want := "depth in the last 5 min: between 0 and 10, last 0"; g.Label != want {
		t.Errorf("%q, want %q", g.Label, want)
	}
	many := axis{noon, noon.Add(time.Hour)} // several points share a step
	for _, hole := range []int{1, 2, 3, 4, 5, 6} {
		points := []point{}
		for i := range 600 {
			points = append(points, point{noon.Add(time.Duration(i) * 6 * time.Second), 1})
		}
		points[300+hole].value = math.NaN()
		if path := newGraph("depth", points, many, count).Path(); strings.Count(path, "M") != 2 {
			t.Errorf("the gap is not seen: %s", path)
		}
	}
	if g.limit(1000); g.Limit != 0 {
		t.Errorf("a limit far away is drawn at %d", g.Limit)
	}
	if g.limit(8); g.Limit == 0 {
		t.Error("no limit")
	}
	if newGraph("depth", points[:1], axisOf(noon, noon), count) != nil {
		t.Error("a graph of one point")
	}
	unknown := newGraph("depth", []point{at(0, math.NaN()), at(1, math.NaN())}, axis{noon, noon.Add(5 * time.Minute)}, count)
	if unknown.Path() != "" || !strings.HasSuffix(unknown.Label, ": unknown") {
		t.Errorf("%q, %q", unknown.Path(), unknown.Label)
	}
}

// A peak that lasts for one point among many is not lost when the line is
// simplified.
func TestGraphKeepsPeaks(t *testing.T) {
	var points []point
	for i := range pointsKept {
		points = append(points, point{noon.Add(time.Duration(i) * spacing), 1})
	}
	points[77].value = 100
	g := newGraph("depth", points, axisOf(noon, noon.Add(span)), count)
	if !strings.Contains(g.Path(), " 1L") {
		t.Errorf("the peak is missing: %s", g.Path())
	}
	if n := strings.Count(g.Path(), "L"); n > graphSteps+1 {
		t.Errorf("%d points are drawn", n)
	}
}

// Points that come too close together are left out; jitter loses none.
func TestSpacing(t *testing.T) {
	h := newHistory()
	for i := range 12 {
		h.scraped(noon.Add(time.Duration(i)*5*time.Second), nil)
	}
	if n := len(h.scrapes()); n != 4 {
		t.Errorf("%d points of a minute of scrapes every 5 s, want 4", n)
	}
	h = newHistory()
	h.scraped(noon, nil)
	h.scraped(noon.Add(time.Second), &facts{run: "a"})
	h.scraped(noon.Add(2*time.Second), &facts{run: "a"})
	if n := len(h.scrapes()); n != 2 {
		t.Errorf("%d points of a server that answers again, want 2", n)
	}
	h = newHistory()
	for i := range 100 {
		h.scraped(noon.Add(time.Duration(i)*15*time.Second+time.Duration(i%3)*300*time.Millisecond), nil)
	}
	if n := len(h.scrapes()); n != 100 {
		t.Errorf("%d points of 100 scrapes", n)
	}
}

// A length of which only scrapes tell is one point for each scrape.
func TestLengthsOfScrapes(t *testing.T) {
	h, q := newHistory(), valkey.NewQueue(0, "jobs", "work")
	for i := range 8 {
		now := noon.Add(time.Duration(i) * 15 * time.Second)
		h.observed(now, []depth{{queue: q, at: now.Truncate(time.Minute), depth: float64(i), counters: totals{nan, nan, nan}}})
	}
	if got := h.depths(q); len(got) != 2 || got[1].value != 4 {
		t.Errorf("%v", got)
	}
	if f := h.flow(q, noon.Add(2*time.Minute), rateWindow); !math.IsNaN(f.in) || !math.IsNaN(f.vanished) {
		t.Errorf("%+v", f)
	}
}

// A queue may be looked into long after its length was first known, and not be
// looked into any more later.
func TestRatesOfAQueueThatIsLookedIntoLate(t *testing.T) {
	for _, lengths := range []int{1, 40, pointsKept - 1, pointsKept, pointsKept + 5} {
		h, q := newHistory(), valkey.NewQueue(0, "jobs", "work")
		now := noon
		observe := func(counters totals) {
			now = now.Add(15 * time.Second)
			h.observed(now, []depth{{queue: q, at: now, depth: 1, counters: counters}})
		}
		for range lengths {
			observe(totals{none, none, none})
		}
		if f := h.flow(q, now, rateWindow); !math.IsNaN(f.in) || !math.IsNaN(f.out) || !math.IsNaN(f.vanished) || f.over != 0 {
			t.Errorf("%d lengths: %+v", lengths, f)
		}
		for i := range 5 {
			observe(totals{in: float64(30 * i), out: float64(15 * i), vanished: float64(i)})
		}
		want := flow{in: 2, out: 1, vanished: 4, came: 120, over: 60}
		if f := h.flow(q, now, rateWindow); f != want {
			t.Errorf("looked into after %d lengths: %+v, want %+v", lengths, f, want)
		}
		observe(totals{none, none, none})
		if f := h.flow(q, now, rateWindow); f != want {
			t.Errorf("no longer looked into after %d lengths: %+v, want %+v", lengths, f, want)
		}
		if n := len(h.depths(q)); n != min(lengths+6, pointsKept) {
			t.Errorf("%d points after %d lengths", n, lengths)
		}
	}
}

// Of more queues than there is room for, those that have a history keep it, and
// others come in when one is gone.
func TestQueuesOfTheHistory(t *testing.T) {
	s := play(t, `queues: [{pattern: "*"}]`)
	for i := range mostQueues + 2 {
		s.unlooked(strconv.Itoa(i), "", 3)
	}
	all, readings := s.state.Queues, s.read
	watch := func(from int) {
		s.state.Queues, s.read = all[from:], readings[from:]
		s.pass(15*time.Second, nil)
	}
	has := func(i int) bool { return len(s.page.history.depths(all[i])) > 0 }
	watch(1)
	watch(0)
	if has(0) || !has(1) || !has(mostQueues) || has(mostQueues+1) {
		t.Error("a queue without a history has taken the place of one that has it")
	}
	watch(2)
	watch(2)
	if has(1) || !has(mostQueues+1) || len(s.page.history.depths(all[2])) != 4 {
		t.Error("a queue that is gone keeps its place")
	}
	if n := len(s.page.history.queues); n != mostQueues {
		t.Errorf("%d queues have a history", n)
	}
}

func TestRatesOfAQueue(t *testing.T) {
	h, q := newHistory(), valkey.NewQueue(0, "jobs", "work")
	for i := range 41 {
		now := noon.Add(time.Duration(i) * 15 * time.Second)
		h.observed(now, []depth{{queue: q, at: now, depth: 1, counters: totals{in: float64(30 * i), out: float64(15 * i)}}})
	}
	if f := h.flow(q, noon.Add(10*time.Minute), rateWindow); f.in != 2 || f.out != 1 || f.came != 600 || f.over != 300 {
		t.Errorf("%+v", f)
	}
}

// watching has so many queues, of which the first thousand are looked into.
func watching(b *testing.B, n int) *scene {
	b.Helper()
	s := play(b, `queues: [{pattern: "*"}]`)
	for i := range n {
		key := fmt.Sprintf("queue:%d", i)
		if i < 1000 {
			s.queue(key, float64(i), 1)
		} else {
			s.unlooked(key, "", 1)
		}
	}
	return s
}

// A page that somebody looks at.
func BenchmarkPage(b *testing.B) {
	for _, n := range []int{6, 100, 1000, 10_000} {
		b.Run(fmt.Sprintf("%d queues", n), func(b *testing.B) {
			s := watching(b, n)
			s.pass(span, s.busy)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.page.compose().render(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What goes on whether somebody looks or not.
func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("%d queues", n), func(b *testing.B) {
			s := watching(b, n)
			s.scrape()
			b.ReportAllocs()
			for b.Loop() {
				s.state.Exporter.Now = s.state.Exporter.Now.Add(spacing)
				s.page.Observe()
			}
		})
	}
}

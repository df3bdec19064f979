package statuspage

import (
	"math"
	"sync"
	"time"

	"valkey-exporter/collector/valkey"
)

const (
	// spacing is the least time between two points. It is less than the usual
	// interval of scrapes, 15 s, so that their jitter does not drop every other one.
	spacing = 14 * time.Second
	// pointsKept reach back half an hour.
	pointsKept = 130
	// span is what the small graphs show.
	span = pointsKept * spacing
	// mostQueues bounds the queues of which there is a history: as many as are
	// looked into by default. In all they take 3.2 MB, and 1.4 MB when only their
	// lengths are known, which a test measures.
	mostQueues = 1000
	// rateWindow is that of the recording rules.
	rateWindow = 5 * time.Minute
)

// history is the last half hour of the server and of the queues.
type history struct {
	spacing time.Duration // the least between two points

	mu     sync.Mutex
	server []serverPoint
	queues map[place]*series
}

// place is a key of a database.
type place struct {
	db  int
	key string
}

func placeOf(q *valkey.Queue) place { return place{q.DB, q.Key} }

// serverPoint is one scrape. A failed one has no numbers.
type serverPoint struct {
	at     time.Time
	run    string
	memory float64
	counters
}

// series is the history of one queue, with the counters as they were last.
type series struct {
	depths   []depthPoint
	flows    []flowPoint // of the same moments; nil as long as none is known
	observed time.Time   // what was known last is from then
	last     totals
	alive    bool
}

// depthPoint is how long a queue was. Single precision is more than a small graph
// shows, and half the memory.
type depthPoint struct {
	at    uint32 // seconds since 1970
	depth float32
}

func (p depthPoint) time() time.Time { return time.Unix(int64(p.at), 0) }

// flowPoint is what came, went and vanished since the point before. Most queues
// may be watched for their lengths only, so it is kept apart.
type flowPoint struct{ in, out, vanished float32 }

func (p flowPoint) known() bool { return p.in == p.in && p.out == p.out } // not NaN

// totals are counters of a queue.
type totals struct{ in, out, vanished float64 }

// depth is what one moment showed of a queue.
type depth struct {
	queue    *valkey.Queue
	at       time.Time // when that was so
	depth    float64
	counters totals
}

func newHistory() *history { return &history{spacing: spacing, queues: map[place]*series{}} }

// scraped takes note of a scrape, unless the one before was just now and as good.
func (h *history) scraped(at time.Time, f *facts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.server)
	again := n > 0 && f != nil && h.server[n-1].run == "" // it answers again
	if n > 0 && at.Sub(h.server[n-1].at) < h.spacing && !again {
		return
	}
	nan := math.NaN()
	p := serverPoint{at: at, memory: nan, counters: counters{nan, nan, nan, nan, nan}}
	if f != nil {
		p.run, p.memory, p.counters = f.run, f.memoryUsed, f.counters
	}
	h.server = pushed(h.server, p)
}

// pushed appends a point to the latest ones. Room is made as it is needed, and
// never for more than are kept.
func pushed[P any](points []P, p P) []P {
	switch n := len(points); {
	case n == pointsKept:
		copy(points, points[1:])
		points = points[:n-1]
	case n == cap(points):
		points = append(make([]P, 0, min(max(8, 2*n), pointsKept)), points...)
	}
	return append(points, p)
}

// observed takes note of all queues that there are now. Those that are not among
// them are forgotten.
func (h *history) observed(now time.Time, depths []depth) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.queues {
		s.alive = false
	}
	for i := range depths {
		d := &depths[i]
		if s := h.of(d.queue); s != nil {
			s.add(now, d)
		}
	}
	for at, s := range h.queues {
		if !s.alive {
			delete(h.queues, at)
		}
	}
}

// kept are the queues of which there is a history, or room for one. With many
// queues the others need not be looked at.
func (h *history) kept(all []*valkey.Queue) []*valkey.Queue {
	if len(all) <= mostQueues {
		return all
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	some := make([]*valkey.Queue, 0, mostQueues)
	room := mostQueues - len(h.queues)
	for _, q := range all {
		switch {
		case h.queues[placeOf(q)] != nil:
			some = append(some, q)
		case room > 0:
			room--
			some = append(some, q)
		}
	}
	return some
}

// keeps says whether there is a history of a queue, or will be one.
func (h *history) keeps(q *valkey.Queue) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.queues[placeOf(q)] != nil || len(h.queues) < mostQueues
}

// of is the history of a queue, a new one if there is room.
func (h *history) of(q *valkey.Queue) *series {
	s := h.queues[placeOf(q)]
	if s == nil {
		if len(h.queues) >= mostQueues {
			return nil
		}
		nan := math.NaN()
		s = &series{last: totals{nan, nan, nan}}
		h.queues[placeOf(q)] = s
	}
	s.alive = true
	return s
}

// add takes note of what is known now, once. What is not known any more leaves a
// gap.
func (s *series) add(now time.Time, d *depth) {
	if !math.IsNaN(d.depth) && !d.at.After(s.observed) {
		return
	}
	s.observed = d.at
	before := len(s.depths)
	s.depths = pushed(s.depths, depthPoint{at: uint32(now.Unix()), depth: float32(d.depth)})
	p := flowPoint{
		in: grown(s.last.in, d.counters.in), out: grown(s.last.out, d.counters.out),
		vanished: grown(s.last.vanished, d.counters.vanished),
	}
	s.last = d.counters
	if s.flows == nil {
		if !p.known() {
			return
		}
		for range min(before, pointsKept-1) {
			s.flows = pushed(s.flows, unknownFlow)
		}
	}
	s.flows = pushed(s.flows, p)
}

var unknownFlow = flowPoint{float32(nan), float32(nan), float32(nan)}

// grown is NaN if that is not known.
func grown(from, to float64) float32 { return float32(since(from, to)) }

// since is by how much a counter has grown; NaN if that is not known.
func since(from, to float64) float64 {
	if to < from {
		return math.NaN()
	}
	return to - from
}

// flow is what a queue did lately.
type flow struct {
	in, out    float64 // a second
	vanished   float64
	came, over float64 // how many came, in how many seconds
}

// flow sums up what came and went in the time before now; NaN if nothing is known
// of it.
func (h *history) flow(q *valkey.Queue, now time.Time, window time.Duration) flow {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.queues[placeOf(q)]
	if s == nil || s.flows == nil {
		return flow{nan, nan, nan, nan, 0}
	}
	var f flow
	begin := now.Add(-window).Unix()
	for i := len(s.depths) - 1; i > 0 && int64(s.depths[i].at) > begin; i-- {
		p := s.flows[i]
		if !p.known() {
			continue
		}
		f.came += float64(p.in)
		f.out += float64(p.out)
		f.vanished += float64(p.vanished)
		f.over += float64(s.depths[i].at) - float64(s.depths[i-1].at)
	}
	if f.over == 0 {
		return flow{nan, nan, nan, nan, 0}
	}
	f.in, f.out = f.came/f.over, f.out/f.over
	return f
}

// point is one of a graph.
type point struct {
	at    time.Time
	value float64
}

// depths are those of a queue.
func (h *history) depths(q *valkey.Queue) []point {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.queues[placeOf(q)]
	if s == nil {
		return nil
	}
	points := make([]point, len(s.depths))
	for i, p := range s.depths {
		points[i] = point{p.time(), float64(p.depth)}
	}
	return points
}

// begin is when the history does; now if there is none.
func (h *history) begin(now time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	begin := now
	if len(h.server) > 0 {
		begin = h.server[0].at
	}
	for _, s := range h.queues {
		if len(s.depths) == 0 {
			continue
		}
		if at := s.depths[0].time(); at.Before(begin) {
			begin = at
		}
	}
	return begin
}

// scrapes are those of the server. The caller owns the slice.
func (h *history) scrapes() []serverPoint {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]serverPoint(nil), h.server...)
}

// lately is what the server's counters did between the latest scrape and one
// that was up to rateWindow before, or the one before it if that is longer ago.
// After a restart nothing is known for one scrape.
func lately(points []serverPoint) (grew counters, seconds float64) {
	nan := math.NaN()
	n := len(points)
	if n == 0 {
		return counters{nan, nan, nan, nan, nan}, nan
	}
	last, from := points[n-1], -1
	for i := n - 2; i >= 0 && points[i].run == last.run; i-- {
		if from >= 0 && last.at.Sub(points[i].at) > rateWindow {
			break
		}
		from = i
	}
	if from < 0 {
		return counters{nan, nan, nan, nan, nan}, nan
	}
	return points[from].until(last)
}

// until is by how much the counters have grown, in how many seconds.
func (p serverPoint) until(later serverPoint) (grew counters, seconds float64) {
	return counters{
		commands: since(p.commands, later.commands), hits: since(p.hits, later.hits), misses: since(p.misses, later.misses),
		evicted: since(p.evicted, later.evicted), rejected: since(p.rejected, later.rejected),
	}, later.at.Sub(p.at).Seconds()
}

// rates makes a graph out of two neighbouring points each.
func rates(points []serverPoint, of func(counters, float64) float64) []point {
	graph := make([]point, 0, len(points))
	for i := 1; i < len(points); i++ {
		if points[i].run != points[i-1].run {
			graph = append(graph, point{points[i].at, math.NaN()})
			continue
		}
		graph = append(graph, point{points[i].at, of(points[i-1].until(points[i]))})
	}
	return graph
}

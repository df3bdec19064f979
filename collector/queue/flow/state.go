package flow

import (
	"math"
	"slices"
	"time"
)

// State is what a Meter remembers, to be kept while the exporter is away. It
// holds no messages, only hashes of those at the ends.
type State struct {
	At       time.Time `json:"at"`     // of the last look
	Length   float64   `json:"length"` // as last seen
	Enqueued float64   `json:"enqueued"`
	Dequeued float64   `json:"dequeued"`

	Head Marker `json:"head,omitzero"`
	Tail Marker `json:"tail,omitzero"`

	Push     Tendency  `json:"push,omitzero"`
	Pop      Tendency  `json:"pop,omitzero"`
	Arrivals []Arrival `json:"arrivals,omitempty"`
	// Equal is when it was last seen that messages are not distinct.
	Equal time.Time `json:"equal,omitzero"`
}

// Marker is an entry that was close to an end of the list.
type Marker struct {
	Hash  string    `json:"hash"` // SHA-256 of the entry
	Depth float64   `json:"depth,omitempty"`
	Since time.Time `json:"since"` // when it was first seen
}

// State is all that is worth keeping. The totals are those that were shown.
func (m *Meter) State() State {
	enqueued, dequeued := m.Totals()
	return State{
		At: m.at, Length: m.between.length, Enqueued: enqueued, Dequeued: dequeued,
		Head: m.head.state(), Tail: m.tail.state(), Push: m.push, Pop: m.pop,
		Arrivals: slices.Clone(m.arrivals).without(m.between.down), Equal: m.equal,
	}
}

func (e *edge) state() Marker {
	if !e.known() {
		return Marker{}
	}
	return Marker{Hash: e.sum(), Depth: e.depth, Since: e.since}
}

// Restore starts from what was kept. A state that cannot be true is ignored: the
// list is new then.
func (m *Meter) Restore(s State) {
	*m = Meter{}
	if !s.credible() {
		return
	}
	*m = Meter{
		looked: true, at: s.At, length: s.Length,
		head: s.Head.edge(), tail: s.Tail.edge(),
		enqueued: s.Enqueued, dequeued: s.Dequeued, between: path{length: s.Length},
		push: s.Push, pop: s.Pop, arrivals: slices.Clone(s.Arrivals), equal: s.Equal,
	}
}

func (s Marker) edge() edge { return edge{hash: s.Hash, depth: s.Depth, since: s.Since} }

func (s *State) credible() bool {
	for _, n := range [...]float64{s.Length, s.Enqueued, s.Dequeued, s.Head.Depth, s.Tail.Depth} {
		if n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
			return false
		}
	}
	return !s.At.IsZero() && s.Push.credible() && s.Pop.credible() && credible(s.Arrivals, s.Length)
}

func (t Tendency) credible() bool {
	return t.Score >= -1 && t.Score <= 1 && (t.Known == Neither || t.Known == Head || t.Known == Tail)
}

// credible reports whether arrivals are in their order, and not more than are
// kept or than there are messages.
func credible(a []Arrival, length float64) bool {
	sorted := slices.IsSortedFunc(a, func(a, b Arrival) int { return a.At.Compare(b.At) })
	return sorted && len(a) <= arrivalsKept &&
		!slices.ContainsFunc(a, func(mark Arrival) bool { return !(mark.Left > 0 && mark.Left <= length) })
}

package flow

import "math"

// How much one observation counts against all that was seen before. Three of
// those that the markers show make an end known, five contrary ones replace it
// by the other, and a single one does neither: that may be a message that was
// put back. What the server's statistics prove counts more.
const (
	weightSeen   = 0.25
	weightProven = 0.5

	knownFrom  = 0.5
	doubtBelow = 0.25
)

// Tendency is at which end something happens, learned from observations.
type Tendency struct {
	Score float64 `json:"score"` // 1: always at the head, -1: at the tail
	Known End     `json:"known"`
}

// vote takes an observation into account: from 1, at the head, to -1. Time does
// not count, only what happens: a queue that rests does not change its order.
func (t *Tendency) vote(observed, weight float64) {
	t.Score += weight * (observed - t.Score)
	switch {
	case math.Abs(t.Score) >= knownFrom:
		t.Known = t.leaning()
	case math.Abs(t.Score) < doubtBelow || t.Known != t.leaning():
		t.Known = Neither
	}
}

// leaning is the more likely end.
func (t *Tendency) leaning() End {
	switch {
	case t.Score > 0:
		return Head
	case t.Score < 0:
		return Tail
	}
	return Neither
}

// score of something that happened at this end.
func (e End) score() float64 {
	switch e {
	case Head:
		return 1
	case Tail:
		return -1
	default:
		return 0
	}
}

// NewestEnd is the end at which messages come, as far as known.
func (m *Meter) NewestEnd() End { return m.push.Known }

// ConsumerEnd is the end at which messages leave, as far as known.
func (m *Meter) ConsumerEnd() End { return m.pop.Known }

// Order is the order in which messages leave, as far as known. It can be found
// only while they do.
func (m *Meter) Order() Order { return order(m.NewestEnd(), m.ConsumerEnd()) }

func order(newest, consumers End) Order {
	switch {
	case newest == Neither || consumers == Neither:
		return Unknown
	case newest == consumers:
		return LIFO
	default:
		return FIFO
	}
}

// leaning is the more likely order.
func (m *Meter) leaning() Order { return order(m.push.leaning(), m.pop.leaning()) }

// learn takes into account at which ends a look saw something happen.
func (m *Meter) learn(c *clues) {
	if observed, weight := c.pushedAt(); weight > 0 {
		m.push.vote(observed, weight)
	} else if m.push.Known == Neither {
		m.push.vote(c.stamped())
	}
	m.pop.vote(c.poppedAt())
}

// pushedAt is at which end messages came, with the weight of that observation.
func (c *clues) pushedAt() (observed, weight float64) {
	if only := c.sight.Ran.onlyPushed(); only != Neither && (c.left+c.growth > 0 || c.sight.Told.pushed()) {
		return only.score(), weightProven
	}
	if c.repeats || c.crossed() {
		return 0, 0
	}
	atHead, atTail := max(0, c.head.put), max(0, c.tail.put)
	switch {
	case atHead+atTail > 0:
		return (atHead - atTail) / (atHead + atTail), weightSeen
	case c.growth < 0:
		return 0, 0
	case c.replaced(Head):
		return Head.score(), weightSeen
	case c.replaced(Tail):
		return Tail.score(), weightSeen
	}
	return 0, 0
}

// replaced reports whether the marker of an end is no longer close to it, while
// the other is still there where nothing was added: if the list did not become
// shorter, something came at this end.
func (c *clues) replaced(e End) bool {
	other := c.of(e.Opposite())
	return c.lost(e) && other.found && other.put == 0
}

// lost reports whether the marker of an end left. If it were still there, beyond
// the span, more would have come than there are, and others left.
func (c *clues) lost(e End) bool {
	m := c.of(e)
	return m.asked && !m.found && (c.now <= c.sight.Span || c.growth < c.sight.Span-m.depth)
}

// poppedAt is at which end messages left, with the weight of that observation.
func (c *clues) poppedAt() (observed, weight float64) {
	only := c.sight.Ran.onlyPopped()
	switch {
	case only != Neither && (c.left > 0 || c.sight.Told.popped()) && (!c.removed || c.sight.EndsOnly):
		return only.score(), weightProven
	case c.repeats || c.crossed():
		return 0, 0
	case c.lost(Head) && c.tail.found, c.head.put < 0:
		return Head.score(), weightSeen
	case c.lost(Tail) && c.head.found, c.tail.put < 0:
		return Tail.score(), weightSeen
	}
	return 0, 0
}

// stamped is at which end the newer message is by the messages' own timestamps.
func (c *clues) stamped() (observed, weight float64) {
	head, tail := c.sight.HeadTime, c.sight.TailTime
	switch {
	case head.IsZero() || tail.IsZero() || c.now < 2:
		return 0, 0
	case head.After(tail):
		return Head.score(), weightSeen
	case tail.After(head):
		return Tail.score(), weightSeen
	}
	return 0, 0
}

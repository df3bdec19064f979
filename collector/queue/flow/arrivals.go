package flow

import (
	"slices"
	"time"
)

// arrivals tell since when the oldest message has been there, as far as looks
// tell: a message that is there at a look is there at the next one if fewer left
// than were in front of it. They are in the order of time, and so of Left.
type arrivals []Arrival

// Arrival says that at least so many of the messages that are there now have
// been there since.
type Arrival struct {
	Left float64   `json:"left"`
	At   time.Time `json:"at"`
}

// arrivalsKept bounds arrivals. When there are more, the one that tells least is
// forgotten: the answer becomes less sharp, never wrong.
const arrivalsKept = 128

// saw adds all messages that are there at a look.
func (a arrivals) saw(length float64, at time.Time) arrivals {
	if len(a) > 0 && a[len(a)-1].Left >= length {
		return a
	}
	if len(a) == arrivalsKept {
		a = thinned(a)
	}
	return append(a, Arrival{length, at})
}

// thinned forgets the one between the two that are closest.
func thinned(a arrivals) arrivals {
	least, gap := 1, a[2].At.Sub(a[0].At)
	for i := 2; i < len(a)-1; i++ {
		if g := a[i+1].At.Sub(a[i-1].At); g < gap {
			least, gap = i, g
		}
	}
	return slices.Delete(a, least, least+1)
}

// without takes out what left.
func (a arrivals) without(left float64) arrivals {
	if left == 0 {
		return a
	}
	a = slices.DeleteFunc(a, func(mark Arrival) bool { return mark.Left <= left })
	for i := range a {
		a[i].Left -= left
	}
	return a
}

// within makes sure that no more were there earlier than are there now.
func (a arrivals) within(length float64) arrivals {
	for i := range a {
		if a[i].Left >= length {
			a[i].Left = length
			return a[:i+1]
		}
	}
	return a
}

// follow takes over what a look tells of the messages that were there before.
func (m *Meter) follow(c *clues, exact bool) {
	left, known := m.leftAtFront(c, exact)
	if !known || c.now == 0 {
		m.arrivals = nil
	}
	m.arrivals = m.arrivals.without(left).within(c.now)
	if c.now > 0 {
		m.arrivals = m.arrivals.saw(c.now, c.sight.At)
	}
}

// leftAtFront is how many of the messages that were there before left. If that
// is not proven it can still be known by the order: under FIFO, what is before
// the marker of the newest end came since, and the rest was there.
func (m *Meter) leftAtFront(c *clues, exact bool) (left float64, known bool) {
	newest := m.push.leaning()
	switch {
	case exact:
		return c.left, true
	case c.repeats || c.crossed() || newest == Neither || m.leaning() == LIFO:
		return 0, false
	}
	here, there := c.of(newest), c.of(newest.Opposite())
	switch {
	case there.found:
		return 0, true
	case here.found && here.put >= c.growth:
		return here.put - c.growth, true
	}
	return 0, false
}

// OldestSeen is since when the oldest message has certainly been there, zero
// when the list is empty. It has been there for longer, but not by more than the
// time between two looks if the order is FIFO and nothing disturbs.
func (m *Meter) OldestSeen() time.Time {
	switch {
	case !m.looked || m.between.length == 0:
		return time.Time{}
	case !m.between.refilled.IsZero():
		return m.between.refilled
	}
	oldest := m.at
	for _, e := range ends() {
		if since := m.edge(e).since; !since.IsZero() && since.Before(oldest) {
			oldest = since
		}
	}
	if len(m.arrivals) > 0 && m.arrivals[0].At.Before(oldest) {
		oldest = m.arrivals[0].At
	}
	return oldest
}

package flow

import "time"

// Meter measures one list. The zero value has seen nothing.
type Meter struct {
	// Of the last look.
	looked     bool
	at         time.Time
	length     float64
	head, tail edge

	enqueued, dequeued float64
	between            path

	push, pop Tendency
	arrivals  arrivals
	equal     time.Time // when it was last seen that messages are not distinct
}

// doubt is for how long messages are not taken to be distinct after equal ones
// were seen.
const doubt = 10 * time.Minute

func (m *Meter) inDoubt(at time.Time) bool {
	return !m.equal.IsZero() && at.Sub(m.equal) < doubt
}

func ends() [2]End { return [...]End{Head, Tail} }

func (m *Meter) edge(e End) *edge {
	if e == Head {
		return &m.head
	}
	return &m.tail
}

// Markers are the entries to look for next time, from the head and from the
// tail; nil: none. They must not be changed.
func (m *Meter) Markers() (head, tail []byte) { return m.head.text, m.tail.text }

// Measure says what happened since the look before. It changes nothing.
func (m *Meter) Measure(s Sight) Interval {
	if !m.looked {
		return Interval{First: true}
	}
	c := m.compare(&s)
	exact, method := c.exact()
	iv := Interval{
		Before: c.length, Gone: c.gone(),
		Enqueued: c.left + c.growth, Dequeued: c.left, Exact: exact, Method: method,
		Moved: c.left > 0 || !exact && !c.stands(m.NewestEnd(), m.ConsumerEnd()),
	}
	s.Told.raise(&iv, c.growth)
	return iv
}

// Commit takes a look over as the one to compare the next with. The interval is
// what Measure said of it; Dequeued may have been reduced by what vanished.
func (m *Meter) Commit(s Sight, iv Interval) {
	c := m.compare(&s)
	if m.looked {
		m.enqueued += max(iv.Enqueued, m.between.up)
		m.dequeued += max(iv.Dequeued, m.between.taken())
		m.learn(&c)
	} else {
		m.push.vote(c.stamped())
	}
	if c.equal {
		m.equal = s.At
	}
	m.follow(&c, iv.Exact)
	for _, e := range ends() {
		m.mark(&c, e)
	}
	m.looked, m.at, m.length = true, s.At, s.Length
	m.between = path{length: s.Length}
}

// mark chooses the marker of an end for the next look: the entry that is there
// now, or else the old one if that is not far.
func (m *Meter) mark(c *clues, e End) {
	edge, found, entry := m.edge(e), c.of(e), c.sight.entry(e)
	switch {
	case c.now > 0 && found.found && found.before == 0:
		edge.stays(entry, 0)
	case c.now > 0 && entry != nil && entry.Whole():
		edge.replace(entry.Text, c.sight.At)
	case c.now > 0 && found.found:
		edge.stays(nil, found.before)
	default:
		edge.clear()
	}
	if c.repeats && edge.known() {
		edge.since = c.sight.At
	}
}

// Resized takes note of the length that a scrape showed. Asking for it must have
// begun, at this time, after the last look had ended, and must have ended before
// the next one begins: otherwise the order of what they show is not known.
func (m *Meter) Resized(length float64, at time.Time) {
	if m.looked && at.After(m.at) {
		m.between.add(length, at)
	}
}

// Totals are how many messages came and went since the first look. They never
// fall. What scrapes have shown since the last look is in them, save what left
// the list empty: that may have vanished.
func (m *Meter) Totals() (enqueued, dequeued float64) {
	return m.enqueued + m.between.up, m.dequeued + m.between.taken()
}

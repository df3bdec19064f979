package flow

import "valkey-exporter/collector/valkey"

// clue is what a look tells of one marker, and what can have happened at its
// end.
type clue struct {
	asked, found bool
	before       float64 // entries between it and its end
	depth        float64 // what they were at the look before
	put          float64 // how many more there are
	twice        bool    // an equal entry is close by

	pops, pushes bool
}

// clues are what a look tells of the time since the one before.
type clues struct {
	sight  *Sight
	length float64 // at the look before
	now    float64
	growth float64
	head   clue
	tail   clue
	same   bool // both markers are one message
	lifo   bool // that is what the order seems to be

	removed bool // entries may have been taken from anywhere
	altered bool // entries may have been changed or put in between
	equal   bool // this look proves that messages are not distinct
	repeats bool // they are not, or have lately not been

	left float64 // how many certainly left
}

// compare reads a sight as a change since the look before.
func (m *Meter) compare(s *Sight) clues {
	c := clues{sight: s, length: m.length, now: s.Length, growth: s.Length - m.length, lifo: m.leaning() == LIFO}
	c.removed = s.Ran == nil || s.Ran.Removed != 0
	c.altered = s.Ran == nil || s.Ran.Altered != 0
	c.same = m.head.known() && m.tail.known() && m.head.depth+m.tail.depth+1 == m.length
	for _, e := range ends() {
		m.find(c.of(e), e, s)
	}
	c.equal = c.head.twice || c.tail.twice || m.repeated(&c)
	c.repeats = c.equal || m.inDoubt(s.At)
	c.left = m.between.fallen(s.Length)
	if s.Pops != 0 || c.gone() {
		c.left = max(c.left, c.leftByMarkers())
	}
	return c
}

// find looks for the marker of an end in a sight. Of one that was restored only
// the hash is known: if the entry at the end is another one, that tells nothing.
func (m *Meter) find(c *clue, e End, s *Sight) {
	edge, place, entry := m.edge(e), s.place(e), s.entry(e)
	c.pops, c.pushes = m.mayPop(e, s.Ran), m.mayPush(e, s.Ran)
	c.depth = edge.depth
	switch {
	case edge.text != nil && place.Asked && !place.Found:
		c.asked = true
	case edge.text != nil && place.Asked && float64(place.Before) < s.Length:
		c.asked, c.found = true, true
		c.before, c.twice = float64(place.Before), place.Twice
	case edge.hash != "" && entry != nil && entry.Whole() && edge.hash == hash(entry.Text):
		c.asked, c.found = true, true
	}
	if c.found {
		c.put = c.before - c.depth
	}
}

// mayPop and mayPush report whether the server can have done so at this end of
// the list. A command that does not tell its end is taken to follow the order
// that was found.
func (m *Meter) mayPop(e End, ran *Commands) bool {
	return ran == nil || ran.popped(e) != 0 || ran.Popped != 0 && m.ConsumerEnd() != e.Opposite()
}

func (m *Meter) mayPush(e End, ran *Commands) bool {
	return ran == nil || ran.pushed(e) != 0 || ran.Pushed != 0 && m.NewestEnd() != e.Opposite()
}

func (c *clues) of(e End) *clue {
	if e == Head {
		return &c.head
	}
	return &c.tail
}

// sure reports whether nothing but pushes can have changed what is before the
// marker of an end: whatever is found there, at least that came.
func (c *clues) sure(e End) bool { return !c.of(e).pops && !c.removed }

// firm is the same if one believes that messages leave at the ends only.
func (c *clues) firm(e End) bool { return !c.of(e).pops && (!c.removed || c.sight.EndsOnly) }

// fits reports whether this end is the only one for pushes, and the other for
// pops, so that its marker tells all.
func (c *clues) fits(e End) bool {
	return c.firm(e) && !c.altered && !c.of(e.Opposite()).pushes
}

// repeated reports whether this look proves that there are equal messages, or
// that what the server ran is not what happened to them.
func (m *Meter) repeated(c *clues) bool {
	if (!c.removed || c.sight.EndsOnly) && c.thinned() {
		return true
	}
	for _, e := range ends() {
		if m.returned(c, e, c.sight.entry(e)) || c.contradicted(e) {
			return true
		}
	}
	return false
}

// returned reports whether an entry came to its end for the second time: nothing
// left there that was before it.
func (m *Meter) returned(c *clues, e End, entry *valkey.Entry) bool {
	still := c.of(e).found && c.of(e).before == 0
	return !still && entry != nil && entry.Whole() && c.firm(e) && m.edge(e).repeats(entry.Text)
}

// contradicted reports whether the marker of an end that fits is where it cannot
// be: it must be another message that is equal, or the list another one.
func (c *clues) contradicted(e End) bool {
	here, there := c.of(e), c.of(e.Opposite())
	if !c.fits(e) || !here.found {
		return false
	}
	left := here.put - c.growth
	switch {
	case here.put < 0 || left < 0:
		return true
	case !there.asked:
		return false
	case there.found:
		return there.put != 0 || left != 0
	}
	return left == 0
}

// crossed reports whether the markers have changed places: one was taken and
// put back.
func (c *clues) crossed() bool {
	return c.head.found && c.tail.found && !c.same && c.head.before >= c.now-1-c.tail.before
}

// came is how many messages came since as both markers tell.
func (c *clues) came() float64 { return max(0, c.head.put) + max(0, c.tail.put) }

// thinned reports whether some are missing between the markers, although both
// are there: they were removed from the middle, or what was found are others.
func (c *clues) thinned() bool {
	return c.head.found && c.tail.found && !c.same && !c.crossed() && c.came() > c.growth
}

// missing reports whether a marker is certainly no longer in the list.
func (c *clues) missing(e End) bool {
	return c.of(e).asked && !c.of(e).found && c.now <= c.sight.Span
}

// gone reports whether nothing is left of what there was, as far as the markers
// tell.
func (c *clues) gone() bool {
	return c.length > 0 && (c.now == 0 || c.missing(Head) && c.missing(Tail))
}

package flow

// leftByMarkers is how many messages certainly left. What certainly came is as
// many plus the growth.
func (c *clues) leftByMarkers() float64 {
	left := max(c.leftBy(Head), c.leftBy(Tail))
	switch {
	case c.missing(Head) && c.missing(Tail) && !c.same:
		return max(left, 2)
	case c.repeats || !c.head.found || !c.tail.found:
		return left
	case c.crossed():
		return max(left, 1)
	}
	went := max(0, -c.head.put) + max(0, -c.tail.put)
	if c.doubtful() {
		return max(left, went)
	}
	return max(left, c.came()-c.growth, went)
}

// leftBy is how many messages certainly left as one marker tells.
func (c *clues) leftBy(e End) float64 {
	m, span := c.of(e), c.sight.Span
	switch {
	case !m.asked:
		return 0
	case m.found && c.sure(e):
		return m.put - c.growth
	case m.found && (c.repeats || c.crossed() || c.doubtful()):
		return 0
	case m.found:
		return max(m.put-c.growth, -m.put)
	case c.missing(e) && c.sure(e): // it left at the other end, and so did all that was behind it
		return c.length - m.depth
	case c.missing(e):
		return 1
	case span == 0:
		return 0
	case c.sure(e):
		return span - m.depth - c.growth
	}
	return min(1, span-m.depth-c.growth) // it left, or there are so many before it
}

// doubtful reports whether a marker may be another message although equal ones
// were not seen yet. Under LIFO nothing leaves from between the markers.
func (c *clues) doubtful() bool { return c.lifo && c.thinned() }

// exact reports whether no more left, and by which method that or the lower
// bound is known.
func (c *clues) exact() (exact bool, method string) {
	switch {
	case c.idle():
		return true, MethodIdle
	case c.told(Head), c.told(Tail):
		return true, MethodMarker
	case c.usable(Head), c.usable(Tail):
		return false, MethodMarker
	case c.head.asked || c.tail.asked:
		return false, MethodTurnover
	}
	return false, MethodLength
}

// idle reports whether the server ran no pop, or no push, and the lengths do not
// contradict it.
//
// From an empty list something may have been popped although no pop was
// counted: see Commands.Add.
func (c *clues) idle() bool {
	return !c.unexplained() && (c.sight.Pushes == 0 || c.sight.Pops == 0 && c.length > 0)
}

// unexplained reports whether something came without a push, or left without a
// pop.
func (c *clues) unexplained() bool {
	return c.sight.Pushes == 0 && c.left+c.growth > 0 || c.sight.Pops == 0 && c.left > 0
}

// told reports whether the marker of this end tells all, and nothing is known
// that contradicts it.
func (c *clues) told(e End) bool {
	return c.fits(e) && c.of(e).found && !c.repeats && !c.unexplained() && c.of(e).put-c.growth == c.left
}

func (c *clues) usable(e End) bool {
	return c.of(e).found && (!c.repeats || c.sure(e))
}

// stands reports whether all that is there is accounted for without anything
// leaving, as far as anyone can see. Messages come at newest and leave at
// consumers, if that is known.
func (c *clues) stands(newest, consumers End) bool {
	switch {
	case c.length == 0 || c.sight.Pops == 0:
		return true
	case c.repeats || c.crossed():
		return false
	case c.head.found && c.tail.found:
		return true
	case consumers == Neither:
		return false
	}
	next, last := c.of(consumers), c.of(newest)
	return next.found && next.put == 0 || newest != consumers && last.found && last.put == c.growth
}

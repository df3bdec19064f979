package flow

// Commands are how often the server ran what changes lists, all keys together,
// by the end at which it does. A zero is proof for every list, any other number
// proves nothing about one.
type Commands struct {
	PushedHead, PushedTail, Pushed float64 // Pushed: the statistics do not tell the end
	PoppedHead, PoppedTail, Popped float64
	Removed                        float64 // from anywhere: LREM, LTRIM
	Altered                        float64 // inside: LINSERT, LSET
}

// Add counts calls of a command by its name in INFO commandstats. It knows all
// that move entries of lists; commands that replace or delete a whole key are
// not among them.
//
// Redis before 7.2 counts a command that blocks when it starts to wait, not
// when it is served. For a list that was not empty at the look before that
// makes no difference: nobody was waiting for it.
func (c *Commands) Add(name string, calls float64) {
	switch name {
	case "lpush", "lpushx":
		c.PushedHead += calls
	case "rpush", "rpushx":
		c.PushedTail += calls
	case "lpop", "blpop":
		c.PoppedHead += calls
	case "rpop", "brpop":
		c.PoppedTail += calls
	case "rpoplpush", "brpoplpush":
		c.PoppedTail += calls
		c.PushedHead += calls
	case "lmove", "blmove":
		c.Popped += calls
		c.Pushed += calls
	case "lmpop", "blmpop":
		c.Popped += calls
	case "lrem", "ltrim":
		c.Removed += calls
	case "linsert", "lset":
		c.Altered += calls
	}
}

// Since is what was run since an earlier count.
func (c Commands) Since(earlier Commands) Commands {
	return Commands{
		PushedHead: c.PushedHead - earlier.PushedHead,
		PushedTail: c.PushedTail - earlier.PushedTail,
		Pushed:     c.Pushed - earlier.Pushed,
		PoppedHead: c.PoppedHead - earlier.PoppedHead,
		PoppedTail: c.PoppedTail - earlier.PoppedTail,
		Popped:     c.Popped - earlier.Popped,
		Removed:    c.Removed - earlier.Removed,
		Altered:    c.Altered - earlier.Altered,
	}
}

// pushed and popped are the calls that certainly concerned this end of some
// list.
func (c *Commands) pushed(e End) float64 {
	if e == Head {
		return c.PushedHead
	}
	return c.PushedTail
}

func (c *Commands) popped(e End) float64 {
	if e == Head {
		return c.PoppedHead
	}
	return c.PoppedTail
}

// onlyPushed is the end at which all pushes were, Neither if there is none.
func (c *Commands) onlyPushed() End {
	if c == nil || c.Pushed != 0 || c.Altered != 0 {
		return Neither
	}
	return onlyAt(c.PushedHead, c.PushedTail)
}

// onlyPopped is the end at which all pops were, Neither if there is none.
func (c *Commands) onlyPopped() End {
	if c == nil || c.Popped != 0 {
		return Neither
	}
	return onlyAt(c.PoppedHead, c.PoppedTail)
}

func onlyAt(head, tail float64) End {
	switch {
	case head > 0 && tail == 0:
		return Head
	case tail > 0 && head == 0:
		return Tail
	}
	return Neither
}

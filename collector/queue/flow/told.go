package flow

// Told is what the server told of one list since the look before. A command is
// told once and may concern any number of messages, so that these are lower
// bounds.
type Told struct {
	Pushed, Popped float64 // commands that certainly added something, or took something
	// Kept says that nothing can have gone but by a command that takes entries:
	// the list was not deleted, evicted, renamed or replaced.
	Kept bool
}

// raise raises the lower bounds of an interval to what the server told. What was
// pushed and is not there left, and it was taken if it can have left in no other
// way.
func (t *Told) raise(iv *Interval, growth float64) {
	if t == nil {
		return
	}
	taken := t.Popped
	if t.Kept {
		taken = max(taken, t.Pushed-growth)
	}
	enqueued := max(t.Pushed, t.Popped+growth)
	same := enqueued == iv.Enqueued && taken == iv.Dequeued && !iv.Exact
	if enqueued <= iv.Enqueued && taken <= iv.Dequeued && !same {
		return
	}
	iv.Enqueued, iv.Dequeued = max(iv.Enqueued, enqueued), max(iv.Dequeued, taken)
	iv.Exact, iv.Method = false, MethodNotifications
	iv.Moved = iv.Moved || taken > 0
}

func (t *Told) pushed() bool { return t != nil && t.Pushed > 0 }
func (t *Told) popped() bool { return t != nil && t.Popped > 0 }

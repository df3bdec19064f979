package health

import (
	"time"

	"valkey-exporter/collector/valkey"
)

const (
	// spanAsked is how many entries from its end a marker is looked for.
	spanAsked = 5000
	// groupsAsked bounds how many groups of a stream there are series for.
	groupsAsked = 20
)

// Questions are what a look should ask of these queues next, in their order. Its
// answer is to be given to Looked, also if there is none.
func (t *Tracker) Questions(queues []*valkey.Queue, now time.Time) []valkey.Question {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.looking = true
	questions := make([]valkey.Question, len(queues))
	for i, q := range queues {
		questions[i] = t.watch(q).question(t.options, now)
	}
	return questions
}

func (w *watched) question(o Options, now time.Time) valkey.Question {
	ask := valkey.Question{
		Queue: w.queue, Span: spanAsked, Groups: groupsAsked, Bytes: o.MaxBytes,
		Idle: w.queue.Role == roleProcessing,
	}
	l, isList := w.body.(*list)
	if isList {
		ask.Head, ask.Tail = l.meter.Markers()
	}
	if now.Before(w.spared) {
		return ask
	}
	ask.Ends = true
	if w.hasMembers() && !w.isLong() {
		ask.Members = membersAsked
	}
	if o.DeadLetters > 0 && w.letters.due(now) {
		ask.Newest = o.DeadLetters
		ask.NewestAtTail = isList && l.newestAtTail()
	}
	return ask
}

// hasMembers reports whether the members tell more than the ends do.
func (w *watched) hasMembers() bool {
	_, ok := w.body.(*bag)
	return ok || w.queue.Role == roleProcessing
}

// isLong reports whether the members are too many to be asked for. The scores of
// a sorted set tell enough.
func (w *watched) isLong() bool {
	b, ok := w.body.(*bag)
	return ok && b.kind == valkey.TypeSortedSet && b.length > membersAsked && w.queue.Role != roleProcessing
}

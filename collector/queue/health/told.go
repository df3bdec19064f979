package health

import (
	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// told is what the server told of a list by keyspace notifications between two
// looks. What it told while a look was under way was before it or after: the
// lower bounds leave it out, the upper bounds have it.
type told struct {
	least, most valkey.Events
	// known is true when most is an upper bound. It is none if somebody may have
	// turned notifications off for a while.
	known bool
	// losses is true when most also bounds what ended the key otherwise than by
	// taking its last message.
	losses bool
	kept   bool // nothing did
}

// hear remembers what was heard of a queue around a look.
func (f *facts) hear(w *watched, h *valkey.Heard) {
	if h == nil {
		return
	}
	if f.heard == nil {
		f.heard = make(map[*watched]*valkey.Heard)
	}
	f.heard[w] = h
}

// tellings is nil if the server was not listened to all the time.
func (ch *change) tellings() *told {
	if ch.w.facts == nil {
		return nil
	}
	before, now := ch.w.facts.heard[ch.w], ch.facts.heard[ch.w]
	if before == nil || now == nil || ch.holds != valkey.TypeList {
		return nil
	}
	source := before.Before.Source
	if source == 0 || before.After.Source != source || now.Before.Source != source || now.After.Source != source {
		return nil
	}
	t := &told{
		least: now.Before.Events.Since(before.After.Events),
		most:  now.After.Events.Since(before.Before.Events),
		known: ch.clues.grew[settingChanges] == 0,
	}
	t.losses = t.known && before.Before.Losses && now.After.Losses
	t.kept = ch.kept(t)
	return t
}

// kept reports whether all that left the list was taken by some command for
// lists. A del right after a pop is that of an empty list, unless there are
// others.
func (ch *change) kept(t *told) bool {
	grew := &ch.clues.grew
	return t.losses && t.most.Sum(ends...) == 0 && grew[flushes] == 0 &&
		(t.most[valkey.EventEmptied] == 0 || grew[deletes] == 0) &&
		ch.w.ttl == valkey.None && ch.sight.TTL == valkey.None && ch.instead == nil
}

// Events of one kind.
var (
	takings   = []valkey.Event{valkey.EventLPop, valkey.EventRPop, valkey.EventLRem, valkey.EventLTrim}
	additions = []valkey.Event{valkey.EventLPush, valkey.EventRPush, valkey.EventLInsert}
	ends      = []valkey.Event{
		valkey.EventDeleted, valkey.EventExpiring, valkey.EventExpired, valkey.EventEvicted, valkey.EventRenamed, valkey.EventReplaced,
	}
)

// all reports whether the server told of every command that changed the list.
func (t *told) all() bool { return t != nil && t.known }

// allLosses reports whether it also told of all that ended the key.
func (t *told) allLosses() bool { return t != nil && t.losses }

// ended reports whether the server told that the key was ended.
func (t *told) ended() bool { return t.why() != causeUnknown }

// why is what the server told that ended the key. It can be told rightly while
// something else is not told at all.
func (t *told) why() cause {
	switch {
	case t == nil:
		return causeUnknown
	case t.most[valkey.EventEvicted] > 0:
		return madeRoom
	case t.most[valkey.EventExpired] > 0:
		return ranOut
	case t.most[valkey.EventRenamed] > 0:
		return renamed
	case t.most[valkey.EventDeleted] > 0:
		return deleted
	}
	return causeUnknown
}

// listen puts what the server told of this list in the place of what it counted
// of all lists.
func (ch *change) listen() {
	t, s := ch.told, &ch.count
	if t == nil {
		return
	}
	s.Told = &flow.Told{
		Pushed: t.least.Sum(additions...),
		Popped: t.least.Sum(valkey.EventLPop, valkey.EventRPop, valkey.EventLRem), // LTRIM is told if it takes nothing
		Kept:   t.kept,
	}
	if !t.known {
		return
	}
	s.Ran = &flow.Commands{
		PushedHead: t.most[valkey.EventLPush], PushedTail: t.most[valkey.EventRPush],
		PoppedHead: t.most[valkey.EventLPop], PoppedTail: t.most[valkey.EventRPop],
		Removed: t.most.Sum(valkey.EventLRem, valkey.EventLTrim),
		Altered: t.most.Sum(valkey.EventLInsert, valkey.EventLSet, valkey.EventReplaced),
	}
	s.Pops = t.most.Sum(takings...)
	s.Pushes = t.most.Sum(additions...) + t.most[valkey.EventReplaced]
	s.EndsOnly = false // what removes from the middle is told of this list alone
}

// MayBeLists are those of the queues that were lists when they were last seen,
// or may become lists.
func (t *Tracker) MayBeLists(queues []*valkey.Queue) []*valkey.Queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lists []*valkey.Queue
	for _, q := range queues {
		w := t.watch(q)
		if w.body == nil || w.body.holds() == valkey.TypeList {
			lists = append(lists, q)
		}
	}
	return lists
}

// typeOf is what a queue holds. One that is empty at every look is a list if the
// server told of what came and went as in a list.
func typeOf(s *valkey.Sight) valkey.Type {
	if s.Type == valkey.TypeUnknown && !s.Other && s.Heard != nil && s.Heard.After.Events.Sum(additions...) > 0 {
		return valkey.TypeList
	}
	return s.Type
}

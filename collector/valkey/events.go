package valkey

import "strings"

// Event is something that a server can tell of a key.
type Event int

// The events that matter to a list.
const (
	EventLPush Event = iota
	EventRPush
	EventLPop
	EventRPop
	EventLRem
	EventLTrim
	EventLInsert
	EventLSet
	EventEmptied  // deleted right after something was taken: by that, or by a DEL that followed
	EventDeleted  // otherwise
	EventExpiring // the key was given a time to live
	EventExpired
	EventEvicted
	EventRenamed  // it has another name now, or is in another database
	EventReplaced // what it holds came as a whole
	eventCount
)

// Events are how often each happened to one key. One event is one command,
// and may stand for many messages.
type Events [eventCount]float64

// Since is what happened since an earlier count.
func (e Events) Since(earlier Events) Events {
	for i := range e {
		e[i] -= earlier[i]
	}
	return e
}

// Sum is how often any of some events happened.
func (e Events) Sum(of ...Event) float64 {
	sum := 0.0
	for _, event := range of {
		sum += e[event]
	}
	return sum
}

// eventNames are the server's words. RPOPLPUSH, LMOVE, LMPOP and those that
// block are told as the pushes and pops that they are made of.
var eventNames = map[string]Event{
	"lpush": EventLPush, "rpush": EventRPush, "lpop": EventLPop, "rpop": EventRPop,
	"lrem": EventLRem, "ltrim": EventLTrim, "linsert": EventLInsert, "lset": EventLSet,
	"del": EventDeleted, "expire": EventExpiring, "expired": EventExpired, "evicted": EventEvicted,
	"rename_from": EventRenamed, "move_from": EventRenamed,
	"rename_to": EventReplaced, "move_to": EventReplaced, "restore": EventReplaced, "copy_to": EventReplaced,
	"sortstore": EventReplaced, "set": EventReplaced,
}

// takes reports whether an event may leave a list empty, which the server
// tells by a del right after it.
func (e Event) takes() bool {
	switch e {
	case EventLPop, EventRPop, EventLRem, EventLTrim:
		return true
	default:
		return false
	}
}

// Heard is what a Listener had counted of a key shortly before and after a
// look at it: at the look it was something in between.
type Heard struct{ Before, After Tally }

// Tally is what was counted of one key up to a moment. The zero Tally tells
// nothing.
type Tally struct {
	// Source is another one after each interruption; 0: nothing was heard. Only
	// what comes from one source can be compared.
	Source uint64
	// Losses says that the server also told, at this moment, when it deleted,
	// evicted and renamed keys, and when they expired.
	Losses bool
	Events Events
}

// notifications is the server's setting of this name.
type notifications string

// has reports whether a class of events is told. A stands for all of them; K is
// no class, but where they are told.
func (n notifications) has(class rune) bool {
	return strings.ContainsRune(string(n), class) || class != 'K' && strings.ContainsRune(string(n), 'A')
}

// lists reports whether events of lists are told in the channel of their key.
func (n notifications) lists() bool { return n.has('K') && n.has('l') }

// losses reports whether all events are told that end a key.
func (n notifications) losses() bool { return n.lists() && n.has('g') && n.has('x') && n.has('e') }

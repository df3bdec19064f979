package health

import (
	"time"

	"valkey-exporter/collector/valkey"
)

// Report is what there is to say about one queue. A number that does not exist
// is NaN (valkey.NotSent), a time zero, a text empty.
type Report struct {
	Queue *valkey.Queue

	Length      float64 // entries at the last look, or a scrape since
	Age         Age
	Order       string // "fifo", "lifo" or "unknown"; empty when the type has none
	Flow        Flow
	Freshness   Freshness
	Processing  *Processing // of queues of that role
	DeadLetters []Reason    // of queues of that role; most frequent first, "other" last
	Stream      *valkey.StreamSight

	// Evictable is 1 when the server may delete this key to make room, else 0.
	Evictable float64
	// Vanished counts messages that are gone although nobody took them.
	Vanished float64
}

// FirstSeen is the Source of an Age that no message tells: a lower bound.
const FirstSeen = sourceFirstSeen

// Age is how long messages have been waiting.
type Age struct {
	Oldest, Next time.Time // by the messages' own timestamps, or a lower bound
	Seconds      float64   // of the oldest; 0 when the queue is empty
	Target       float64   // seconds; NaN: none
	Source       string    // how Oldest was found: "enqueued_at", "uuidv7", "first_seen"; empty: not at all
	Offset       float64   // seconds from the newest message's timestamp to when it was seen to arrive
	Failures     []Failure
}

// Failure counts messages of which no timestamp was found.
type Failure struct {
	Reason string
	Count  float64
}

// Flow is what came and went.
type Flow struct {
	Method             string // empty when nothing is known yet
	Exact              bool
	Enqueued, Dequeued float64
	Gaps               float64 // looks of which only lower bounds are known
	Stalled            float64 // seconds since anything was seen leaving; 0 when the queue is empty
	Drain              float64 // seconds until it is empty at the present rate; NaN: it does not drain
}

// Freshness counts observations, and those at which the oldest message was
// young enough.
type Freshness struct{ Probes, Good float64 }

// Processing is what a worker has in hand.
type Processing struct {
	Worker    string
	Messages  float64
	OldestAge float64 // seconds since the oldest was first seen; 0 when there is none
	Idle, TTL float64 // seconds; NaN when they do not exist
	Durations Histogram
}

// Histogram has cumulative counts, one for each of Bounds.
type Histogram struct {
	Buckets []uint64
	Count   uint64
	Sum     float64
}

// Reason is why messages died, with how many of those sampled died of it.
type Reason struct {
	Text  string
	Count float64
}

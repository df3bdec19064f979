package health

import (
	"time"

	"valkey-exporter/collector/queue/flow"
)

// State is what a Tracker remembers, in a form that can be written as JSON. It
// has no byte of a message in it: messages and members are hashes.
type State struct {
	Queues []savedQueue         `json:"queues"`
	Looks  []savedFacts         `json:"looks,omitempty"` // the servers that the queues refer to; the latest is last
	Causes map[string]float64   `json:"vanished,omitempty"`
	Bulk   map[string]time.Time `json:"bulk,omitempty"` // by type
}

type savedQueue struct {
	DB   int    `json:"db"`
	Key  []byte `json:"key"` // keys need not be text
	Role string `json:"role,omitempty"`

	Seen    time.Time     `json:"seen"`
	Began   time.Time     `json:"began"`
	Look    int           `json:"look"`
	TTL     time.Duration `json:"ttl"`
	Length  float64       `json:"length"`
	Resized time.Time     `json:"resized"`
	Stalled time.Time     `json:"stalled,omitzero"`
	Blind   bool          `json:"blind,omitempty"`
	Oldest  savedStamp    `json:"oldest,omitzero"`
	Next    savedStamp    `json:"next,omitzero"`
	Order   string        `json:"order,omitempty"`
	Offset  *float64      `json:"offset,omitempty"`

	Method    string    `json:"method,omitempty"`
	Enqueued  float64   `json:"enqueued,omitempty"`
	Dequeued  float64   `json:"dequeued,omitempty"`
	Gaps      float64   `json:"gaps,omitempty"`
	Gap       time.Time `json:"gap,omitzero"`
	Vanished  float64   `json:"vanished,omitempty"`
	Singles   uint8     `json:"singles,omitempty"`
	Probes    float64   `json:"probes,omitempty"`
	Good      float64   `json:"good,omitempty"`
	Failures  []Failure `json:"failures,omitempty"`
	Failed    []string  `json:"failed,omitempty"`
	Durations Histogram `json:"durations,omitzero"`

	Members    map[string]time.Time `json:"members,omitempty"`
	AllMembers bool                 `json:"all_members,omitempty"`
	Head       savedEnd             `json:"head,omitzero"`
	Tail       savedEnd             `json:"tail,omitzero"`

	List   *flow.State  `json:"list,omitempty"`
	Bag    *savedBag    `json:"bag,omitempty"`
	Stream *savedStream `json:"stream,omitempty"`
}

type savedStamp struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"`
}

type savedEnd struct {
	ID      string     `json:"id"`
	First   time.Time  `json:"first"`
	Own     savedStamp `json:"own,omitzero"`
	Failure string     `json:"failure,omitempty"`
}

type savedBag struct {
	Sorted bool    `json:"sorted"`
	Length float64 `json:"length"`
}

type savedStream struct {
	Added   float64  `json:"added"`
	Read    float64  `json:"read"`
	Length  float64  `json:"length"`
	Backlog *float64 `json:"backlog,omitempty"`
}

type savedFacts struct {
	At        time.Time          `json:"at"`
	RunID     string             `json:"run_id"`
	Maxmemory *float64           `json:"maxmemory,omitempty"`
	Policy    string             `json:"policy,omitempty"`
	Counters  map[string]float64 `json:"counters,omitempty"`
	Lists     flow.Commands      `json:"lists"`
}

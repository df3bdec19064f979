package config

import (
	"fmt"
	"math"
	"time"

	"go.yaml.in/yaml/v3"
)

// Role is what a queue is for; the label role of the queue metrics.
type Role string

// The roles.
const (
	Work       Role = "work"        // jobs that wait for a worker
	Processing Role = "processing"  // jobs that a worker has taken and not finished
	DeadLetter Role = "dead_letter" // jobs that were given up
)

// Severity is whom the alerts of a queue concern.
type Severity string

// The severities.
const (
	Critical Severity = "critical" // pages
	Warning  Severity = "warning"  // working hours
	Info     Severity = "info"     // for the record
	None     Severity = "none"     // nobody
)

// Score is the Timestamp of a sorted set whose scores are the times.
const Score = "score"

// Queue is a key to watch, or a pattern whose keys are to be watched. It has a
// Key or a Pattern, never both.
type Queue struct {
	DB      int    // number of the database, from 0
	Key     string // any bytes
	Pattern string // glob as in the server's KEYS; any bytes
	Role    Role

	// Timestamp is where a message says when it was made: a dotted path, or
	// Score. Empty: in one of the usual fields.
	Timestamp string
	// Error is the dotted path to the reason in a dead letter. Empty: in one of
	// the usual fields.
	Error string

	// Thresholds of the alert rules.
	MaxLength Limit[int64]         // entries, of each key that a pattern finds
	MaxAge    Limit[time.Duration] // of the oldest entry
	Severity  Severity
}

// String names the queue for people.
func (q Queue) String() string {
	if q.Pattern != "" {
		return fmt.Sprintf("pattern %q in database %d", q.Pattern, q.DB)
	}
	return fmt.Sprintf("key %q in database %d", q.Key, q.DB)
}

// thresholds are those of a queue whose entry in the file does not give them.
type thresholds struct {
	maxLength Limit[int64]
	maxAge    Limit[time.Duration]
	severity  Severity
}

// usual is by role. A processing queue has as many entries as there are jobs in
// hand, which says nothing; an entry that stays in it does.
var usual = map[Role]thresholds{
	Work:       {At[int64](1000), At(15 * time.Minute), Warning},
	Processing: {Limit[int64]{}, At(5 * time.Minute), Warning},
	DeadLetter: {At[int64](100), At(24 * time.Hour), Warning},
}

var queueFields = section[Queue]{
	named("key", func(q *Queue) *string { return &q.Key }, text()),
	named("pattern", func(q *Queue) *string { return &q.Pattern }, text()),
	named("db", func(q *Queue) *int { return &q.DB }, whole(0, math.MaxInt32)),
	named("role", func(q *Queue) *Role { return &q.Role }, choice(Work, Processing, DeadLetter)),
	named("timestamp", func(q *Queue) *string { return &q.Timestamp }, path("meta.enqueued_at", Score)),
	named("error", func(q *Queue) *string { return &q.Error }, path("meta.error")),
	named("max_length", func(q *Queue) *Limit[int64] { return &q.MaxLength }, orOff(whole[int64](0, math.MaxInt64))),
	named("max_age", func(q *Queue) *Limit[time.Duration] { return &q.MaxAge }, orOff(duration(time.Second))),
	named("severity", func(q *Queue) *Severity { return &q.Severity }, choice(Critical, Warning, Info, None)),
}

var queueList = list[Queue]{
	item:     queueFields,
	example:  "key: queue:high",
	finish:   finishQueue,
	identity: queueIdentity,
}

// finishQueue checks that the entry names one key or one pattern and fills in
// what it leaves out.
func finishQueue(r *report, at *yaml.Node, have map[string]value, q *Queue) {
	_, key := have["key"]
	pattern, glob := have["pattern"]
	switch {
	case key && glob:
		r.at(at, "a queue has a `key` or a `pattern`, not both; make two entries of it")
	case !key && !glob:
		r.at(at, "a queue needs a `key` or a `pattern`; add one")
	}
	if pattern.valid {
		if mistake := patternMistake(q.Pattern); mistake != "" {
			r.at(pattern.node, "pattern: %s", mistake)
		}
	}
	role, ok := have["role"]
	if !ok {
		q.Role = Work
	}
	if !ok || role.valid {
		checkError(r, have["error"], *q)
	}
	if _, ok := have["max_length"]; !ok {
		q.MaxLength = usual[q.Role].maxLength
	}
	if _, ok := have["max_age"]; !ok {
		q.MaxAge = usual[q.Role].maxAge
	}
	if _, ok := have["severity"]; !ok {
		q.Severity = usual[q.Role].severity
	}
}

// checkError reports the path to an error where there is none to find.
func checkError(r *report, at value, q Queue) {
	if q.Error != "" && q.Role != DeadLetter {
		r.at(at.node, "error: only dead letters have a reason, and %s has the role `%s`; remove it, or write `role: %s`",
			shorten(q.String()), q.Role, DeadLetter)
	}
}

// queueIdentity is the queue's name, when its key or pattern and its database
// can be relied on.
func queueIdentity(have map[string]value, q Queue) string {
	db, elsewhere := have["db"]
	if have["key"].valid == have["pattern"].valid || elsewhere && !db.valid {
		return ""
	}
	return q.String()
}

// Package checkup is the report of `exporter check`: what one look at a server has
// shown, what of it needs attention and what to do about it, for programs (JSON)
// and for people (text).
//
// It judges nothing: the findings are those of the status page, which judges by the
// thresholds of the alert rules, and what to do is that of their runbooks.
package checkup

import "time"

// Schema is the version of the report's JSON. A field may come at any time; when
// one goes or changes its meaning, the version is another.
const Schema = 1

// Result sums a report up in a word.
type Result string

// The results.
const (
	OK       Result = "ok"      // nothing needs attention
	Info     Result = "info"    // something is for the record
	Warning  Result = "warning" // something should be done
	Critical Result = "critical"
	Unknown  Result = "unknown" // the check was interrupted before it could tell
)

// ExitCode is that of the program, as plugins of Nagios have it.
func (r Result) ExitCode() int {
	return map[Result]int{OK: 0, Info: 0, Warning: 1, Critical: 2, Unknown: 3}[r]
}

// Report is everything that a check has shown. A number that is not known is null.
type Report struct {
	Schema     int       `json:"schema"`
	Result     Result    `json:"result"`
	CheckedAt  time.Time `json:"checked_at"` // when the check ended
	Took       float64   `json:"took_seconds"`
	Incomplete []string  `json:"incomplete"` // why some of it is missing; empty: nothing is

	Server   Server    `json:"server"`
	Findings []Finding `json:"findings"` // the most severe first
	Unknown  []string  `json:"unknown"`  // what cannot be judged, and why
	Access   Access    `json:"access"`

	Settings     []Setting     `json:"settings"`     // of which something is expected
	Combinations []Combination `json:"combinations"` // of settings that are wrong together
	Exposed      *bool         `json:"exposed"`      // other machines can reach the server; null: not known
	Checks       []Check       `json:"checks"`       // of the security

	Queues  []Queue `json:"queues"`  // those that need attention most first
	Classes []Class `json:"classes"` // of keys; likewise, then the largest
	Walks   []Walk  `json:"walks"`   // over all keys, by database

	Memory      *Memory      `json:"memory"` // null, and so the following: INFO did not come
	Cache       *Cache       `json:"cache"`
	Clients     *Clients     `json:"clients"`
	Persistence *Persistence `json:"persistence"`
	Replication *Replication `json:"replication"`
}

// Server is who was asked.
type Server struct {
	Address string   `json:"address"`
	Up      bool     `json:"up"`
	Product string   `json:"product"` // valkey or redis; empty if it is not known
	Version string   `json:"version"`
	Role    string   `json:"role"` // primary or replica
	Mode    string   `json:"mode"`
	Uptime  *float64 `json:"uptime_seconds"`
}

// Finding is something that needs attention.
type Finding struct {
	Severity Result   `json:"severity"` // info, warning or critical
	Alert    string   `json:"alert"`    // that is about the same
	Text     string   `json:"text"`
	Do       []string `json:"do"`      // the quickest relief first
	Runbook  string   `json:"runbook"` // its address
}

// Access is what the check may ask, and what not.
type Access struct {
	User    string    `json:"user"`
	Sources []Source  `json:"sources"`
	Refused []Refused `json:"refused"`
	Grant   []string  `json:"grant"` // the commands that give the user what it lacks
}

// Source is a part of what is asked.
type Source struct {
	Source string `json:"source"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"` // why not
}

// Refused is a command that the server refuses.
type Refused struct {
	Command string `json:"command"`
	Reason  string `json:"reason"` // denied, or unknown: the server has none of that name
}

// Setting is a parameter of the server.
type Setting struct {
	Parameter string `json:"parameter"`
	Actual    string `json:"actual"`
	Expected  string `json:"expected"`
	OK        bool   `json:"ok"`
}

// Combination says whether settings are wrong together.
type Combination struct {
	Finding string `json:"finding"`
	Is      bool   `json:"is"`
}

// Check is passed or not, or nobody can tell.
type Check struct {
	Check  string `json:"check"`
	Passed *bool  `json:"passed"`           // null: not known
	Reason string `json:"reason,omitempty"` // why not
}

// Queue is a queue.
type Queue struct {
	DB          int        `json:"db"`
	Queue       string     `json:"queue"`
	Role        string     `json:"role"`
	State       string     `json:"state"` // ok, unknown, note, warning or critical; empty: not judged
	Why         []string   `json:"why"`
	Depth       *float64   `json:"depth"`
	MaxLength   *float64   `json:"max_length"`
	Age         *float64   `json:"oldest_age_seconds"`
	AgeIsBound  bool       `json:"oldest_age_is_lower_bound"` // nothing in the jobs says when they were made
	MaxAge      *float64   `json:"max_age_seconds"`
	DeadLetters []DeathsBy `json:"dead_letters_sampled,omitempty"`
}

// DeathsBy is how many of the dead letters that were read died of something.
type DeathsBy struct {
	Reason string  `json:"reason"`
	Count  float64 `json:"count"`
}

// Class is a class of keys. Errors are shares of 1 by which an estimate may be off,
// 19 times of 20.
type Class struct {
	DB              int      `json:"db"`
	Class           string   `json:"class"`
	State           string   `json:"state"`
	Why             []string `json:"why"`
	Keys            float64  `json:"keys"` // counted; a lower bound when the walk is not complete
	Samples         int      `json:"samples"`
	WithoutTTL      *float64 `json:"keys_without_ttl"`
	TTLError        *float64 `json:"ttl_error_ratio"` // of the keys
	Bytes           *float64 `json:"memory_bytes"`
	BytesError      *float64 `json:"memory_error_ratio"` // of the bytes
	LargestBytes    *float64 `json:"largest_key_bytes"`
	LargestElements *float64 `json:"largest_key_elements"`
}

// Walk is a walk over all keys of a database.
type Walk struct {
	DB         int      `json:"db"`
	Complete   bool     `json:"complete"`
	Took       float64  `json:"took_seconds"`
	ServerTime *float64 `json:"server_seconds"` // that the server is taken to have worked for it
}

// Memory is what the server takes.
type Memory struct {
	Used          *float64 `json:"used_bytes"`
	Max           *float64 `json:"max_bytes"` // 0: no limit
	Policy        string   `json:"policy"`
	Resident      *float64 `json:"resident_bytes"`
	Fragmentation *float64 `json:"fragmentation_ratio"`
}

// Cache is what look-ups and evictions say. The check's own look-ups are not in it.
type Cache struct {
	HitRateSinceStart *float64 `json:"hit_rate_since_start"` // or since somebody reset the statistics
	HitRateLately     *float64 `json:"hit_rate_lately"`      // while the check watched
	LookupsLately     *float64 `json:"lookups_per_second_lately"`
	EvictedSinceStart *float64 `json:"evicted_since_start"`
	Commands          *float64 `json:"commands_per_second_lately"`
	Watched           *float64 `json:"watched_seconds"`
}

// Clients are the connections.
type Clients struct {
	Connected *float64 `json:"connected"`
	Max       *float64 `json:"max"`
	Blocked   *float64 `json:"blocked"`
}

// Persistence is what is on disk.
type Persistence struct {
	SnapshotAge *float64 `json:"snapshot_age_seconds"` // null: none since the server started
	SnapshotOK  *bool    `json:"snapshot_ok"`
	Unsaved     *float64 `json:"changes_since_snapshot"`
	AOF         *bool    `json:"aof_enabled"`
	AOFWriteOK  *bool    `json:"aof_write_ok"`
	RewriteOK   *bool    `json:"aof_rewrite_ok"`
}

// Replication is who copies whom.
type Replication struct {
	Replicas []Replica `json:"replicas"`
	Primary  string    `json:"primary"` // of a replica
	LinkUp   *bool     `json:"link_up"`
}

// Replica is one of a primary.
type Replica struct {
	Address string   `json:"address"`
	State   string   `json:"state"`
	Lag     *float64 `json:"lag_seconds"`
	Behind  *float64 `json:"behind_bytes"`
}

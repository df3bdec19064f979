package valkey

import (
	"math"
	"strconv"
)

// Info is a parsed INFO reply. Scalar fields stay text, because only the
// catalogue knows how to read them; lines that repeat are typed.
type Info struct {
	Fields    map[string]string // "used_memory" -> "1469208"
	Keyspaces []Keyspace        // by database number
	Commands  []Command         // by name
	Latencies []Latency         // by name
	Errors    []ErrorCount      // by name
	Replicas  []Replica         // in the server's order
	Threads   []IOThread        // in the server's order
	Engines   []Engine          // in the server's order
	Modules   []Module          // in the server's order
}

// NotSent marks a number that the server did not send.
var NotSent = math.NaN()

// DatabaseName is how INFO names a database: "db0".
func DatabaseName(db int) string { return "db" + strconv.Itoa(db) }

// Keyspace is one "dbN:" line.
type Keyspace struct {
	DB      string  // "db0"
	Keys    float64 // number of keys
	Expires float64 // keys with a TTL
	AvgTTL  float64 // milliseconds; 0 when no key has a TTL
	// ExpiringItems is the number of keys of which single items have a TTL.
	ExpiringItems float64
}

// Command is one "cmdstat_" line.
type Command struct {
	Name     string
	Calls    float64
	Micros   float64 // microseconds of server time, all calls together
	Rejected float64 // calls refused before they ran
	Failed   float64 // calls that ran and failed
}

// Latency is one "latency_percentiles_usec_" line.
type Latency struct {
	Command   string
	Quantiles []Quantile
}

// Quantile is one percentile of a command's latency.
type Quantile struct {
	Percentile float64 // 0 to 100
	Micros     float64
}

// ErrorCount is one "errorstat_" line.
type ErrorCount struct {
	Prefix string // first word of the error reply, e.g. "WRONGTYPE"
	Count  float64
}

// Replica is one "slaveN:" line of a primary.
type Replica struct {
	IP, Port, State string
	Offset          float64 // bytes of the replication stream acknowledged
	Lag             float64 // seconds since the last acknowledgement
}

// IOThread is one "io_thread_N:" line (Redis 8).
type IOThread struct {
	ID                     string
	Clients, Reads, Writes float64
	ActiveSeconds          float64 // Valkey 9.1 sends it on a line of its own
}

// Engine is one "engine_N:" line of the scripting engines (Valkey 8.1).
type Engine struct {
	Name     string
	Memory   float64 // bytes
	Overhead float64 // bytes
}

// Module is one "module:" line.
type Module struct {
	Name, Version, API, Filters, UsedBy, Using string
}

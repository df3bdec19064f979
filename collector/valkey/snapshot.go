package valkey

import "time"

// Snapshot is what one round trip told us: plain values, and for each source
// whether it can be believed. What the server did not send is absent, not
// zero.
type Snapshot struct {
	// Up is true when the server answered at all, even if it answered that it
	// is loading or that we may not ask.
	Up bool
	// Err is why the server could not be reached, or why INFO failed.
	Err error
	// At is when the round trip ended.
	At time.Time
	// Took is the length of the whole exchange, connecting included.
	Took time.Duration
	// Connect is the length of dialing and the handshake of the connection in
	// use. A connection that was kept still shows what it once cost.
	Connect time.Duration

	Info        Info
	Config      map[string]string // CONFIG GET, by parameter
	Histograms  []Histogram       // LATENCY HISTOGRAM
	Spikes      []Spike           // LATENCY LATEST
	Slowlog     Slowlog           // SLOWLOG LEN and GET 1
	Access      Access            // ACL GETUSER and COMMAND INFO, as they were when last asked
	Queues      []Reading         // one per watched queue, in the order asked
	QueueErrors QueueErrors       // failures of queues so far

	// Sources says for each part of the scrape that is in use how it went.
	Sources [NumSources]Outcome
	// Unavailable lists the commands that the server refuses to us.
	Unavailable []Unavailable
	// Probes counts the exporter's own key look-ups that the server had
	// counted in keyspace_hits and keyspace_misses when it wrote this INFO.
	Probes Lookups
}

// Outcome is how one source went in one scrape.
type Outcome struct {
	Asked bool          // false: there was nothing to ask
	Err   error         // nil: every reply was there and was understood
	Took  time.Duration // from the previous source's last reply to this one's, and decoding
}

// Source is one part of a scrape.
type Source int

// The sources, in the order in which they are asked.
const (
	SourceInfo Source = iota
	SourceConfig
	SourceLatencyHistogram
	SourceLatencyLatest
	SourceSlowlog
	SourceACL
	SourceQueues

	NumSources = int(iota)
)

// String is the value of the source label.
func (s Source) String() string {
	return [NumSources]string{"info", "config", "latency_histogram", "latency_latest", "slowlog", "acl", "queues"}[s]
}

// Lookups are key look-ups that the server counts.
type Lookups struct {
	Hits   float64 // the key existed
	Misses float64 // the key did not exist
}

// Unavailable is a command that the server refuses to this user.
type Unavailable struct {
	Command string // as sent, in capitals: "CONFIG GET"
	Reason  string // ReasonDenied or ReasonUnknown
}

// Reasons why something is not asked for the time being.
const (
	ReasonDenied    = "denied"     // the ACL of our user forbids the command or the key
	ReasonUnknown   = "unknown"    // the server has no command of that name (or it was renamed)
	ReasonWrongType = "wrong_type" // the key is not a list, set, sorted set or stream
	ReasonNoDB      = "no_such_db" // the server has no database of that number
	ReasonMoved     = "moved"      // another node of the cluster has the key
	// ReasonUnavailable is any other error reply about a key: the cluster is
	// down, or a replica has lost its primary and does not serve old data.
	ReasonUnavailable = "unavailable"
)

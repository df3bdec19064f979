package audit

// Parameter is a parameter of a server that can be judged. Only these ever leave
// the exporter with their values: none of them is a secret.
type Parameter int

// The parameters, by what they are about.
const (
	// Memory.
	Maxmemory Parameter = iota
	MaxmemoryPolicy
	MaxmemorySamples
	LazyfreeEviction
	LazyfreeExpire
	LazyfreeServerDel
	LazyfreeUserDel

	// Persistence.
	Appendonly
	Appendfsync
	NoAppendfsyncOnRewrite
	AutoAOFRewritePercentage
	AutoAOFRewriteMinSize
	Save

	// Replication.
	ReplBacklogSize

	// Connections and threads.
	TCPBacklog
	Timeout
	TCPKeepalive
	IOThreads
	IOThreadsDoReads
	ClientOutputBufferLimit

	numParameters // not one, but how many there are
)

// kind is how the value of a parameter is written.
type kind int

const (
	number kind = iota // a plain number
	size               // bytes, with or without a unit
	word               // one of a few words
	points             // pairs of seconds and changes, or nothing
	limits             // class, hard limit, soft limit, seconds; for several classes
)

// spec is what there is to know of a parameter.
type spec struct {
	name  string
	kind  kind
	words []string // of a parameter that has one of a few
}

var (
	yesNo    = []string{"yes", "no"}
	policies = []string{
		"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
	}
)

var specs = [numParameters]spec{
	Maxmemory:         {name: "maxmemory", kind: size},
	MaxmemoryPolicy:   {name: "maxmemory-policy", kind: word, words: policies},
	MaxmemorySamples:  {name: "maxmemory-samples"},
	LazyfreeEviction:  {name: "lazyfree-lazy-eviction", kind: word, words: yesNo},
	LazyfreeExpire:    {name: "lazyfree-lazy-expire", kind: word, words: yesNo},
	LazyfreeServerDel: {name: "lazyfree-lazy-server-del", kind: word, words: yesNo},
	LazyfreeUserDel:   {name: "lazyfree-lazy-user-del", kind: word, words: yesNo},

	Appendonly:               {name: "appendonly", kind: word, words: yesNo},
	Appendfsync:              {name: "appendfsync", kind: word, words: []string{"always", "everysec", "no"}},
	NoAppendfsyncOnRewrite:   {name: "no-appendfsync-on-rewrite", kind: word, words: yesNo},
	AutoAOFRewritePercentage: {name: "auto-aof-rewrite-percentage"},
	AutoAOFRewriteMinSize:    {name: "auto-aof-rewrite-min-size", kind: size},
	Save:                     {name: "save", kind: points},

	ReplBacklogSize: {name: "repl-backlog-size", kind: size},

	TCPBacklog:              {name: "tcp-backlog"},
	Timeout:                 {name: "timeout"},
	TCPKeepalive:            {name: "tcp-keepalive"},
	IOThreads:               {name: "io-threads"},
	IOThreadsDoReads:        {name: "io-threads-do-reads", kind: word, words: yesNo},
	ClientOutputBufferLimit: {name: "client-output-buffer-limit", kind: limits},
}

// String is the name of the parameter, to the server and in the file.
func (p Parameter) String() string { return specs[p].name }

// Parameters are all of them, in the order of the file.
func Parameters() []Parameter {
	all := make([]Parameter, numParameters)
	for i := range all {
		all[i] = Parameter(i)
	}
	return all
}

// Baseline is what is expected of each parameter.
type Baseline [numParameters]Expectation

package healthyday

import (
	_ "embed"

	"valkey-exporter/config"
)

// Scenario is one way in which servers can be healthy.
type Scenario struct {
	Name  string // of the file, without its extension
	About string

	config  string // of the exporter and of the rules; empty: the built-in one
	servers []server
	restart bool // the first server, in the middle
}

// server is a server with its exporter. All have deploy/valkey/valkey.conf.
type server struct {
	flags   []string
	replica bool // of the first server, which the mock application has to itself
	idle    bool // no mock application
	fifo    bool // workers take the oldest job first, unlike in the specification
	batches bool // of jobs come every minute
	stream  bool // workers read a stream as well
	state   bool // the exporter has a state file
}

// Scenarios are all of them.
func Scenarios() []Scenario {
	return []Scenario{
		{
			Name: "base", About: "A server as in the specification, and the mock application.",
			servers: []server{{state: true}},
		},
		{
			Name: "restart", About: "The server is shut down and started again in the middle; the data is kept.",
			servers: []server{{state: true}}, restart: true,
		},
		{
			Name: "maxmemory0", About: "A server without a memory limit.",
			config: withoutLimit, servers: []server{{flags: []string{"--maxmemory", "0"}}},
		},
		{
			Name: "noqueues", About: "The mock application is at work, but no queue is configured.",
			config: noQueues, servers: []server{{}},
		},
		{
			Name: "notraffic", About: "A server that nobody uses.",
			servers: []server{{idle: true}},
		},
		{
			Name: "replica", About: "A primary with the mock application, and its replica.",
			servers: []server{{}, {replica: true}},
		},
		{
			Name: "two", About: "Two independent servers in one job, with batches of jobs every minute. On the second, workers take the oldest job first, and read a stream as well.",
			config: withStream, servers: []server{{batches: true}, {batches: true, fifo: true, stream: true}},
		},
	}
}

//go:embed noqueues.yml
var noQueues string

//go:embed maxmemory0.yml
var withoutLimit string

//go:embed stream.yml
var withStream string

// Config is the configuration of the exporter, and of the rules.
func (s Scenario) Config() (config.Validated, error) {
	return config.Parse(s.Name+".yml", []byte(s.config))
}

// Dir is where the recordings are, seen from the root of the repository, and
// Extension is that of their files.
const (
	Dir       = "testdata/healthy"
	Extension = ".txt"
)

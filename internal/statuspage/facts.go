package statuspage

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"valkey-exporter/collector/valkey"
)

// facts are what is kept of a scrape that INFO came with. A number that the
// server did not send is NaN, a text empty. They are never changed.
type facts struct {
	at      time.Time
	name    string // of the product: valkey, redis
	version string
	role    string // master, slave
	mode    string // standalone, cluster, sentinel
	policy  string
	run     string // another one after a restart
	started time.Time
	uptime  float64 // seconds

	memoryUsed, memoryMax, memoryRSS, hostMemory float64
	clients, maxClients, blocked                 float64

	loading, linkUp, snapshotOK, appendOn, appendOK float64 // 1 is yes

	saved savings

	replicas []replica
	backlog  float64 // bytes

	counters counters
}

// counters are what only grows between two restarts, as long as nobody resets
// it.
type counters struct {
	commands, hits, misses, evicted, rejected float64
}

func newFacts(s valkey.Snapshot) *facts {
	text, number := s.Info.Fields, func(field string) float64 { return parse(s.Info.Fields[field]) }
	f := &facts{
		at: s.At, name: text["server_name"], version: first(text, "valkey_version", "redis_version"),
		role: text["role"], mode: first(text, "server_mode", "redis_mode"), policy: text["maxmemory_policy"], run: text["run_id"],
		uptime:     number("uptime_in_seconds"),
		memoryUsed: number("used_memory"), memoryMax: number("maxmemory"), memoryRSS: number("used_memory_rss"),
		hostMemory: number("total_system_memory"),
		clients:    number("connected_clients"), maxClients: number("maxclients"), blocked: number("blocked_clients"),
		loading: number("loading"), linkUp: word(text["master_link_status"], "up"),
		snapshotOK: word(text["rdb_last_bgsave_status"], "ok"),
		appendOn:   number("aof_enabled"), appendOK: word(text["aof_last_write_status"], "ok"),
		saved:    newSavings(s),
		replicas: replicasOf(s.Info), backlog: number("repl_backlog_size"),
		counters: counters{
			commands: number("total_commands_processed"), evicted: number("evicted_keys"), rejected: number("rejected_connections"),
			// Without the exporter's own, as in the recording rule of the hit rate.
			hits: number("keyspace_hits") - s.Probes.Hits, misses: number("keyspace_misses") - s.Probes.Misses,
		},
	}
	if f.name == "" && f.version != "" {
		f.name = "redis"
	}
	if !math.IsNaN(f.uptime) {
		f.started = s.At.Add(-time.Duration(f.uptime) * time.Second).Truncate(time.Second)
	}
	return f
}

// parse is NaN for a text that is no number.
func parse(text string) float64 {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return math.NaN()
}

// word is 1 if the text is the good one, 0 if it is another, NaN if there is
// none.
func word(text, good string) float64 {
	switch text {
	case "":
		return math.NaN()
	case good:
		return 1
	}
	return 0
}

func first(fields map[string]string, names ...string) string {
	for _, name := range names {
		if fields[name] != "" {
			return fields[name]
		}
	}
	return ""
}

// memoryShare is the part of the limit that is in use; NaN without a limit.
func (f *facts) memoryShare() float64 { return share(f.memoryUsed, f.memoryMax) }

// share is NaN if there is no whole.
func share(part, whole float64) float64 {
	if !(whole > 0) {
		return math.NaN()
	}
	return part / whole
}

func (f *facts) replica() bool { return f != nil && f.role == "slave" }

// evictsAll reports whether any key may be evicted: such a server is meant to be
// full, unless it has queues.
func (f *facts) evictsAll() bool { return strings.HasPrefix(f.policy, "allkeys-") }

// scraped is one scrape in the list of the last ones.
type scraped struct {
	at      time.Time
	took    time.Duration
	up      bool
	kind    valkey.Kind
	parts   []part // that failed
	refused []valkey.Unavailable
	queues  []valkey.Reading // of the latest scrape only
	facts   *facts           // nil when INFO did not come
	asked   valkey.Snapshot  // what an audit needs, of the latest scrape only
}

// part is a source that failed, though the server answered.
type part struct {
	source valkey.Source
	kind   valkey.Kind
}

func newScraped(s valkey.Snapshot) scraped {
	n := scraped{
		at: s.At, took: s.Took, up: s.Up, kind: valkey.KindOf(s.Err),
		refused: slices.Clone(s.Unavailable), queues: s.Queues,
	}
	if n.at.IsZero() {
		n.at = time.Now()
	}
	if s.Err != nil {
		return n
	}
	n.facts, n.asked = newFacts(s), asked(s)
	for i, o := range s.Sources {
		if o.Err != nil {
			n.parts = append(n.parts, part{valkey.Source(i), valkey.KindOf(o.Err)})
		}
	}
	return n
}

package health

import (
	"math"
	"strconv"
	"strings"
	"time"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// counter is a number of INFO that only grows while a server runs and nobody
// resets it.
type counter int

const (
	evicted counter = iota
	expired
	commandsRun // these two are read only to notice a reset
	bytesRead
	flushes // calls of commands, from here on
	settingChanges
	deletes
	renames
	listPops
	listSweeps // calls that take any number of entries, counted as pops too
	listPushes
	setPops
	setPushes
	zsetPops
	zsetSweeps
	zsetPushes
	counterCount
)

func (c counter) String() string {
	return [...]string{
		"evicted", "expired", "commands", "bytes", "flushes", "setting_changes", "deletes", "renames",
		"list_pops", "list_sweeps", "list_pushes", "set_pops", "set_pushes", "zset_pops", "zset_sweeps", "zset_pushes",
	}[c]
}

// counters are all of them; NotSent where INFO did not tell.
type counters [counterCount]float64

// counterFields are the counters that are fields of INFO.
var counterFields = map[string]counter{
	"evicted_keys": evicted, "expired_keys": expired,
	"total_commands_processed": commandsRun, "total_net_input_bytes": bytesRead,
}

// counterCommands says what a call of a command counts as. Commands that a
// script calls are counted by the server like any others.
var counterCommands = map[string][]counter{
	"flushdb": {flushes}, "flushall": {flushes},
	"config|set": {settingChanges},
	"del":        {deletes}, "unlink": {deletes},
	"rename": {renames}, "renamenx": {renames}, "move": {renames}, "migrate": {renames},

	"lpop": {listPops}, "rpop": {listPops}, "blpop": {listPops}, "brpop": {listPops}, "lrem": {listPops},
	"rpoplpush": {listPops, listPushes}, "brpoplpush": {listPops, listPushes},
	"lmove": {listPops, listPushes}, "blmove": {listPops, listPushes},
	"ltrim": {listPops, listSweeps}, "lmpop": {listPops, listSweeps}, "blmpop": {listPops, listSweeps},
	"lpush": {listPushes}, "rpush": {listPushes}, "lpushx": {listPushes}, "rpushx": {listPushes}, "linsert": {listPushes},

	"srem": {setPops}, "spop": {setPops}, "smove": {setPops, setPushes}, "sadd": {setPushes},
	"sdiffstore": {setPops, setPushes}, "sinterstore": {setPops, setPushes}, "sunionstore": {setPops, setPushes},

	"zrem": {zsetPops}, "zpopmin": {zsetPops}, "zpopmax": {zsetPops}, "bzpopmin": {zsetPops}, "bzpopmax": {zsetPops},
	"zmpop": {zsetPops, zsetSweeps}, "bzmpop": {zsetPops, zsetSweeps}, "zremrangebyscore": {zsetPops, zsetSweeps},
	"zremrangebyrank": {zsetPops, zsetSweeps}, "zremrangebylex": {zsetPops, zsetSweeps},
	"zadd": {zsetPushes}, "zincrby": {zsetPushes}, "geoadd": {zsetPushes}, "zrangestore": {zsetPops, zsetPushes},
	"zdiffstore": {zsetPops, zsetPushes}, "zinterstore": {zsetPops, zsetPushes}, "zunionstore": {zsetPops, zsetPushes},
}

// family are the counters of the commands that change queues of one type.
type family struct{ pops, sweeps, pushes counter }

// families has no streams: what is read from a stream stays in it.
var families = map[valkey.Type]family{
	valkey.TypeList:      {listPops, listSweeps, listPushes},
	valkey.TypeSet:       {setPops, setPops, setPushes}, // SREM and SPOP may all be sweeps: nothing tells
	valkey.TypeSortedSet: {zsetPops, zsetSweeps, zsetPushes},
}

// counted is what INFO has counted at one moment.
type counted struct {
	counters counters
	lists    flow.Commands // of use if listPops is known
}

func count(info valkey.Info) counted {
	var c counted
	for field, i := range counterFields {
		c.counters[i] = number(info, field)
	}
	for i := flushes; i < counterCount; i++ {
		if len(info.Commands) == 0 { // a server that answers has run a command
			c.counters[i] = valkey.NotSent
		}
	}
	for _, command := range info.Commands {
		c.lists.Add(command.Name, command.Calls)
		for _, i := range counterCommands[command.Name] {
			c.counters[i] += command.Calls
		}
	}
	return c
}

// number is a field of INFO, NotSent if it is not there or no number.
func number(info valkey.Info, field string) float64 {
	if n, err := strconv.ParseFloat(info.Fields[field], 64); err == nil {
		return n
	}
	return valkey.NotSent
}

// facts are how a server was at one look. All queues of the look share them.
type facts struct {
	at            time.Time
	runID         string
	before, after counted  // on either side of the look
	lately        counters // what happened between the look before and this one

	maxmemory float64 // bytes; 0: no limit
	policy    string

	heard map[*watched]*valkey.Heard // nil if nobody listens
}

func newFacts(look valkey.Look, last *facts) *facts {
	f := &facts{
		at: look.At, runID: look.After.Fields["run_id"],
		before: count(look.Before), after: count(look.After),
		maxmemory: number(look.After, "maxmemory"), policy: look.After.Fields["maxmemory_policy"],
	}
	f.lately = f.since(last).grew
	return f
}

// clues are what a server did between two looks at a queue. Nothing that it
// did in between is missing; something that it did around them may be in it.
type clues struct {
	restarted bool
	grew      counters       // NotSent: not known
	lists     *flow.Commands // nil: not known
	// likely is what grew is, or may be taken to be for want of better.
	likely counters
}

// since compares with an earlier look. After CONFIG RESETSTAT nothing is known
// for one interval.
func (f *facts) since(earlier *facts) *clues {
	c := &clues{grew: unknown(), likely: unknown()}
	switch {
	case earlier == nil:
		return c
	case earlier.runID != f.runID && earlier.runID != "" && f.runID != "":
		c.restarted, c.likely = true, f.sinceRestart(earlier)
		return c
	}
	grew := f.after.counters
	for i, from := range earlier.before.counters {
		grew[i] -= from
		if grew[i] < 0 {
			return c
		}
	}
	c.grew, c.likely = grew, grew
	if !math.IsNaN(grew[listPops]) {
		lists := f.after.lists.Since(earlier.before.lists)
		c.lists = &lists
	}
	return c
}

// sinceRestart takes it that in the time before the server stopped, which no
// look showed, as much happened as between the two looks before.
func (f *facts) sinceRestart(earlier *facts) counters {
	c := f.after.counters
	for i := range c {
		c[i] += earlier.lately[i]
	}
	return c
}

func unknown() counters {
	var c counters
	for i := range c {
		c[i] = valkey.NotSent
	}
	return c
}

// evictable is 1 if the server may delete a key to make room, 0 if it may not,
// and NotSent if that is not known.
func (f *facts) evictable(expires bool) float64 {
	switch {
	case f == nil || math.IsNaN(f.maxmemory) || f.policy == "":
		return valkey.NotSent
	case f.maxmemory == 0 || f.policy == "noeviction":
		return 0
	case expires || strings.HasPrefix(f.policy, "allkeys-"):
		return 1
	}
	return 0
}

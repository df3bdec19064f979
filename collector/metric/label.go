package metric

import "slices"

// Label is the name of a label.
type Label string

// The labels that metrics of this catalogue carry.
const (
	LabelDB     Label = "db"
	LabelList   Label = "list"
	LabelQueue  Label = "queue"
	LabelRole   Label = "role"
	LabelReason Label = "reason"
	LabelWorker Label = "worker"
	LabelOrder  Label = "order"
	LabelMethod Label = "method"
	LabelExact  Label = "exact"
	LabelCause  Label = "cause"
	LabelStream Label = "stream"
	LabelGroup  Label = "group"

	LabelSave Label = "save"

	LabelCmd       Label = "cmd"
	LabelErr       Label = "err"
	LabelEventName Label = "event_name"
	LabelThread    Label = "thread"
	LabelEngine    Label = "engine"
	LabelClass     Label = "class"
	LabelWithin    Label = "within"
	LabelLimit     Label = "limit"
	LabelChannel   Label = "channel"

	LabelParameter Label = "parameter"
	LabelExpected  Label = "expected"
	LabelActual    Label = "actual"
	LabelFinding   Label = "finding"
	LabelCheck     Label = "check"

	LabelMasterHost Label = "master_host"
	LabelMasterPort Label = "master_port"
	LabelReadOnly   Label = "read_only"
	LabelSlaveIP    Label = "slave_ip"
	LabelSlavePort  Label = "slave_port"
	LabelSlaveState Label = "slave_state"

	LabelMasterReplID       Label = "master_replid"
	LabelMaxmemoryPolicy    Label = "maxmemory_policy"
	LabelOS                 Label = "os"
	LabelProcessID          Label = "process_id"
	LabelRedisBuildID       Label = "redis_build_id"
	LabelRedisMode          Label = "redis_mode"
	LabelRedisVersion       Label = "redis_version"
	LabelRunID              Label = "run_id"
	LabelTCPPort            Label = "tcp_port"
	LabelValkeyReleaseStage Label = "valkey_release_stage"
	LabelValkeyVersion      Label = "valkey_version"

	LabelAvailabilityZone Label = "availability_zone"
	LabelMode             Label = "mode"
	LabelName             Label = "name"
	LabelVersion          Label = "version"
	LabelAPI              Label = "api"
	LabelFilters          Label = "filters"
	LabelUsedBy           Label = "usedby"
	LabelUsing            Label = "using"
	LabelVer              Label = "ver"

	LabelBuildDate     Label = "build_date"
	LabelCommitSHA     Label = "commit_sha"
	LabelGolangVersion Label = "golang_version"
	LabelCommand       Label = "command"
	LabelSource        Label = "source"

	LabelPercentile Label = "percentile"
)

// The labels that Prometheus puts on every series of a target.
const (
	LabelInstance Label = "instance" // address of the exporter
	LabelJob      Label = "job"      // name of the scrape job
)

// TargetLabels are those that Prometheus puts on every series, sorted.
func TargetLabels() []Label { return []Label{LabelInstance, LabelJob} }

// LabelMeaning explains one label to the reader of a query.
type LabelMeaning struct {
	Label   Label
	Meaning string
}

// Labels explains every label of the catalogue, by topic.
func Labels() []LabelMeaning { return slices.Concat(thingLabels(), serverLabels(), latencyLabels) }

// thingLabels are those of keys, commands, settings and what else is counted.
func thingLabels() []LabelMeaning {
	return []LabelMeaning{
		{LabelDB, "Database of the server: `db0`, `db1` and so on."},
		{LabelList, "Key of the list."},
		{LabelQueue, "Key of the queue, whatever its type."},
		{LabelRole, "Of a queue: `work`, `processing` or `dead_letter`, from the configuration. Of a server: `master` or `slave`."},
		{LabelReason, "Why something is not to be had or went wrong. Of a command: `denied` or `unknown`. Of a queue that cannot be read: `wrong_type`, `denied`, `no_such_db`, `moved` (to another node of the cluster) or `unavailable` (any other error of the server). Of a check: `denied` or `unknown` like the command that would tell, `not_told` when the server leaves it out of its answer, or `unavailable`. " +
			"Of a message without a usable time: `no_timestamp`, `future` (by more than five minutes), `absurd` (before 2015, or no time in any unit), `bad_value` (at the configured field), `unknown_format` (neither JSON nor text), `too_big` or `empty`. Of a dead letter: the error that the job carries, without its ids and numbers; those beyond the ten most frequent are `other`."},
		{LabelWorker, "What stands in the key for the `*` of a processing pattern, as a rule the worker's name; absent from a queue that the configuration names by its key."},
		{LabelOrder, "`fifo`: the oldest message is taken first. `lifo`: the newest. `unknown`: it has not shown yet, or both happen."},
		{LabelMethod, "How arrivals and departures were counted lately. A list: by `marker` (a message at an end), `idle` (no command that adds, or none that removes, was run), `turnover` (no known message was found) or `length` (nothing but the lengths), or the server told of more than could be seen (`notifications`). A set: by its `members` or its `length`. `stream`: by the server."},
		{LabelExact, "`true` when the counters of arrivals and departures are exact, as far as the last ten minutes go; `false` when they are lower bounds."},
		{LabelCause, "What made messages vanish: `flushed`, `expired`, `evicted`, `deleted`, `renamed`, `restarted` or `unknown`."},
		{LabelStream, "Key of the stream."},
		{LabelSave, "What is saved: a `snapshot` (RDB), or an `aof_rewrite`, the append-only file in a shorter form."},
		{LabelGroup, "Of a stream: name of the consumer group. Of clients: a group of the configuration, `other` or `exporter`."},
		{LabelCmd, "Command as the server names it, in lower case; `config|get` is a subcommand."},
		{LabelErr, "Of an error reply: its first word, such as `WRONGTYPE`. Of a scrape: the kind of failure, from a fixed set, empty when there was none."},
		{LabelEventName, "Cause of a stall as the latency monitor names it, such as `fork` or `command`."},
		{LabelThread, "Number of the I/O thread."},
		{LabelEngine, "Name of the scripting engine, such as `LUA`."},
		{LabelClass, "Of keys: the pattern of the configuration that they match, or `other`. Of clients: `normal`, `slave` or `pubsub`."},
		{LabelWithin, "The time by which keys will have expired: `1m`, `5m`, `15m`, `1h`, `6h`, `1d` or `1w`."},
		{LabelChannel, "Channel of the configuration."},
		{LabelLimit, "Which of two limits: `hard` acts at once, `soft` after a time."},
		{LabelParameter, "Parameter of the server, as in `valkey.conf`; one of those in the section `audit.baseline` of the configuration."},
		{LabelExpected, "What the configuration expects of the parameter: a value, or a bound such as `>= 5`."},
		{LabelActual, "What the server has; `\"\"` is a text without a character."},
		{LabelFinding, "Settings that are wrong together: `memory_unlimited`, `queues_evictable`, `queues_not_persisted` or `nothing_persisted`."},
		{LabelCheck, "What strangers could do: `default_user_password`, `protected_mode`, `tls`, or `command_` with a command that the default user may run: `flushall`, `flushdb`, `config`, `keys` or `debug`."},
	}
}

// serverLabels are those of servers and of the exporter.
func serverLabels() []LabelMeaning {
	return []LabelMeaning{
		{LabelMasterHost, "Host of the primary that this replica follows."},
		{LabelMasterPort, "Port of the primary that this replica follows."},
		{LabelReadOnly, "`1` when the replica refuses writes."},
		{LabelSlaveIP, "Address of the replica."},
		{LabelSlavePort, "Port on which the replica listens."},
		{LabelSlaveState, "How far the replica is: `online`, or a stage of its synchronisation."},
		{LabelMasterReplID, "ID of the replication history. Servers that share it hold the same data set."},
		{LabelMaxmemoryPolicy, "What happens at the memory limit, such as `allkeys-lru` or `noeviction`."},
		{LabelOS, "Operating system of the server."},
		{LabelProcessID, "Process ID of the server."},
		{LabelRedisBuildID, "Build of the server's binary."},
		{LabelRedisMode, "`standalone`, `cluster` or `sentinel`, whatever the server calls the field."},
		{LabelRedisVersion, "Version of Redis that the server is compatible with; on Valkey it stays at 7.2.4."},
		{LabelRunID, "Random ID of this run of the server."},
		{LabelTCPPort, "Port on which the server listens."},
		{LabelValkeyReleaseStage, "`ga`, or the stage of a pre-release (Valkey 8.1 and later; absent elsewhere)."},
		{LabelValkeyVersion, "Version of Valkey; absent on Redis."},
		{LabelAvailabilityZone, "Zone that the operator has configured; empty when none is."},
		{LabelMode, "`standalone`, `cluster` or `sentinel`."},
		{LabelName, "Of a server: `valkey` or `redis`. Of a module: its name."},
		{LabelVersion, "The product's own version."},
		{LabelAPI, "Version of the module API."},
		{LabelFilters, "Command filters that the module has installed."},
		{LabelUsedBy, "Modules that use this one."},
		{LabelUsing, "Modules that this one uses."},
		{LabelVer, "Version of the module, as a number."},
		{LabelBuildDate, "When the exporter was built."},
		{LabelCommitSHA, "Commit that the exporter was built from."},
		{LabelGolangVersion, "Version of the Go compiler."},
		{LabelCommand, "Command that the exporter sends, in capitals: `CONFIG GET`."},
		{LabelSource, "Of a scrape: a part of it, `info`, `config`, `latency_histogram`, `latency_latest`, `slowlog`, `acl` or `queues`. " +
			"Of a message's time: the field of the payload (`enqueued_at`, or `meta.enqueued_at` one level down, with `*` for an object without a usual name), its ID (`uuidv7`, `ulid`), or `first_seen` when only the exporter knows since when it is there."},
	}
}

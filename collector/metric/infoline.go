package metric

import (
	"regexp"
	"strings"
)

// InfoKey is the key of an INFO line. N stands for a number and * for any
// text, as in "dbN" and "cmdstat_*".
type InfoKey string

// Matches reports whether the key of a real line is meant.
func (k InfoKey) Matches(key string) bool {
	if !strings.ContainsAny(string(k), "N*") {
		return string(k) == key
	}
	return regexp.MustCompile("^" + strings.NewReplacer("N", "[0-9]+", "*", ".+").Replace(string(k)) + "$").MatchString(key)
}

// InfoLine is a line of INFO that is more than one number: the collector
// takes it apart, or uses its text as a label.
type InfoLine struct {
	Section string
	Key     InfoKey
	Metrics []Family // what carries the line's content
}

// InfoLines are all such lines. Together with the Field rows and LeftOut they
// account for every line that a server sends.
func InfoLines() []InfoLine {
	instance, product := []Family{InstanceInfo}, []Family{ServerInfo}
	return []InfoLine{
		{"server", "redis_version", []Family{InstanceInfo, ServerInfo}},
		{"server", "valkey_version", []Family{InstanceInfo, ServerInfo}},
		{"server", "valkey_release_stage", instance},
		{"server", "redis_build_id", instance},
		{"server", "redis_mode", []Family{InstanceInfo, ServerInfo}},
		{"server", "server_mode", []Family{InstanceInfo, ServerInfo}},
		{"server", "server_name", product},
		{"server", "availability_zone", product},
		{"server", "os", instance},
		{"server", "run_id", instance},
		{"server", "tcp_port", instance},
		{"memory", "maxmemory_policy", instance},
		{"replication", "role", instance},
		{"replication", "master_replid", instance},
		{"replication", "slaveN", []Family{ReplicaOffset, ReplicaLag}},
		{"replication", "master_host", []Family{SlaveInfo, MasterLinkUp}},
		{"replication", "master_port", []Family{SlaveInfo, MasterLinkUp}},
		{"replication", "slave_read_only", []Family{SlaveInfo}},
		{"replication", "master_link_status", []Family{MasterLinkUp}},
		{"replication", "master_last_io_seconds_ago", []Family{MasterLastIO}},
		{"replication", "master_sync_in_progress", []Family{MasterSyncInProgress}},
		{"replication", "slave_repl_offset", []Family{SlaveReplOffset}},
		{"cpu", "used_active_time_io_thread_N", []Family{IOThreadActiveTime}},
		{"modules", "module", []Family{ModuleInfo}},
		{"commandstats", "cmdstat_*", []Family{CommandCalls, CommandDuration, CommandRejected, CommandFailed}},
		{"errorstats", "errorstat_*", []Family{ErrorsTotal}},
		{"latencystats", "latency_percentiles_usec_*", []Family{CommandLatencyPercentiles}},
		{"threads", "io_thread_N", []Family{IOThreadClients, IOThreadReads, IOThreadWrites}},
		{"keyspace", "dbN", []Family{DBKeys, DBKeysExpiring, DBAvgTTL, DBKeysWithExpiringItems}},
		{"scripting engines", "engine_N", []Family{ScriptingEngineMemory, ScriptingEngineOverhead}},
	}
}

// Circumstance names fields that a healthy standalone primary does not send.
type Circumstance struct {
	When string // "on a replica"
	Keys []InfoKey
}

// Circumstances are the fields that come and go with the state of a server.
func Circumstances() []Circumstance {
	return []Circumstance{
		{"while the server loads its data set", []InfoKey{
			"loading_start_time", "loading_total_bytes", "loading_rdb_used_mem", "loading_loaded_bytes", "loading_loaded_perc", "loading_eta_seconds",
		}},
		{"while the server shuts down", []InfoKey{"shutdown_in_milliseconds"}},
		{"on a primary with replicas", []InfoKey{"slaveN"}},
		{"when min-replicas-to-write is set", []InfoKey{"min_slaves_good_slaves"}},
		{"on a replica", []InfoKey{
			"master_host", "master_port", "master_link_status", "master_last_io_seconds_ago", "master_sync_in_progress", "slave_read_repl_offset",
			"slave_repl_offset", "slave_priority", "slave_read_only", "replica_announced", "replicas_repl_buffer_size", "replicas_repl_buffer_peak",
		}},
		{"on a replica without a link to its primary", []InfoKey{"master_link_down_since_seconds"}},
		{"on a replica during a full synchronisation", []InfoKey{
			"master_sync_total_bytes", "master_sync_read_bytes", "master_sync_left_bytes", "master_sync_perc", "master_sync_last_io_seconds_ago",
		}},
		{"on Valkey 9.1 and later with I/O threads", []InfoKey{"used_active_time_io_thread_N"}},
	}
}

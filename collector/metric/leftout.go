package metric

import "slices"

// LeftOutFields are fields of INFO that are no metric, for one reason.
type LeftOutFields struct {
	Section string
	Keys    []InfoKey
	Reason  string
}

// LeftOut lists what the exporter reads and drops, so that nobody has to
// wonder whether a field was forgotten.
func LeftOut() []LeftOutFields { return slices.Clone(leftOut) }

var leftOut = []LeftOutFields{
	{
		"server",
		[]InfoKey{"redis_git_sha1", "redis_git_dirty"},
		"Where the source code came from, zeros in packaged builds; the build ID identifies the binary.",
	},
	{
		"server",
		[]InfoKey{"arch_bits", "monotonic_clock", "multiplexing_api", "atomicvar_api", "gcc_version"},
		"How the binary was built; it cannot change while the server runs and explains no symptom.",
	},
	{
		"server",
		[]InfoKey{"executable", "config_file", "process_supervised"},
		"How the process was started: paths of the host that do not belong on a metrics page.",
	},
	{
		"server",
		[]InfoKey{"uptime_in_days"},
		"The uptime in seconds, rounded.",
	},
	{
		"server",
		[]InfoKey{"lru_clock"},
		"An internal clock of 24 bits that wraps around.",
	},
	{
		"server",
		[]InfoKey{"listenerN"},
		"The addresses on which the server listens: its configuration, and part of it is the address being scraped.",
	},
	{
		"clients",
		[]InfoKey{"paused_reason"},
		"Why clients are held back. That they are is a metric; the cause is an operator's own command or a failover, which has a metric too.",
	},
	{
		"memory",
		[]InfoKey{
			"used_memory_human", "used_memory_rss_human", "used_memory_peak_human", "total_system_memory_human", "used_memory_lua_human",
			"used_memory_vm_total_human", "used_memory_scripts_human", "maxmemory_human",
		},
		"The field of the same name without `_human`, rounded for people.",
	},
	{
		"memory",
		[]InfoKey{"used_memory_peak_perc"},
		"A quotient of two metrics: memory used and its peak.",
	},
	{
		"memory",
		[]InfoKey{"used_memory_dataset_perc"},
		"A quotient of metrics: the data set, and memory used less that at startup.",
	},
	{
		"memory",
		[]InfoKey{"mem_allocator"},
		"Name and version of the allocator; it cannot change while the server runs.",
	},
	{
		"replication",
		[]InfoKey{"master_replid2"},
		"ID of the history before a failover. The position up to which it is valid is a metric; nobody compares the ID itself.",
	},
	{
		"keysizes",
		[]InfoKey{"dbN_distrib_*"},
		"Distribution of the sizes of keys by type, only in Redis 8: dozens of series for each database.",
	},
	{
		"tls",
		[]InfoKey{"tls_server_cert_serial", "tls_client_cert_serial", "tls_ca_cert_serial"},
		"Which certificate is in use; what needs watching is when it expires, and that is a metric.",
	},
}

package metric

var throughput = &Topic{
	title: "Throughput",
	intro: "How much work arrives. For graphs prefer the rate of a counter: the instantaneous values are the server's own average over its last samples, about 1.6 seconds.",
}

// Commands and bytes.
var (
	CommandsProcessed = throughput.counter("redis_commands_processed_total", None, field("stats", "total_commands_processed", number),
		"Commands executed. A sudden fall with clients still connected means that something upstream stands still.")
	OpsPerSecond = throughput.gauge("redis_instantaneous_ops_per_sec", PerSecond, field("stats", "instantaneous_ops_per_sec", number),
		"Commands executed per second right now.")
	NetInput = throughput.counter("redis_net_input_bytes_total", Bytes, field("stats", "total_net_input_bytes", number),
		"Bytes received from the network, replication included.")
	NetOutput = throughput.counter("redis_net_output_bytes_total", Bytes, field("stats", "total_net_output_bytes", number),
		"Bytes sent to the network, replication included. Compare with the bandwidth of the link.")
	InputRate = throughput.gauge("redis_instantaneous_input_kbps", KiBPerSecond, field("stats", "instantaneous_input_kbps", number),
		"Kibibytes received per second right now, without replication.")
	OutputRate = throughput.gauge("redis_instantaneous_output_kbps", KiBPerSecond, field("stats", "instantaneous_output_kbps", number),
		"Kibibytes sent per second right now, without replication.")
	NetReplInput = throughput.counter("redis_net_repl_input_bytes_total", Bytes, field("stats", "total_net_repl_input_bytes", number),
		"Bytes received from the primary by replication.")
	NetReplOutput = throughput.counter("redis_net_repl_output_bytes_total", Bytes, field("stats", "total_net_repl_output_bytes", number),
		"Bytes sent to replicas. A leap is a full synchronisation.")
	ReplInputRate = throughput.gauge("redis_instantaneous_input_repl_kbps", KiBPerSecond, field("stats", "instantaneous_input_repl_kbps", number),
		"Kibibytes per second that replication brings in right now.")
	ReplOutputRate = throughput.gauge("redis_instantaneous_output_repl_kbps", KiBPerSecond, field("stats", "instantaneous_output_repl_kbps", number),
		"Kibibytes per second that go to replicas right now.")
	NetSlotImport = throughput.counter("redis_net_cluster_slot_import_bytes_total", Bytes, field("stats", "total_net_cluster_slot_import_bytes", number),
		"Bytes received for cluster slots that move to this node (Valkey 9 and later).")
	NetSlotExport = throughput.counter("redis_net_cluster_slot_export_bytes_total", Bytes, field("stats", "total_net_cluster_slot_export_bytes", number),
		"Bytes sent for cluster slots that move away from this node (Valkey 9 and later).")
	ReadsProcessed = throughput.counter("redis_total_reads_processed", None, field("stats", "total_reads_processed", number),
		"Reads from client sockets. Far fewer than commands means that clients pipeline, which is good.")
	WritesProcessed = throughput.counter("redis_total_writes_processed", None, field("stats", "total_writes_processed", number),
		"Writes to client sockets.")
)

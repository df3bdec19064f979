package metric

var replication = &Topic{
	title: "Replication",
	intro: "Would a replica have the data if this server died? The server calls a primary `master` and a replica `slave`; names that dashboards rely on keep those words.",
}

// On a primary.
var (
	ConnectedReplicas = replication.gauge("redis_connected_slaves", None, field("replication", "connected_slaves", number),
		"Replicas connected to this server. Fewer than planned means less redundancy than planned.")
	ReplicaOffset = replication.gauge("redis_connected_slave_offset_bytes", Bytes, Reply("INFO replication: slaveN offset"),
		"Position in the replication stream that a replica has acknowledged. The primary's own position less this is what a failover would lose.",
		LabelSlaveIP, LabelSlavePort, LabelSlaveState)
	ReplicaLag = replication.gauge("redis_connected_slave_lag_seconds", Seconds, Reply("INFO replication: slaveN lag"),
		"Time since a replica's last acknowledgement; one comes every second. Beyond 10 the replica hangs or the link is down.",
		LabelSlaveIP, LabelSlavePort, LabelSlaveState)
	ReplicaBehind = replication.gauge("redis_connected_slave_lag_bytes", Bytes, Reply("INFO replication: master_repl_offset less slaveN offset"),
		"Bytes of the replication stream that a replica has not acknowledged yet. Up to a second of writes is usual. Beyond the backlog it has to start over if the link breaks. Absent until it is online.",
		LabelSlaveIP, LabelSlavePort, LabelSlaveState)
	GoodReplicas = replication.gauge("redis_min_slaves_good_slaves", None, field("replication", "min_slaves_good_slaves", number),
		"Replicas that lag little enough to count for min-replicas-to-write. Below that setting writes are refused.")
	ReplicasWaitingPsync = replication.gauge("redis_replicas_waiting_psync", None, field("replication", "replicas_waiting_psync", number),
		"Replicas in a dual-channel full synchronisation that still load the snapshot (Valkey 8 and later).")
	FailoverInProgress = replication.gauge("redis_failover_in_progress", Bool, field("replication", "master_failover_state", busy("no-failover", "waiting-for-sync", "failover-in-progress")),
		"1 while a FAILOVER command hands this primary's role to a replica. Writes are held back for that long.")
	ResyncsFull = replication.gauge("redis_replica_resyncs_full", None, field("stats", "sync_full", number),
		"Full synchronisations with replicas since the server started. Each forks and sends everything; if they repeat, the backlog is too small.")
	ResyncsPartial = replication.gauge("redis_replica_partial_resync_accepted", None, field("stats", "sync_partial_ok", number),
		"Replicas that could resume where they were cut off, since the server started.")
	ResyncsDenied = replication.gauge("redis_replica_partial_resync_denied", None, field("stats", "sync_partial_err", number),
		"Replicas that could not resume and had to start over, since the server started. Enlarge repl-backlog-size.")
)

// The replication stream.
var (
	ReplicationOffset = replication.gauge("redis_master_repl_offset", Bytes, field("replication", "master_repl_offset", number),
		"Position of this server in the replication stream, in bytes.")
	SecondOffset = replication.gauge("redis_second_repl_offset", Bytes, field("replication", "second_repl_offset", number),
		"Position up to which replicas of the previous primary may still resume here; -1 when there was no failover.")
	BacklogActive = replication.gauge("redis_repl_backlog_is_active", Bool, field("replication", "repl_backlog_active", flag),
		"1 when the server keeps a backlog, which it does once it has had a replica.")
	BacklogSize = replication.gauge("redis_replication_backlog_bytes", Bytes, field("replication", "repl_backlog_size", number),
		"Capacity of the replication backlog. Divided by the rate of writes it is the longest absence a replica can make up for.")
	BacklogFirstOffset = replication.gauge("redis_repl_backlog_first_byte_offset", Bytes, field("replication", "repl_backlog_first_byte_offset", number),
		"Oldest position in the replication stream that the backlog still holds.")
	BacklogHistory = replication.gauge("redis_repl_backlog_history_bytes", Bytes, field("replication", "repl_backlog_histlen", number),
		"Bytes of the replication stream that the backlog holds now.")
)

// On a replica: the link to its primary.
var (
	SlaveInfo = replication.gauge("redis_slave_info", Info, Reply("INFO replication: master_host, master_port, slave_read_only"),
		"Present on a replica only: whom it follows, and whether it refuses writes.",
		LabelMasterHost, LabelMasterPort, LabelReadOnly)
	MasterLinkUp = replication.gauge("redis_master_link_up", Bool, Reply("INFO replication: master_link_status"),
		"1 while this replica is connected to its primary. At 0 its data grows stale.",
		LabelMasterHost, LabelMasterPort)
	MasterLastIO = replication.gauge("redis_master_last_io_seconds_ago", Seconds, Reply("INFO replication: master_last_io_seconds_ago"),
		"Time since this replica last heard from its primary; -1 while they are not connected. Beyond repl-timeout the link is given up.",
		LabelMasterHost, LabelMasterPort)
	MasterSyncInProgress = replication.gauge("redis_master_sync_in_progress", Bool, Reply("INFO replication: master_sync_in_progress"),
		"1 while this replica receives the whole data set.",
		LabelMasterHost, LabelMasterPort)
	SlaveReplOffset = replication.gauge("redis_slave_repl_offset", Bytes, Reply("INFO replication: slave_repl_offset"),
		"Position in the replication stream that this replica has applied. Compare with its primary.",
		LabelMasterHost, LabelMasterPort)
	SlaveReadOffset = replication.gauge("redis_slave_read_repl_offset", Bytes, field("replication", "slave_read_repl_offset", number),
		"Position in the replication stream that this replica has read from the socket, applied or not.")
	MasterLinkDownSince = replication.gauge("redis_master_link_down_since_seconds", Seconds, field("replication", "master_link_down_since_seconds", number),
		"How long this replica has been cut off from its primary; -1 if it never was connected. Present only while the link is down.")
	SlavePriority = replication.gauge("redis_slave_priority", None, field("replication", "slave_priority", number),
		"This replica's rank for promotion by Sentinel: the lowest is preferred, 0 is never promoted.")
	ReplicaAnnounced = replication.gauge("redis_replica_announced", Bool, field("replication", "replica_announced", flag),
		"1 when Sentinel may name this replica to clients.")
	ReplicaExpiresTracked = replication.gauge("redis_slave_expires_tracked_keys", None, field("stats", "slave_expires_tracked_keys", number),
		"Keys with a TTL that were written directly to this replica, which has to expire them itself. Above 0 an application writes to a replica.")
)

// On a replica: a full synchronisation.
var (
	SyncTotal = replication.gauge("redis_master_sync_total_bytes", Bytes, field("replication", "master_sync_total_bytes", number),
		"Size of the data set that this replica is receiving; 0 while unknown.")
	SyncRead = replication.gauge("redis_master_sync_read_bytes", Bytes, field("replication", "master_sync_read_bytes", number),
		"Bytes that this replica has received in the full synchronisation in progress.")
	SyncLeft = replication.gauge("redis_master_sync_left_bytes", Bytes, field("replication", "master_sync_left_bytes", number),
		"Bytes that the full synchronisation in progress has still to bring; negative while the size is unknown.")
	SyncProgress = replication.gauge("redis_master_sync_ratio", Ratio, field("replication", "master_sync_perc", percent),
		"Share of the full synchronisation in progress that has arrived.")
	SyncLastIO = replication.gauge("redis_master_sync_last_io_seconds", Seconds, field("replication", "master_sync_last_io_seconds_ago", number),
		"Time since data last arrived in the full synchronisation in progress. If it grows, the transfer hangs.")
	ReplicasBufferSize = replication.gauge("redis_replicas_repl_buffer_size_bytes", Bytes, field("replication", "replicas_repl_buffer_size", number),
		"New writes that this replica keeps aside until it has loaded the snapshot (Valkey 8 and later).")
	ReplicasBufferPeak = replication.gauge("redis_replicas_repl_buffer_peak_bytes", Bytes, field("replication", "replicas_repl_buffer_peak", number),
		"The most that this replica has kept aside during a full synchronisation (Valkey 8 and later).")
)

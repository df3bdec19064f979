package metric

var persistence = &Topic{
	title: "Persistence",
	intro: "Would the data survive a restart, and what does it cost to make sure?",
}

// Snapshots (RDB).
var (
	RDBLastSave = persistence.gauge("redis_rdb_last_save_timestamp_seconds", Timestamp, field("persistence", "rdb_last_save_time", number),
		"When a snapshot was last saved; until the first one, when the server started.")
	RDBChanges = persistence.gauge("redis_rdb_changes_since_last_save", None, field("persistence", "rdb_changes_since_last_save", number),
		"Changes that are in no snapshot yet. Without an append-only file they are lost in a crash.")
	RDBLastStatus = persistence.gauge("redis_rdb_last_bgsave_status", Bool, field("persistence", "rdb_last_bgsave_status", okErr),
		"1 when the last snapshot succeeded. At 0 the server refuses writes with MISCONF unless stop-writes-on-bgsave-error is off: look at disk space and at memory for the fork.")
	RDBInProgress = persistence.gauge("redis_rdb_bgsave_in_progress", Bool, field("persistence", "rdb_bgsave_in_progress", flag),
		"1 while a snapshot is being written.")
	RDBLastDuration = persistence.gauge("redis_rdb_last_bgsave_duration_sec", Seconds, field("persistence", "rdb_last_bgsave_time_sec", number),
		"How long the last snapshot took; -1 when there was none.")
	RDBCurrentDuration = persistence.gauge("redis_rdb_current_bgsave_duration_sec", Seconds, field("persistence", "rdb_current_bgsave_time_sec", number),
		"How long the snapshot in progress has been running; -1 when there is none.")
	RDBSaves = persistence.gauge("redis_rdb_saves_total", None, field("persistence", "rdb_saves", number),
		"Snapshots begun since the server started, failed ones included. It only grows, but keeps the gauge type that redis_exporter gave it.")
	RDBLastCOW = persistence.gauge("redis_rdb_last_cow_size_bytes", Bytes, field("persistence", "rdb_last_cow_size", number),
		"Memory that the last snapshot needed on top, for pages changed meanwhile. Keep at least this much free.")
	RDBLoadedKeys = persistence.gauge("redis_rdb_last_load_loaded_keys", None, field("persistence", "rdb_last_load_keys_loaded", number),
		"Keys that the last load of a snapshot brought in.")
	RDBLoadExpiredKeys = persistence.gauge("redis_rdb_last_load_expired_keys", None, field("persistence", "rdb_last_load_keys_expired", number),
		"Keys that the last load of a snapshot dropped because they had expired.")
)

// Append-only file (AOF): state.
var (
	AOFEnabled = persistence.gauge("redis_aof_enabled", Bool, field("persistence", "aof_enabled", flag),
		"1 when the append-only file is on. The metrics on its size and buffers exist only then.")
	AOFLastWriteStatus = persistence.gauge("redis_aof_last_write_status", Bool, field("persistence", "aof_last_write_status", okErr),
		"1 when the last write to the append-only file succeeded. At 0 the server refuses all writes: look at disk space now.")
	AOFLastRewriteStatus = persistence.gauge("redis_aof_last_bgrewrite_status", Bool, field("persistence", "aof_last_bgrewrite_status", okErr),
		"1 when the last rewrite of the append-only file succeeded. At 0 the file keeps growing: look at disk space and at memory for the fork.")
	AOFCurrentSize = persistence.gauge("redis_aof_current_size_bytes", Bytes, field("persistence", "aof_current_size", number),
		"Size of the append-only file, which has to be read at the next start.")
	AOFBaseSize = persistence.gauge("redis_aof_base_size_bytes", Bytes, field("persistence", "aof_base_size", number),
		"Size of the append-only file after the last rewrite or at the start. The next rewrite begins at auto-aof-rewrite-percentage above it.")
	AOFBufferLength = persistence.gauge("redis_aof_buffer_length", Bytes, field("persistence", "aof_buffer_length", number),
		"Bytes that wait to be written to the append-only file.")
	AOFPendingFsync = persistence.gauge("redis_aof_pending_bio_fsync", None, field("persistence", "aof_pending_bio_fsync", number),
		"Calls of fsync that wait for a background thread.")
	AOFDelayedFsync = persistence.counter("redis_aof_delayed_fsync", None, field("persistence", "aof_delayed_fsync", number),
		"Times that a write had to wait because the previous fsync had not ended. Each one stalls all clients: the disk is too slow or busy.")
)

// Append-only file: rewriting.
var (
	AOFRewriteInProgress = persistence.gauge("redis_aof_rewrite_in_progress", Bool, field("persistence", "aof_rewrite_in_progress", flag),
		"1 while the append-only file is being rewritten to a shorter one.")
	AOFRewriteScheduled = persistence.gauge("redis_aof_rewrite_scheduled", Bool, field("persistence", "aof_rewrite_scheduled", flag),
		"1 when a rewrite begins as soon as the snapshot in progress has ended.")
	AOFPendingRewrite = persistence.gauge("redis_aof_pending_rewrite", Bool, field("persistence", "aof_pending_rewrite", flag),
		"1 when a rewrite waits for another background task, as seen while the append-only file is on.")
	AOFLastRewriteDuration = persistence.gauge("redis_aof_last_rewrite_duration_sec", Seconds, field("persistence", "aof_last_rewrite_time_sec", number),
		"How long the last rewrite of the append-only file took; -1 when there was none.")
	AOFCurrentRewriteDuration = persistence.gauge("redis_aof_current_rewrite_duration_sec", Seconds, field("persistence", "aof_current_rewrite_time_sec", number),
		"How long the rewrite in progress has been running; -1 when there is none.")
	AOFRewrites = persistence.counter("redis_aof_rewrites_total", None, field("persistence", "aof_rewrites", number),
		"Rewrites of the append-only file that were begun, failed ones included. Many per hour mean that auto-aof-rewrite-min-size is too small for the traffic.")
	AOFRewriteFailures = persistence.gauge("redis_aof_rewrites_consecutive_failures", None, field("persistence", "aof_rewrites_consecutive_failures", number),
		"Rewrites that failed in a row. The server then tries less and less often, while the file grows.")
	AOFLastCOW = persistence.gauge("redis_aof_last_cow_size_bytes", Bytes, field("persistence", "aof_last_cow_size", number),
		"Memory that the last rewrite needed on top, for pages changed meanwhile.")
)

// The background process that saves.
var (
	ForkDuration = persistence.gauge("redis_latest_fork_seconds", Seconds, field("stats", "latest_fork_usec", micros),
		"How long the latest fork stopped the server, and with it every client. It grows with memory; huge pages make it worse.")
	Forks = persistence.counter("redis_forks_total", None, field("stats", "total_forks", number),
		"Forks for snapshots, rewrites and full synchronisations.")
	ForkCOWPeak = persistence.gauge("redis_current_cow_peak_bytes", Bytes, field("persistence", "current_cow_peak", number),
		"The most memory on top that the background save in progress has needed so far.")
	ForkCOWSize = persistence.gauge("redis_current_cow_size_bytes", Bytes, field("persistence", "current_cow_size", number),
		"Memory on top that the background save in progress needs now.")
	ForkCOWAge = persistence.gauge("redis_current_cow_size_age_seconds", Seconds, field("persistence", "current_cow_size_age", number),
		"Age of the figure for memory on top of the background save in progress.")
	ForkProgress = persistence.gauge("redis_current_fork_ratio", Ratio, field("persistence", "current_fork_perc", percent),
		"Share of the background save in progress that is done; 0 when there is none.")
	SaveKeysProcessed = persistence.gauge("redis_current_save_keys_processed", None, field("persistence", "current_save_keys_processed", number),
		"Keys that the background save in progress has written.")
	SaveKeys = persistence.gauge("redis_current_save_keys", None, field("persistence", "current_save_keys_total", number),
		"Keys that the background save in progress has to write, counted when it began.")
	ModuleForkInProgress = persistence.gauge("redis_module_fork_in_progress", Bool, field("persistence", "module_fork_in_progress", flag),
		"1 while a module has a forked process running.")
	ModuleForkLastCOW = persistence.gauge("redis_module_fork_last_cow_size", Bytes, field("persistence", "module_fork_last_cow_size", number),
		"Memory that the last fork of a module needed on top.")
	SlotMigrationFork = persistence.gauge("redis_slot_migration_fork_in_progress", Bool, field("persistence", "slot_migration_fork_in_progress", flag),
		"1 while a forked process sends cluster slots to another node (Valkey 9 and later).")
)

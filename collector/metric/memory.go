package metric

var memory = &Topic{
	title: "Memory",
	intro: "Is it full, what fills it, and how much of it is waste? Compare with the limit only where the limit is not 0: `redis_memory_used_bytes / (redis_memory_max_bytes > 0)`.",
}

// The whole and the limit.
var (
	MemoryUsed = memory.gauge("redis_memory_used_bytes", Bytes, field("memory", "used_memory", number),
		"Memory that the server has allocated: data, buffers and overhead. Once it reaches the limit, keys are evicted or writes are refused.")
	MemoryMax = memory.gauge("redis_memory_max_bytes", Bytes, field("memory", "maxmemory", number),
		"The memory limit (maxmemory). 0 means no limit, and then the kernel's OOM killer is the limit.")
	MemoryPeak = memory.gauge("redis_memory_used_peak_bytes", Bytes, field("memory", "used_memory_peak", number),
		"The most memory allocated since the server started, what a restart under full load has to provide for.")
	MemoryRSS = memory.gauge("redis_memory_used_rss_bytes", Bytes, field("memory", "used_memory_rss", number),
		"Memory that the server occupies as the operating system sees it. This is what a container's limit counts.")
	SystemMemory = memory.gauge("redis_total_system_memory_bytes", Bytes, field("memory", "total_system_memory", number),
		"Memory of the host. A container's own limit is not considered.")
)

// What it is used for.
var (
	MemoryDataset = memory.gauge("redis_memory_used_dataset_bytes", Bytes, field("memory", "used_memory_dataset", number),
		"Memory that holds keys and values, without the server's overhead.")
	MemoryOverhead = memory.gauge("redis_memory_used_overhead_bytes", Bytes, field("memory", "used_memory_overhead", number),
		"Memory that is not data: key tables, client and replication buffers. If this grows and the data does not, look at the clients.")
	MemoryStartup = memory.gauge("redis_memory_used_startup_bytes", Bytes, field("memory", "used_memory_startup", number),
		"Memory the server had allocated before it held any data.")
	MemoryClients = memory.gauge("redis_mem_clients_normal", Bytes, field("memory", "mem_clients_normal", number),
		"Memory of the buffers of ordinary clients. Large values come from slow readers, huge pipelines and subscribers.")
	MemoryReplicaClients = memory.gauge("redis_mem_clients_slaves", Bytes, field("memory", "mem_clients_slaves", number),
		"Memory of the buffers of replicas beyond what they share with the backlog.")
	MemoryClusterLinks = memory.gauge("redis_mem_cluster_links_bytes", Bytes, field("memory", "mem_cluster_links", number),
		"Memory of the buffers towards other nodes of the cluster.")
	MemorySlotImport = memory.gauge("redis_mem_cluster_slot_import_bytes", Bytes, field("memory", "mem_cluster_slot_import", number),
		"Memory used by cluster slots that are being moved to this node (Valkey 9 and later).")
	MemorySlotExport = memory.gauge("redis_mem_cluster_slot_export_bytes", Bytes, field("memory", "mem_cluster_slot_export", number),
		"Memory used by cluster slots that are being moved away from this node (Valkey 9 and later).")
	MemoryAOFBuffer = memory.gauge("redis_mem_aof_buffer_bytes", Bytes, field("memory", "mem_aof_buffer", number),
		"Memory of writes that wait for the append-only file. It grows when the disk is slow.")
	MemoryBacklog = memory.gauge("redis_mem_replication_backlog_bytes", Bytes, field("memory", "mem_replication_backlog", number),
		"Memory of the backlog that lets replicas resume after a short absence.")
	MemoryReplicationBuffers = memory.gauge("redis_mem_total_replication_buffers_bytes", Bytes, field("memory", "mem_total_replication_buffers", number),
		"Memory of all replication buffers, backlog included. A replica that cannot keep up makes it grow.")
	MemoryReplicasBuffer = memory.gauge("redis_mem_replicas_repl_buffer_bytes", Bytes, field("memory", "mem_replicas_repl_buffer", number),
		"Memory in which this replica collects new writes while it is still loading the snapshot (Valkey 9 and later).")
	MemoryFullSyncBuffer = memory.gauge("redis_mem_replica_full_sync_buffer_bytes", Bytes, field("memory", "mem_replica_full_sync_buffer", number),
		"Memory in which this replica collects new writes during a full synchronisation (Redis 8 and later).")
	MemoryNotCounted = memory.gauge("redis_mem_not_counted_for_eviction_bytes", Bytes, field("memory", "mem_not_counted_for_evict", number),
		"Memory of replication and append-only buffers that does not count towards the memory limit.")
	MemoryRehashing = memory.gauge("redis_mem_overhead_db_hashtable_rehashing_bytes", Bytes, field("memory", "mem_overhead_db_hashtable_rehashing", number),
		"Memory of key tables that are being resized. It can double a table for a while and push a full server into eviction.")
)

// Waste.
var (
	FragmentationRatio = memory.gauge("redis_memory_fragmentation_ratio", Ratio, field("memory", "mem_fragmentation_ratio", quotient),
		"Memory the operating system gave divided by memory in use. Above 1.5 on a large server memory is wasted; below 1 the server is being swapped out, which is worse.")
	MemFragmentationRatio = memory.gauge("redis_mem_fragmentation_ratio", Ratio, field("memory", "mem_fragmentation_ratio", quotient),
		"Resident divided by used memory, under the name that redis_exporter gives it. On an almost empty server a high value means nothing.")
	FragmentationBytes = memory.gauge("redis_mem_fragmentation_bytes", Bytes, field("memory", "mem_fragmentation_bytes", number),
		"Resident memory less used memory: the waste in bytes. Negative while part of the server is swapped out.")
	AllocatorAllocated = memory.gauge("redis_allocator_allocated_bytes", Bytes, field("memory", "allocator_allocated", number),
		"Bytes the allocator has handed out.")
	AllocatorActive = memory.gauge("redis_allocator_active_bytes", Bytes, field("memory", "allocator_active", number),
		"Bytes in the allocator's pages that hold at least one allocation.")
	AllocatorResident = memory.gauge("redis_allocator_resident_bytes", Bytes, field("memory", "allocator_resident", number),
		"Bytes the allocator holds in physical memory, with pages it could give back.")
	AllocatorMuzzy = memory.gauge("redis_allocator_muzzy_bytes", Bytes, field("memory", "allocator_muzzy", number),
		"Bytes the allocator has offered back and the operating system has not taken yet.")
	AllocatorFragRatio = memory.gauge("redis_allocator_frag_ratio", Ratio, field("memory", "allocator_frag_ratio", quotient),
		"Active divided by allocated bytes: fragmentation inside the allocator, which active defragmentation can repair.")
	AllocatorFragBytes = memory.gauge("redis_allocator_frag_bytes", Bytes, field("memory", "allocator_frag_bytes", number),
		"Active less allocated bytes: what active defragmentation could win back.")
	AllocatorRSSRatio = memory.gauge("redis_allocator_rss_ratio", Ratio, field("memory", "allocator_rss_ratio", quotient),
		"Resident divided by active bytes of the allocator. Pages it will soon return count here.")
	AllocatorRSSBytes = memory.gauge("redis_allocator_rss_bytes", Bytes, field("memory", "allocator_rss_bytes", number),
		"Resident less active bytes of the allocator: what MEMORY PURGE may return.")
	RSSOverheadRatio = memory.gauge("redis_rss_overhead_ratio", Ratio, field("memory", "rss_overhead_ratio", quotient),
		"Resident memory of the process divided by that of its allocator: stacks, libraries and scripts are the difference.")
	RSSOverheadBytes = memory.gauge("redis_rss_overhead_bytes", Bytes, field("memory", "rss_overhead_bytes", number),
		"Resident memory of the process less that of its allocator. Negative while part of the server is swapped out.")
)

package metric

import "slices"

// referenceOnly are the families that no rule and no panel reads: what a person looks up when
// an alert has said where, what redis_exporter has and dashboards written for it
// show, and what explains the value of another. A family that a rule or a panel
// comes to read leaves the list; a test holds the two together.
var referenceOnly = []Family{
	// Availability.
	StartTime, ShutdownRemaining, AsyncLoading, LoadingStart, LoadingTotal, LoadingRDBUsedMemory, LoadingLoaded,
	LoadingProgress, LoadingETA,

	// Server.
	ModuleInfo, ProcessID, ServerTime, HZ, ConfiguredHZ, ClientsHZ,

	// Clients.
	ClusterConnections, QueryBufferDisconnections, ReplyBufferExpands, ReplyBufferShrinks, ClientsInTimeoutTable,
	BlockingKeys, BlockingKeysOnNoKey, WatchingClients, WatchedKeys, ClientsPaused, ClientsPausedTimeout,

	// Memory.
	MemoryPeak, MemoryOverhead, MemoryStartup, MemoryClusterLinks, MemorySlotImport, MemorySlotExport,
	MemoryReplicationBuffers, MemoryReplicasBuffer, MemoryFullSyncBuffer, MemoryNotCounted, MemoryRehashing,
	MemFragmentationRatio, AllocatorAllocated, AllocatorActive, AllocatorResident, AllocatorMuzzy,
	AllocatorFragRatio, AllocatorFragBytes, AllocatorRSSRatio, AllocatorRSSBytes, RSSOverheadRatio, RSSOverheadBytes,

	// Cache.
	HitRate, CurrentEvictionExceededTime, ExpiredSubkeys, ExpiredFields, ExpiredFieldsStale, ExpireCycleCPU,

	// Queues.
	ListLength, QueueErrors,

	// Queue age.
	TimestampInfo, TimestampOffset,

	// Streams.
	StreamGroups, StreamGroupConsumers, StreamGroupRead,

	// Queue observation.
	LookDuration, LookFailures, NotificationsActive, StateSaved,

	// Queue discovery.
	DiscoveryDuration, DiscoveryKeysSeen, LastKeyGroupsDuration, DiscoveryMaxQueues,

	// Key classes.
	ClassSamples, ClassWalkShare,

	// Clients by group, and channels.
	ClientGroupBlocked, ClientListAge, ClientListDuration, ClientListLeftOut,

	// Throughput.
	OpsPerSecond, InputRate, OutputRate, ReplInputRate, ReplOutputRate, NetSlotImport, NetSlotExport,
	WritesProcessed,

	// Commands and latency.
	CommandRejected, CommandLatencyPercentiles, SlowlogLength, LastSlowDuration, LatencySpikeLast,

	// Error replies.
	ErrorReplies, UnexpectedErrorReplies, DumpPayloadSanitizations,

	// Persistence.
	RDBLastSave, RDBSaves, RDBInProgress, RDBLastDuration, RDBCurrentDuration, RDBLastCOW, RDBLoadedKeys, RDBLoadExpiredKeys,
	AOFBufferLength, AOFPendingFsync, AOFRewriteInProgress, AOFRewriteScheduled, AOFPendingRewrite,
	AOFLastRewriteDuration, AOFCurrentRewriteDuration, AOFRewrites, AOFRewriteFailures, AOFLastCOW, Forks,
	ForkCOWPeak, ForkCOWSize, ForkCOWAge, ForkProgress, SaveKeysProcessed, SaveKeys, ModuleForkInProgress,
	ModuleForkLastCOW, SlotMigrationFork,

	// Replication.
	ReplicaOffset, ReplicationOffset, GoodReplicas, ReplicasWaitingPsync, FailoverInProgress, SecondOffset, BacklogActive, BacklogFirstOffset,
	BacklogHistory, SlaveInfo, MasterLastIO, MasterSyncInProgress, SlaveReplOffset, SlaveReadOffset,
	MasterLinkDownSince, SlavePriority, ReplicaAnnounced, ReplicaExpiresTracked, SyncTotal, SyncRead, SyncLeft,
	SyncProgress, SyncLastIO, ReplicasBufferSize, ReplicasBufferPeak,

	// Keyspace.
	DBKeysWithExpiringItems, ClusterEnabled,

	// CPU.
	ActiveTimeMain, IOThreadActiveTime,

	// Event loop and I/O threads.
	EventLoopCommandDuration, EventLoopCyclesPerSecond, EventLoopInstantDuration, IOThreadedWrites,
	IOThreadedAccepts, IOThreadedPolls, IOThreadedFreed, PrefetchBatches, PrefetchEntries, IOThreadClients,
	IOThreadReads, IOThreadWrites,

	// Pub/sub and client-side caching.
	PubSubShardChannels, TrackingClients, TrackingKeys, TrackingItems, TrackingPrefixes,

	// Security.
	DeniedDB, DeniedTLSCert, TLSServerCertExpiry, TLSClientCertExpiry, TLSCACertExpiry,

	// Scripts, defragmentation and other internals.
	CachedScripts, EvictedScripts, Functions, Libraries, MemoryLua, MemoryVMEval, MemoryVMFunctions,
	MemoryScriptsEval, MemoryFunctions, Engines, EnginesMemory, EnginesOverhead, ScriptingEngineMemory,
	ScriptingEngineOverhead, DefragRunning, CurrentDefragTime, DefragHits, DefragMisses, DefragKeyHits,
	DefragKeyMisses, LazyfreeFreed, MigrateSockets,

	// Configuration.
	ConfigIOThreads, ConfigReplBacklogSize, ConfigClientOutputBufferLimit, ConfigClientOutputBufferOvercome,

	// Exporter.
	LastScrapeConnectTime, ScrapeDuration, TargetScrapeRequestErrors,

	// Exporter process.
	ProcessVirtualMemory, ProcessVirtualMemoryMax, ProcessMaxFDs, ProcessStartTime, ProcessNetworkReceive,
	ProcessNetworkTransmit,
}

// ReferenceOnly are the families that neither rules nor dashboards read. The caller owns the
// slice.
func ReferenceOnly() []Family { return slices.Clone(referenceOnly) }

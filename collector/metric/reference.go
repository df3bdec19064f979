package metric

import "slices"

// referenceOnly are the families that no rule reads: what a person looks up when
// an alert has said where, what redis_exporter has and dashboards written for it
// show, and what explains the value of another. A family that a rule or a panel
// comes to read leaves the list; a test holds the two together.
var referenceOnly = []Family{
	// Availability.
	StartTime, ShutdownRemaining, AsyncLoading, LoadingStart, LoadingTotal, LoadingRDBUsedMemory, LoadingLoaded,
	LoadingProgress, LoadingETA,

	// Server.
	ServerInfo, ModuleInfo, ProcessID, ServerTime, HZ, ConfiguredHZ, ClientsHZ,

	// Clients.
	BlockedClients, ClusterConnections, ConnectionsReceived, EvictedClients, ClientMaxInputBuffer,
	ClientMaxOutputBuffer, QueryBufferDisconnections, ReplyBufferExpands, ReplyBufferShrinks, ClientsInTimeoutTable,
	BlockingKeys, BlockingKeysOnNoKey, WatchingClients, WatchedKeys, ClientsPaused, ClientsPausedTimeout,

	// Memory.
	MemoryPeak, MemoryDataset, MemoryOverhead, MemoryStartup, MemoryClients, MemoryReplicaClients, MemoryClusterLinks,
	MemorySlotImport, MemorySlotExport, MemoryAOFBuffer, MemoryBacklog, MemoryReplicationBuffers, MemoryReplicasBuffer,
	MemoryFullSyncBuffer, MemoryNotCounted, MemoryRehashing, MemFragmentationRatio, AllocatorAllocated,
	AllocatorActive, AllocatorResident, AllocatorMuzzy, AllocatorFragRatio, AllocatorFragBytes, AllocatorRSSRatio,
	AllocatorRSSBytes, RSSOverheadRatio, RSSOverheadBytes,

	// Cache.
	HitRate, EvictionExceededTime, CurrentEvictionExceededTime, ExpiredSubkeys, ExpiredFields, ExpiredFieldsStale,
	ExpiredTimeCapReached, ExpireCycleCPU,

	// Queues.
	ListLength, QueueErrors,

	// Queue age.
	TargetAge, TimestampInfo, TimestampOffset,

	// Queue flow.
	QueueFlowInfo, QueueFlowGaps,

	// Lost messages.
	VanishedByCause,

	// Dead letters.
	DeadLettersSampled,

	// Streams.
	StreamGroups, StreamGroupConsumers, StreamGroupPending, StreamGroupRead,

	// Queue observation.
	LookDuration, LookServerTime, LookFailures, QueuesObserved, QueuesUnobserved, NotificationsActive, StateSaved,

	// Queue discovery.
	DiscoveryAge, DiscoveryDuration, DiscoveryKeysSeen, LastKeyGroupsDuration, DiscoveredQueues, DiscoveryMaxQueues,
	DiscoveryTurnedAway,

	// Throughput.
	OpsPerSecond, NetInput, NetOutput, InputRate, OutputRate, NetReplInput, NetReplOutput, ReplInputRate,
	ReplOutputRate, NetSlotImport, NetSlotExport, ReadsProcessed, WritesProcessed,

	// Commands and latency.
	CommandRejected, CommandFailed, CommandLatencyHistogram, CommandLatencyPercentiles, SlowlogLength,
	LastSlowDuration, LatencySpikeLast, LatencySpikeDuration,

	// Error replies.
	ErrorReplies, UnexpectedErrorReplies, DumpPayloadSanitizations,

	// Persistence.
	RDBInProgress, RDBLastDuration, RDBCurrentDuration, RDBLastCOW, RDBLoadedKeys, RDBLoadExpiredKeys, AOFCurrentSize,
	AOFBaseSize, AOFBufferLength, AOFPendingFsync, AOFRewriteInProgress, AOFRewriteScheduled, AOFPendingRewrite,
	AOFLastRewriteDuration, AOFCurrentRewriteDuration, AOFRewrites, AOFRewriteFailures, AOFLastCOW, ForkDuration,
	Forks, ForkCOWPeak, ForkCOWSize, ForkCOWAge, ForkProgress, SaveKeysProcessed, SaveKeys, ModuleForkInProgress,
	ModuleForkLastCOW, SlotMigrationFork,

	// Replication.
	ReplicaOffset, GoodReplicas, ReplicasWaitingPsync, FailoverInProgress, ResyncsPartial, ResyncsDenied,
	ReplicationOffset, SecondOffset, BacklogActive, BacklogSize, BacklogFirstOffset, BacklogHistory, SlaveInfo,
	MasterLastIO, MasterSyncInProgress, SlaveReplOffset, SlaveReadOffset, MasterLinkDownSince, SlavePriority,
	ReplicaAnnounced, ReplicaExpiresTracked, SyncTotal, SyncRead, SyncLeft, SyncProgress, SyncLastIO,
	ReplicasBufferSize, ReplicasBufferPeak,

	// Keyspace.
	DBAvgTTL, DBKeysWithExpiringItems, ClusterEnabled,

	// CPU.
	ActiveTimeMain, IOThreadActiveTime, CPUUser, CPUSys, CPUUserChildren, CPUSysChildren,

	// Event loop and I/O threads.
	EventLoopCycles, EventLoopDuration, EventLoopCommandDuration, EventLoopCyclesPerSecond, EventLoopInstantDuration,
	IOThreadsActive, IOThreadedReads, IOThreadedWrites, IOThreadedAccepts, IOThreadedPolls, IOThreadedFreed,
	PrefetchBatches, PrefetchEntries, IOThreadClients, IOThreadReads, IOThreadWrites,

	// Pub/sub and client-side caching.
	PubSubClients, PubSubChannels, PubSubPatterns, PubSubShardChannels, TrackingClients, TrackingKeys, TrackingItems,
	TrackingPrefixes,

	// Security.
	DeniedAuth, DeniedCommand, DeniedKey, DeniedChannel, DeniedDB, DeniedTLSCert, TLSServerCertExpiry,
	TLSClientCertExpiry, TLSCACertExpiry,

	// Scripts, defragmentation and other internals.
	CachedScripts, EvictedScripts, Functions, Libraries, MemoryLua, MemoryVMEval, MemoryVMFunctions, MemoryVM,
	MemoryScriptsEval, MemoryFunctions, MemoryScripts, Engines, EnginesMemory, EnginesOverhead, ScriptingEngineMemory,
	ScriptingEngineOverhead, DefragRunning, DefragTime, CurrentDefragTime, DefragHits, DefragMisses, DefragKeyHits,
	DefragKeyMisses, LazyfreePending, LazyfreeFreed, MigrateSockets,

	// Configuration.
	ConfigMaxmemory, ConfigMaxclients, ConfigIOThreads, ConfigReplBacklogSize, ConfigClientOutputBufferLimit,
	ConfigClientOutputBufferOvercome,

	// Exporter.
	BuildInfo, LastScrapeError, LastScrapeConnectTime, ScrapeDuration, ScrapesTotal, TargetScrapeRequestErrors,
	SourceDuration, ConfigReloadTimestamp,

	// Exporter process.
	ProcessCPU, ProcessResidentMemory, ProcessVirtualMemory, ProcessVirtualMemoryMax, ProcessOpenFDs, ProcessMaxFDs,
	ProcessStartTime, ProcessNetworkReceive, ProcessNetworkTransmit,
}

// ReferenceOnly are the families of which rules read nothing. The caller owns the
// slice.
func ReferenceOnly() []Family { return slices.Clone(referenceOnly) }

// Package alert is the vocabulary of the alerts: their names, the components
// they are about and their severities. The configuration, the rules, the routes
// and the dashboards refer to an alert by these identifiers, so that a name
// which does not exist cannot be compiled.
package alert

import "slices"

// Name is the name of an alert, the label alertname: a thing, then a symptom.
type Name string

// Is the server there, and ready?
const (
	Down           Name = "ValkeyDown"
	Blocked        Name = "ValkeyBlocked"
	ExporterDown   Name = "ValkeyExporterDown"
	MetricsAbsent  Name = "ValkeyMetricsAbsent"
	TargetMissing  Name = "ValkeyTargetMissing"
	CrashLooping   Name = "ValkeyCrashLooping"
	LoadingDataset Name = "ValkeyLoadingDataset"
)

// Is it full?
const (
	HighMemory        Name = "ValkeyHighMemory"
	MemoryCritical    Name = "ValkeyMemoryCritical"
	MemoryUnbounded   Name = "ValkeyMemoryUnbounded"
	MemoryFullSoon    Name = "ValkeyMemoryFullSoon"
	FragmentationHigh Name = "ValkeyFragmentationHigh"
	MemorySwapped     Name = "ValkeyMemorySwapped"
	WritesRejected    Name = "ValkeyWritesRejected"
)

// Does the cache earn its keep?
const (
	HighEviction   Name = "ValkeyHighEviction"
	EvictionSpike  Name = "ValkeyEvictionSpike"
	HitRateLow     Name = "ValkeyHitRateLow"
	ExpiryStorm    Name = "ValkeyExpiryStorm"
	ExpiryBacklog  Name = "ValkeyExpiryBacklog"
	KeysWithoutTTL Name = "ValkeyKeysWithoutTTL"
	ClassLeaking   Name = "ValkeyClassLeaking"
	LockStuck      Name = "ValkeyLockStuck"
	LimitUntrimmed Name = "ValkeyRateLimitUntrimmed"
	TagsDead       Name = "ValkeyTagSetsDead"
)

// Is it fast, and does it answer everybody?
const (
	CommandRateHigh     Name = "ValkeyCommandRateHigh"
	TrafficStopped      Name = "ValkeyTrafficStopped"
	MainThreadSaturated Name = "ValkeyMainThreadSaturated"
	SlowCommands        Name = "ValkeySlowCommands"
	CommandLatencyHigh  Name = "ValkeyCommandLatencyHigh"
	LatencyObjective    Name = "ValkeyLatencyObjectiveMissed"
	ErrorReplies        Name = "ValkeyErrorReplies"
	ClientsNearLimit    Name = "ValkeyClientsNearLimit"
	ConnectionsRejected Name = "ValkeyConnectionsRejected"
	ClientsCutOff       Name = "ValkeyClientsCutOff"
)

// Who is connected, and who listens?
const (
	ClientGroupOverLimit Name = "ValkeyClientGroupOverLimit"
	SlowSubscriber       Name = "ValkeySlowSubscriber"
	ChannelUnheard       Name = "ValkeyChannelUnheard"
)

// Would the data survive?
const (
	AOFWriteFailed    Name = "ValkeyAOFWriteFailed"
	AOFRewriteFailed  Name = "ValkeyAOFRewriteFailed"
	AOFRewriteOverdue Name = "ValkeyAOFRewriteOverdue"
	AOFFsyncDelayed   Name = "ValkeyAOFFsyncDelayed"
	SnapshotFailed    Name = "ValkeySnapshotFailed"
	SnapshotStale     Name = "ValkeySnapshotStale"
	ReplicaLinkDown   Name = "ValkeyReplicaLinkDown"
	ReplicaLost       Name = "ValkeyReplicaLost"
	ReplicationLag    Name = "ValkeyReplicationLag"
	ReplicaBehind     Name = "ValkeyReplicaBehind"
	ResyncsRepeated   Name = "ValkeyResyncsRepeated"
)

// Is it set up as intended?
const (
	ConfigDrift        Name = "ValkeyConfigDrift"
	Unprotected        Name = "ValkeyUnprotected"
	Insecure           Name = "ValkeyInsecure"
	AccessDenied       Name = "ValkeyAccessDenied"
	QueuesNotPersisted Name = "QueuesNotPersisted"
)

// Is work getting done?
const (
	QueueBackup            Name = "QueueBackup"
	QueueBacklogGrowing    Name = "QueueBacklogGrowing"
	QueueDrainTooSlow      Name = "QueueDrainTooSlow"
	QueueOldestMessageOld  Name = "QueueOldestMessageTooOld"
	QueueLatencySLOBurn    Name = "QueueLatencySLOBurn"
	QueueNotBeingProcessed Name = "QueueNotBeingProcessed"
	QueueStarved           Name = "QueueStarved"
	QueueServedOutOfOrder  Name = "QueueServedOutOfOrder"
	QueueAgeUnknown        Name = "QueueAgeUnknown"
	QueueStreamLag         Name = "QueueStreamLag"
	QueueStreamStuck       Name = "QueueStreamStuck"
)

// What becomes of jobs that go wrong?
const (
	DeadLetterQueueHigh    Name = "DeadLetterQueueHigh"
	DeadLetterQueueGrowing Name = "DeadLetterQueueGrowing"
	DeadLetterUnattended   Name = "DeadLetterUnattended"
	QueueProcessingStuck   Name = "QueueProcessingStuck"
	QueueProcessingSlow    Name = "QueueProcessingSlow"
	QueueProcessingExpires Name = "QueueProcessingExpires"
	QueueWorkerLost        Name = "QueueWorkerLost"
	QueueEvictable         Name = "QueueOnEvictingInstance"
	QueueMessagesVanished  Name = "QueueMessagesVanished"
)

// Can the exporter be believed?
const (
	ScrapeIncomplete    Name = "ValkeyScrapeIncomplete"
	ScrapeSlow          Name = "ValkeyScrapeSlow"
	ReloadFailed        Name = "ValkeyExporterReloadFailed"
	StateNotSaved       Name = "ValkeyExporterStateNotSaved"
	CommandDenied       Name = "ValkeyExporterCommandDenied"
	QueueUnreadable     Name = "QueueUnreadable"
	QueueLooksFailing   Name = "QueueLooksFailing"
	DiscoveryIncomplete Name = "QueueDiscoveryIncomplete"
	Watchdog            Name = "Watchdog"
)

// names is every name in reading order.
var names = []Name{
	Down, Blocked, ExporterDown, MetricsAbsent, TargetMissing, CrashLooping, LoadingDataset,
	HighMemory, MemoryCritical, MemoryUnbounded, MemoryFullSoon, FragmentationHigh, MemorySwapped, WritesRejected,
	HighEviction, EvictionSpike, HitRateLow, ExpiryStorm, ExpiryBacklog, KeysWithoutTTL,
	ClassLeaking, LockStuck, LimitUntrimmed, TagsDead,
	CommandRateHigh, TrafficStopped, MainThreadSaturated, SlowCommands, CommandLatencyHigh, LatencyObjective, ErrorReplies,
	ClientsNearLimit, ConnectionsRejected, ClientsCutOff,
	ClientGroupOverLimit, SlowSubscriber, ChannelUnheard,
	AOFWriteFailed, AOFRewriteFailed, AOFRewriteOverdue, AOFFsyncDelayed, SnapshotFailed, SnapshotStale,
	ReplicaLinkDown, ReplicaLost, ReplicationLag, ReplicaBehind, ResyncsRepeated,
	ConfigDrift, Unprotected, Insecure, AccessDenied, QueuesNotPersisted,
	QueueBackup, QueueBacklogGrowing, QueueDrainTooSlow, QueueOldestMessageOld, QueueLatencySLOBurn,
	QueueNotBeingProcessed, QueueStarved, QueueServedOutOfOrder, QueueAgeUnknown, QueueStreamLag, QueueStreamStuck,
	DeadLetterQueueHigh, DeadLetterQueueGrowing, DeadLetterUnattended,
	QueueProcessingStuck, QueueProcessingSlow, QueueProcessingExpires, QueueWorkerLost,
	QueueEvictable, QueueMessagesVanished,
	ScrapeIncomplete, ScrapeSlow, ReloadFailed, StateNotSaved, CommandDenied,
	QueueUnreadable, QueueLooksFailing, DiscoveryIncomplete, Watchdog,
}

// Names are all names in reading order. The caller owns the slice.
func Names() []Name { return slices.Clone(names) }

// Component is what an alert is about, the label component.
type Component string

// The components.
const (
	Server   Component = "server"   // the server as such: reachable, full, slow, durable
	Cache    Component = "cache"    // keys that come and go by themselves
	Queue    Component = "queue"    // jobs
	Exporter Component = "exporter" // the exporter and its configuration
	Meta     Component = "meta"     // the alerting itself
)

// Components are all of them. The caller owns the slice.
func Components() []Component { return []Component{Server, Cache, Queue, Exporter, Meta} }

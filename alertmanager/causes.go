package alertmanager

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/config/alert"
)

// Inhibition says that while a cause fires, its effects on the same thing are not
// told: each of them can only be a consequence then, and says less. What may be the
// reason of the cause, and what was lost through it, is no effect.
//
// It never keeps a worse alert quiet than the cause is, and nothing while nobody is
// told of the cause: see Mutes.
type Inhibition struct {
	Causes  []alert.Name
	Effects Effects
	Same    []metric.Label // that cause and effect have in common, beside the job
	Why     string         // one sentence
}

// Effects are alerts by name, or all of some components but a few.
type Effects struct {
	Names      []alert.Name
	Components []alert.Component
	But        []alert.Name
}

var (
	ofInstance = []metric.Label{metric.LabelInstance}
	ofReplica  = []metric.Label{metric.LabelInstance, metric.LabelSlaveIP, metric.LabelSlavePort}
	ofQueue    = []metric.Label{metric.LabelInstance, metric.LabelDB, metric.LabelQueue}
	ofWorker   = []metric.Label{metric.LabelInstance, metric.LabelDB, metric.LabelQueue, metric.LabelWorker}

	measured = []alert.Component{alert.Server, alert.Cache, alert.Queue, alert.Exporter}
)

// inhibitions from the whole to the part: first what makes everything unknown.
var inhibitions = []Inhibition{
	{
		Causes:  []alert.Name{alert.MetricsAbsent},
		Effects: Effects{Components: measured, But: []alert.Name{alert.MetricsAbsent, alert.ExporterDown}},
		Why:     "Nothing of this job is measured; whatever else still fires is old.",
	},
	{
		Causes:  []alert.Name{alert.ExporterDown, alert.TargetMissing},
		Effects: Effects{Components: measured, But: []alert.Name{alert.MetricsAbsent, alert.ExporterDown, alert.TargetMissing}},
		Same:    ofInstance,
		Why:     "Nothing of this server is measured; whatever else still fires is old.",
	},
	{
		Causes:  []alert.Name{alert.Down, alert.Blocked},
		Effects: Effects{Components: []alert.Component{alert.Queue}, But: []alert.Name{alert.QueueMessagesVanished}},
		Same:    ofInstance,
		Why:     "Nothing moves in the queues of a server that is down or blocked. Jobs that vanished are told all the same.",
	},
	{
		Causes: []alert.Name{alert.Down, alert.Blocked},
		Effects: Effects{Names: []alert.Name{
			alert.LoadingDataset, alert.TrafficStopped, alert.CommandLatencyHigh, alert.LatencyObjective, alert.CommandRateHigh, alert.ErrorReplies,
			alert.HitRateLow, alert.HighEviction, alert.EvictionSpike, alert.ExpiryStorm, alert.ExpiryBacklog, alert.KeysWithoutTTL,
			alert.ClassLeaking, alert.LockStuck, alert.LimitUntrimmed, alert.TagsDead,
			alert.ClientGroupOverLimit, alert.SlowSubscriber, alert.ChannelUnheard,
			alert.ReplicaLinkDown, alert.ReplicaLost, alert.ReplicationLag, alert.ReplicaBehind,
			alert.ScrapeIncomplete, alert.ScrapeSlow, alert.CommandDenied, alert.QueueUnreadable, alert.QueueLooksFailing, alert.DiscoveryIncomplete,
		}},
		Same: ofInstance,
		Why:  "A server that answers nothing, or only BUSY, has no traffic, no hits and no replicas, and cannot be asked.",
	},
	{
		Causes: []alert.Name{alert.LoadingDataset},
		Effects: Effects{Names: []alert.Name{
			alert.TrafficStopped, alert.CommandLatencyHigh, alert.LatencyObjective, alert.ErrorReplies, alert.HitRateLow, alert.ReplicaLinkDown,
			alert.QueueOldestMessageOld, alert.QueueLatencySLOBurn, alert.QueueNotBeingProcessed, alert.QueueStarved,
			alert.QueueProcessingStuck, alert.QueueProcessingSlow, alert.QueueWorkerLost,
			alert.ScrapeIncomplete, alert.ScrapeSlow, alert.QueueUnreadable, alert.QueueLooksFailing, alert.DiscoveryIncomplete,
		}},
		Same: ofInstance,
		Why:  "Until the data set is loaded the server answers every command with LOADING.",
	},
	{
		Causes:  []alert.Name{alert.MemoryCritical},
		Effects: Effects{Names: []alert.Name{alert.HighMemory, alert.MemoryFullSoon}},
		Same:    ofInstance,
		Why:     "What is full is high, and will not first be full soon.",
	},
	{
		Causes:  []alert.Name{alert.ConnectionsRejected},
		Effects: Effects{Names: []alert.Name{alert.ClientsNearLimit}},
		Same:    ofInstance,
		Why:     "The limit that was near is reached.",
	},
	{
		Causes:  []alert.Name{alert.SnapshotFailed},
		Effects: Effects{Names: []alert.Name{alert.SnapshotStale}},
		Same:    ofInstance,
		Why:     "The last snapshot is old because the next one failed.",
	},
	{
		Causes:  []alert.Name{alert.AOFRewriteFailed},
		Effects: Effects{Names: []alert.Name{alert.AOFRewriteOverdue}},
		Same:    ofInstance,
		Why:     "The file has grown because its rewrite failed.",
	},
	{
		Causes:  []alert.Name{alert.ReplicationLag},
		Effects: Effects{Names: []alert.Name{alert.ReplicaBehind}},
		Same:    ofReplica,
		Why:     "A replica that is silent is behind.",
	},
	{
		Causes: []alert.Name{alert.QueueNotBeingProcessed},
		Effects: Effects{Names: []alert.Name{
			alert.QueueBackup, alert.QueueBacklogGrowing, alert.QueueDrainTooSlow, alert.QueueOldestMessageOld, alert.QueueLatencySLOBurn, alert.QueueStarved,
		}},
		Same: ofQueue,
		Why:  "A queue that nothing leaves grows, and its jobs get old.",
	},
	{
		Causes: []alert.Name{alert.QueueStarved},
		Effects: Effects{Names: []alert.Name{
			alert.QueueBackup, alert.QueueBacklogGrowing, alert.QueueDrainTooSlow, alert.QueueOldestMessageOld, alert.QueueLatencySLOBurn,
		}},
		Same: ofQueue,
		Why:  "A queue that nobody serves, while others are served, grows and its jobs get old.",
	},
	{
		Causes:  []alert.Name{alert.QueueWorkerLost},
		Effects: Effects{Names: []alert.Name{alert.QueueProcessingStuck}},
		Same:    ofWorker,
		Why:     "The job is stuck because its worker is gone.",
	},
}

//go:build unix

package fault

import (
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// behind is what jobs do that wait too long.
var behind = []alert.Name{
	alert.QueueOldestMessageOld, alert.QueueLatencySLOBurn, alert.QueueBacklogGrowing, alert.QueueDrainTooSlow, alert.QueueStarved, alert.QueueBackup,
}

var workerFaults = []Fault{
	{
		Name:  "stalled-workers",
		Short: true,
		Does:  "Workers hang on the job that they have taken.",
		Wants: []Want{
			{Alert: alert.QueueNotBeingProcessed, Severity: config.Critical, Queue: "queue:high", Within: 8 * time.Minute, Resolved: 12*time.Minute + told},
			{Alert: alert.QueueProcessingStuck, Severity: config.Warning, Within: 9 * time.Minute, Resolved: 7*time.Minute + told},
		},
		// The application lets the list of jobs in hand expire, and the jobs with it. Its
		// backlog is worked off at the pace of life: at a faster one it outlasts the alert
		// that mutes the others.
		Also: append([]alert.Name{
			alert.QueueNotBeingProcessed, alert.QueueWorkerLost, alert.QueueServedOutOfOrder, alert.QueueProcessingSlow,
			alert.QueueProcessingExpires, alert.QueueMessagesVanished,
		}, behind...),
		Muted: []alert.Name{alert.QueueOldestMessageOld},
		Break: trouble("stalled-workers"),
	},
	{
		Name: "slow-workers",
		Does: "Jobs take so long that workers manage half of what is produced.",
		Wants: []Want{
			{Alert: alert.QueueOldestMessageOld, Severity: config.Warning, Within: 25 * time.Minute, Resolved: 10*time.Minute + told},
		},
		Also:  append([]alert.Name{alert.QueueServedOutOfOrder, alert.QueueProcessingSlow}, behind...),
		Break: trouble("slow-workers"),
	},
	{
		Name: "lifo-starvation",
		Does: "Workers take the newest job first and never reach the oldest.",
		Wants: []Want{
			{Alert: alert.QueueServedOutOfOrder, Severity: config.Warning, Queue: "queue:medium", Within: 28 * time.Minute, Resolved: 5*time.Minute + told},
		},
		Also:  behind,
		Takes: time.Minute,
		Break: trouble("lifo-starvation"),
	},
	{
		Name:  "poison-jobs",
		Does:  "Half of the new jobs cannot be processed, and nobody looks at the dead letters.",
		Wants: []Want{{Alert: alert.DeadLetterQueueHigh, Severity: config.Warning, Within: 8 * time.Minute, Resolved: 11*time.Minute + told}},
		// Whether letters are more than usual is known after an hour.
		Also:  []alert.Name{alert.DeadLetterQueueGrowing},
		Takes: 2 * time.Minute,
		Break: trouble("poison-jobs"),
	},
	{
		Name:  "clock-skew",
		Does:  "The clocks of producers are an hour fast.",
		Wants: []Want{{Alert: alert.QueueAgeUnknown, Severity: config.Info, Within: 35 * time.Minute, Resolved: 16*time.Minute + told, Nobody: true}},
		Break: trouble("clock-skew"),
	},
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// The hazard alone is the specification's own configuration, allkeys-lru with
// queues, and would fire for ever. It becomes a danger as memory fills.
var queueEvictable = &Alert{
	Name: alert.QueueEvictable, Component: alert.Queue, Severity: config.Warning,
	Expr: promql.Recent(metric.QueueLength).Positive().
		And(promql.Recent(metric.QueueEvictable).Is(1)).
		And(promql.Value(MemoryUsed.Gauge).Above(config.EvictableMemory), promql.OnInstance()),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} may be evicted, with {{ $value | humanize }} messages in it`,
	Description: `The server is more than {evictable_memory} full, and its maxmemory-policy lets it delete the queue with all {{ $value | humanize }} messages to make room. Nobody would see an error. Change the policy before memory is full.`,
	Runbook: Runbook{
		Meaning: "A queue with messages in it is among the keys that the server may delete to make room, and memory is more than {evictable_memory} full.",
		Impact:  "None yet. At 100 % the server picks keys that were not used for long, and a queue is one key: all jobs in it go at once. Its length then reads 0, and every alert on it resolves.",
		Diagnosis: []Step{
			{"valkey-cli CONFIG GET maxmemory-policy", "`allkeys-*` may delete any key, `volatile-*` those with a TTL, `noeviction` none."},
			{"valkey-cli INFO memory", "`used_memory_human` against `maxmemory_human`: how far away it is."},
			{"valkey-cli INFO stats", "`evicted_keys` grows: it is happening now."},
			{"valkey-cli TTL queue:processing", "A number of seconds: the key falls under `volatile-*` policies too."},
			{"valkey-cli --bigkeys -i 0.01", "What fills the memory. It walks through all keys with SCAN, and pauses between its steps."},
		},
		Mitigation: []string{
			"`CONFIG SET maxmemory-policy volatile-lru` at once, and in the configuration file, if cache keys have TTLs: queues without one are then safe, and the cache goes on evicting.",
			"Raise `maxmemory` with `CONFIG SET maxmemory`, if the host has room.",
			"For good, move queues to a server of their own with `maxmemory-policy noeviction`. There a full memory is an error that producers see, not a loss that nobody sees.",
		},
		Why: "The specification sets `allkeys-lru` for a server with queues, so that an alert on the policy would fire for ever and be ignored. With {evictable_memory} of the memory in use there is still time to change it in working hours; `ValkeyMemoryCritical` wakes somebody at the limit. " +
			"Only queues that hold something at every scrape of {for} count: one that is emptied within seconds has nothing to lose, and was used too recently to be picked.",
		Blind: "That a queue was evicted: `QueueMessagesVanished`. Queues that the configuration does not name. Under `allkeys-random` a busy queue that is often empty is in danger as well, for the moments in which it is not.",
	},
}

// lossWindow holds ten scrapes at an interval of a minute.
const lossWindow = 10 * time.Minute

var queueMessagesVanished = &Alert{
	Name: alert.QueueMessagesVanished, Component: alert.Queue, Severity: config.Critical,
	// After a full synchronisation a replica's queues are those of its primary at
	// once. It is left out for as long as the increase remembers.
	Expr: promql.Increase(metric.QueueVanished, lossWindow,
		promql.In(metric.LabelRole, string(config.Work), string(config.Processing))).Positive().
		Unless(promql.LastOver(metric.InstanceInfo, lossWindow, replica), promql.OnInstance()),
	OnReplicas:  true, // they are left out above, for longer
	KeepFiring:  15 * time.Minute,
	Summary:     `About {{ $value | humanize }} messages have vanished from {{ $labels.queue }} on {{ $labels.instance }}`,
	Description: `About {{ $value | humanize }} messages were gone within 10 minutes although no worker took them. Was the queue evicted (maxmemory-policy), did it expire (EXPIRE), was it flushed, deleted or renamed (FLUSHDB, DEL, RENAME), or was the server restarted? redis_queue_vanished_messages_by_cause_total says which.`,
	Runbook: Runbook{
		Meaning: "A whole queue was gone at once, and the server had not run enough commands to take what was in it: the jobs were lost, not done.",
		Impact:  "Jobs are lost. No worker and no producer has seen an error. It may happen again at any moment, until the cause is gone.",
		Diagnosis: []Step{
			{"", "In Prometheus: `increase(redis_queue_vanished_messages_by_cause_total[15m]) > 0`: evicted, expired, flushed, deleted, renamed or restarted."},
			{"valkey-cli INFO server stats", "`evicted_keys` and `expired_keys` against the figures of an hour ago; `uptime_in_seconds`: was it restarted?"},
			{"valkey-cli CONFIG GET maxmemory-policy", "Evicted: `allkeys-*` deletes queues when memory is full."},
			{"valkey-cli INFO commandstats", "Flushed, deleted or renamed: `calls` of `cmdstat_flushdb`, `cmdstat_flushall`, `cmdstat_del`, `cmdstat_unlink`, `cmdstat_rename`. `CLIENT LIST` may still show the client, by its last `cmd`."},
			{"valkey-cli TTL queue:processing", "Expired: anything but -1 and -2 means that the application gives queues a TTL."},
		},
		Mitigation: []string{
			"Evicted: `CONFIG SET maxmemory-policy noeviction`, or `volatile-lru` if cache keys have TTLs; raise `maxmemory`.",
			"Expired: `PERSIST` the key, and take the `EXPIRE` out of the application.",
			"Flushed or deleted: take `FLUSHDB`, `FLUSHALL` and, if need be, `DEL` away from the user that ran it, by ACL.",
			"Restarted: turn on `appendonly`, with `appendfsync everysec`; at most the last second is lost then.",
			"Let producers send again what was enqueued and not done. A backup or a replica that has not yet followed may still have the queue.",
		},
		Why: "There is no threshold and no wait: one lost job is one too many, and none comes back by waiting. The ten minutes make up for scrapes that fail, and the alert goes on for fifteen more, so that it does not resolve before somebody has looked. " +
			"Dead letters are left out, because people delete those. Length alerts cannot tell of it: a queue that was deleted has length 0, as one that is done.",
		Blind: "It is a lower bound: jobs that were cut out of the middle by `LREM` or `LTRIM`, or that vanished while workers were busy with other lists, are not counted; see [queue flow](../queue-flow.md#what-vanished). " +
			"Consumers that take a whole queue by `RENAME`, or by `LRANGE` and `DEL`, look like a loss: turn the alert off for such an application with `alerts.severity`. The cause is counted for all queues together.",
	},
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var memoryAlerts = []*Alert{highMemory, memoryCritical, memoryUnbounded, memoryFullSoon, fragmentationHigh, memorySwapped, writesRejected}

var highMemory = &Alert{
	Name: alert.HighMemory, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Value(MemoryUsed.Gauge).Above(config.MemoryHigh),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} uses {{ $value | humanizePercentage }} of maxmemory`,
	Description: `Memory in use has been above {memory_high} of maxmemory for {for}. At 100 % the server evicts keys or refuses writes, depending on maxmemory-policy.`,
	Runbook: Runbook{
		Meaning: "The server uses more than {memory_high} of the memory that `maxmemory` allows it.",
		Impact:  "None yet. At 100 % an eviction policy deletes keys, whole queues among them under `allkeys-*`; with `noeviction` every write fails.",
		Diagnosis: []Step{
			{"valkey-cli INFO memory", "`used_memory_dataset` is data; `mem_clients_normal` and `mem_replication_backlog` are buffers. `maxmemory_policy` says what happens at the limit."},
			{"valkey-cli --bigkeys -i 0.01", "The largest key of each type. It walks through all keys with SCAN, and pauses between its steps."},
			{"valkey-cli MEMORY DOCTOR", "The server's own opinion: a peak that is over, fragmentation, large client buffers."},
			{"valkey-cli INFO keyspace", "`keys` much larger than `expires`: something writes keys that never expire."},
			{"valkey-cli LLEN queue:high", "A queue that nobody works on fills the memory too; see the queue alerts."},
		},
		Mitigation: []string{
			"Raise `maxmemory` with `CONFIG SET maxmemory`, if the host has room, and in the configuration file.",
			"Find out what grows: keys without a TTL, a TTL that is too long, values that became larger, a backlog.",
			"Move queues to a server of their own with `maxmemory-policy noeviction`, so that the cache cannot push them out.",
		},
		Why: "{memory_high} for {for} is the specification's. Its expression divides by `redis_memory_max_bytes`, which is 0 on a server without a limit: used / 0 is +Inf, and the alert fires for ever. " +
			"Here such a server has no ratio; `ValkeyMemoryUnbounded` looks after it. The values of a scrape hold for three minutes, so that one scrape that fails does not make the wait start again.",
		Blind: "Memory in use is what the allocator has handed out. Fragmentation and the pages that a fork copies come on top of it, and count for the limit of a container: see `redis_memory_used_rss_bytes`.",
	},
}

// PureCache is there for a server that may evict any key and has no queue that
// is known to be among them. It fills up and stays full, and nobody needs to be
// told of that. It is another thing when writes are refused at the limit, or when
// queues may be evicted. A queue that the configuration names and nobody uses is no
// queue: the embedded default names some.
var PureCache = promql.Recent(metric.InstanceInfo, promql.Like(metric.LabelMaxmemoryPolicy, "allkeys-.*")).
	Unless(promql.Recent(metric.QueueEvictable).Is(1).And(promql.MaxOver(metric.QueueLength, time.Hour).Positive()), promql.OnInstance())

var memoryCritical = &Alert{
	Name: alert.MemoryCritical, Component: alert.Server, Severity: config.Critical,
	Expr:        promql.Value(MemoryUsed.Gauge).Above(config.MemoryCritical).Unless(PureCache, promql.OnInstance()),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} is full: {{ $value | humanizePercentage }} of maxmemory`,
	Description: `Memory in use has been above {memory_critical} of maxmemory for {for}, and at the limit writes fail or queues may be evicted. Raise maxmemory now, look for the cause then.`,
	Runbook: Runbook{
		Meaning: "The server is about to reach `maxmemory`, and that hurts: its policy refuses writes (`noeviction`, or `volatile-*` with nothing left to evict), or queues are among the keys that it may evict.",
		Impact:  "Writes fail with `OOM command not allowed`: jobs are not enqueued, sessions not stored. Or queues with all their jobs are deleted, without an error to anybody.",
		Diagnosis: []Step{
			{"valkey-cli INFO memory", "`used_memory_human`, `maxmemory_human`, `maxmemory_policy`."},
			{"valkey-cli INFO stats", "`evicted_keys` grows: keys are being deleted now."},
			{"valkey-cli INFO errorstats", "`errorstat_OOM`: writes are being refused now."},
			{"valkey-cli --bigkeys -i 0.01", "What the memory is used for."},
		},
		Mitigation: []string{
			"Raise `maxmemory` with `CONFIG SET maxmemory`: it takes effect at once. Leave the host a quarter for forks.",
			"If a backlog fills the memory, start workers, or stop the producers that can wait.",
			"Delete cache keys that can be computed again, by name or by `SCAN` and `UNLINK`; never by `KEYS`.",
		},
		Why:   "At {memory_critical} a busy server is minutes away from the limit. Other rule packs page at this level for every server; a pure cache under `allkeys-*` is always there, so the page would be ignored the day it matters.",
		Blind: "A pure cache that evicts more than it should: that is `ValkeyHighEviction` and `ValkeyHitRateLow`. Queues that the configuration does not name are not known to be in danger.",
	},
}

var memoryUnbounded = &Alert{
	Name: alert.MemoryUnbounded, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.MemoryRSS).Over(promql.Recent(metric.SystemMemory).Positive()).Above(config.MemoryOfHost).
		And(promql.Recent(metric.MemoryMax).Is(0)),
	For:         15 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} has no memory limit and occupies {{ $value | humanizePercentage }} of its host`,
	Description: `maxmemory is 0, and the server has occupied more than {memory_of_host} of the host's memory for {for}. When the host is full, the kernel kills the server.`,
	Runbook: Runbook{
		Meaning: "`maxmemory` is 0, so that the server may grow without end, and it has grown to more than {memory_of_host} of its host.",
		Impact:  "When memory runs out the kernel kills the server, or something else on the host. A fork for a snapshot makes that come sooner.",
		Diagnosis: []Step{
			{"valkey-cli INFO memory", "`used_memory_rss_human` against `total_system_memory_human`, `maxmemory:0`."},
			{"valkey-cli --bigkeys -i 0.01", "What the memory is used for."},
		},
		Mitigation: []string{
			"Set a limit below what the host has: `CONFIG SET maxmemory`, and in the configuration file.",
			"Choose `maxmemory-policy`: `noeviction` where queues live, `allkeys-lru` for a pure cache.",
		},
		Why:   "A server without a limit is not wrong by itself, and an alert on `maxmemory 0` alone would fire for ever on every small one. It becomes a danger as the host fills: at {memory_of_host} a fork that copies a quarter of the pages no longer fits.",
		Blind: "In a container the server sees the memory of the host, not the limit of the container, which may be far lower: set `maxmemory` there in any case.",
	},
}

var memoryFullSoon = &Alert{
	Name: alert.MemoryFullSoon, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Predict(metric.MemoryUsed, 2*time.Hour, config.MemoryFullWithin).
		Over(promql.Recent(metric.MemoryMax).Positive()).AboveNumber(1).
		And(promql.Value(MemoryUsed.Gauge).Above(config.MemoryFullFloor)).
		And(promql.Recent(metric.Uptime).AboveSpan(2*time.Hour)).
		Unless(PureCache, promql.OnInstance()),
	For:         30 * time.Minute,
	KeepFiring:  15 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} will be full within {memory_full_within}`,
	Description: `At the pace of the last two hours, memory in use will be {{ $value | humanizePercentage }} of maxmemory in {memory_full_within}. It has been so for {for}.`,
	Runbook: Runbook{
		Meaning: "Memory has grown for hours, and reaches the limit within {memory_full_within} if it goes on like this.",
		Impact:  "None yet; it is the time to act without haste.",
		Diagnosis: []Step{
			{"valkey-cli INFO keyspace", "Keys and `expires`: do keys without a TTL become more?"},
			{"valkey-cli --bigkeys -i 0.01", "One key that grows, such as a queue or a ranking without a limit."},
			{"valkey-cli INFO clients", "`client_recent_max_output_buffer` in megabytes: a client that reads too slowly."},
		},
		Mitigation: []string{"Stop what grows: give keys a TTL, trim sets and streams, start workers.", "Raise `maxmemory` if the growth is wanted."},
		Why:        "Two hours smooth out what caches do within minutes. The floor of {memory_full_floor} keeps a half-empty server quiet, whose straight line means nothing, and a server that has just started is filling up, as it should. A pure cache under `allkeys-*` fills up by design and is left out, unless queues of the configuration are among its keys.",
		Blind:      "Growth in steps, such as a nightly import: a straight line does not foresee it.",
	},
}

var fragmentationHigh = &Alert{
	Name: alert.FragmentationHigh, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.FragmentationRatio).Above(config.Fragmentation).
		And(promql.Recent(metric.FragmentationBytes).Above(config.FragmentationWaste)),
	For:         30 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} occupies {{ $value | humanize }} times the memory that it uses`,
	Description: `For {for} the fragmentation ratio has been above {fragmentation}, and more than {fragmentation_waste} are wasted. A container's limit counts the waste too.`,
	Runbook: Runbook{
		Meaning: "The operating system has given the server much more memory than its data needs: the ratio is above {fragmentation}, and the difference above {fragmentation_waste}.",
		Impact:  "Memory that nobody can use. In a container it may lead to an OOM kill while `used_memory` looks fine.",
		Diagnosis: []Step{
			{"valkey-cli INFO memory", "`allocator_frag_bytes` can be won back by defragmentation, `allocator_rss_bytes` by `MEMORY PURGE`. `used_memory_peak` far above `used_memory`: it was needed once."},
			{"valkey-cli MEMORY DOCTOR", "The server's own opinion."},
			{"valkey-cli CONFIG GET activedefrag", "Whether the server repairs it by itself."},
		},
		Mitigation: []string{
			"`MEMORY PURGE` gives pages back at once; it blocks the server for a moment.",
			"`CONFIG SET activedefrag yes`, where the server was built with jemalloc. It costs processor time.",
			"Restart, a replica first, then fail over.",
		},
		Why:   "{fragmentation} is the usual threshold, but the ratio alone lies on small servers: one that is almost empty has 5 or 10, because the program itself counts. {fragmentation_waste} of waste are worth a look.",
		Blind: "A ratio below 1 is worse and another matter: `ValkeyMemorySwapped`.",
	},
}

var memorySwapped = &Alert{
	Name: alert.MemorySwapped, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.FragmentationRatio).Below(config.SwappedOut).
		And(promql.Recent(metric.MemoryUsed).Above(config.FragmentationWaste)),
	For:         15 * time.Minute,
	Summary:     `Part of Valkey {{ $labels.instance }} is swapped out`,
	Description: `For {for} the server has had only {{ $value | humanizePercentage }} of the memory that it uses in RAM. What touches the rest waits for the disk, and all clients with it.`,
	Runbook: Runbook{
		Meaning: "Less of the server's memory is in RAM than it uses: the operating system has moved some of it to disk.",
		Impact:  "A command that touches such memory takes milliseconds instead of microseconds, and everybody else waits for it.",
		Diagnosis: []Step{
			{"valkey-cli INFO memory", "`used_memory_rss` below `used_memory`; `total_system_memory` against both."},
			{"valkey-cli LATENCY LATEST", "Stalls of many milliseconds, where `latency-monitor-threshold` is set."},
			{"", "On the host: `free -m`, and `grep VmSwap /proc/<pid>/status` of the server."},
		},
		Mitigation: []string{"Free memory on the host, or give it more.", "Lower `maxmemory`, so that the server fits.", "Turn swap off on hosts of databases, or set `vm.swappiness` to 1."},
		Why:        "Below {swapped_out}, because the ratio may be a little below 1 on a healthy server. Servers that use less than {fragmentation_waste} are left out: their ratio is noise.",
		Blind:      "Memory that other programs on the host have lost to the server.",
	},
}

var writesRejected = &Alert{
	Name: alert.WritesRejected, Component: alert.Server, Severity: config.Critical,
	Expr: promql.Sum(promql.Increase(metric.ErrorsTotal, window,
		promql.In(metric.LabelErr, "OOM", "MISCONF", "NOREPLICAS")), promql.Without{metric.LabelErr}).Positive(),
	For:         time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} refuses writes`,
	Description: `About {{ $value | humanize }} writes were refused within five minutes: memory is full (OOM), saving fails (MISCONF), or replicas are missing (NOREPLICAS). Applications see errors now.`,
	Runbook: Runbook{
		Meaning: "Clients were answered with an error that is the server's fault: `OOM`, `MISCONF` or `NOREPLICAS`.",
		Impact:  "Users see errors now: jobs are not enqueued, sessions and cache entries not stored. Reads still work.",
		Diagnosis: []Step{
			{"valkey-cli INFO errorstats", "Which of the three grows."},
			{"valkey-cli INFO memory", "OOM: `used_memory` at `maxmemory`, with `noeviction` or nothing that may be evicted."},
			{"valkey-cli INFO persistence", "MISCONF: `rdb_last_bgsave_status` or `aof_last_write_status` is `err`; the server's log says why, most often a full disk."},
			{"valkey-cli INFO replication", "NOREPLICAS: fewer good replicas than `min-replicas-to-write` wants."},
		},
		Mitigation: []string{
			"OOM: raise `maxmemory`, delete what can be computed again, or start workers if a backlog fills the memory.",
			"MISCONF: free disk space. If it must go on without saving, `CONFIG SET stop-writes-on-bgsave-error no`, knowing what that means.",
			"NOREPLICAS: bring a replica back.",
		},
		Why:   "One refused write is one too many, so there is no threshold, and a single burst pages as well. {for} wants it to be seen by a second evaluation. `READONLY` is not in the list: a client that writes to a replica is the application's fault, and `ValkeyErrorReplies` tells of it.",
		Blind: "The server counts an error from its first occurrence, so that the first burst after a start is seen only as it goes on.",
	},
}

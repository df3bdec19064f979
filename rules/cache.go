package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var cacheAlerts = []*Alert{highEviction, evictionSpike, hitRateLow, expiryStorm, expiryBacklog, keysWithoutTTL}

var highEviction = &Alert{
	Name: alert.HighEviction, Component: alert.Cache, Severity: config.Warning,
	Expr:        promql.Value(Evictions.Gauge).Above(config.EvictionRate),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} evicts {{ $value | humanize }} keys a second`,
	Description: `For {for} the server has removed more than {eviction_rate} keys a second to make room for new ones, now {{ $value | humanize }}. What applications look for is gone before its time.`,
	Runbook: Runbook{
		Meaning: "Memory is at its limit, and the server removes more than {eviction_rate} keys a second so that others can be written.",
		Impact:  "Look-ups miss and fall through to the database. Under an `allkeys-*` policy sessions, locks and whole queues may be among what is removed, without an error to anybody.",
		Diagnosis: []Step{
			{"valkey-cli INFO memory", "`used_memory_human` against `maxmemory_human`, and `maxmemory_policy`: which keys may go."},
			{"valkey-cli INFO stats", "`evicted_keys` twice, some seconds apart: does it go on? `keyspace_misses` growing faster than before: it already hurts."},
			{"valkey-cli --bigkeys -i 0.01", "The largest key of each type. One that has grown pushes out thousands of small ones."},
			{"valkey-cli INFO commandstats", "Which command writes most: `calls` of `cmdstat_set`, `cmdstat_setex`, `cmdstat_hset`, `cmdstat_lpush`."},
			{"valkey-cli INFO keyspace", "`expires` close to `keys`, and `avg_ttl` in milliseconds: a long TTL keeps what nobody asks for."},
		},
		Mitigation: []string{
			"Raise `maxmemory` with `CONFIG SET maxmemory`, if the host has room, and in the configuration file.",
			"Stop or slow down what writes so much: an import, a crawler, a new kind of key.",
			"Shorten TTLs, store smaller values, or spread the cache over more servers.",
			"If queues live here, move them to a server with `maxmemory-policy noeviction`: see `QueueOnEvictingInstance`.",
		},
		Why:   "More than {eviction_rate} a second for {for} is the specification's. A cache under `allkeys-lru` that is full evicts a little all the time, as it should; a hundred a second empties a cache of 100000 keys in a quarter of an hour. Raise the threshold where the cache is larger and its hit rate is fine.",
		Blind: "Whether anybody misses the keys: `ValkeyHitRateLow` tells that. The size of the keys does not count either: a hundred small ones a second may be a megabyte a minute.",
	},
}

// The average of the day is 0 on a server that does not evict, and five times 0
// is nothing: without a rate of its own the alert would fire at the first key.
var evictionSpike = &Alert{
	Name: alert.EvictionSpike, Component: alert.Cache, Severity: config.Warning,
	Expr: promql.Value(Evictions.Gauge).Above(config.EvictionSpikeRate).
		And(promql.Value(Evictions.Gauge).Exceeds(usually(Evictions).ScaledBy(config.EvictionSpike))),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} evicts far more than usual: {{ $value | humanize }} keys a second`,
	Description: `For {for} evictions, now {{ $value | humanize }} keys a second, have been more than {eviction_spike} the average of the last day. Something has changed: a deployment, an import, a new kind of key.`,
	Runbook: Runbook{
		Meaning: "The server evicts more than {eviction_spike} as many keys as on average over the last day, and more than {eviction_spike_rate} a second.",
		Impact:  "The cache becomes worse than users are used to, and the database gets the look-ups that miss. Queues may be evicted under an `allkeys-*` policy.",
		Diagnosis: []Step{
			{"", "What began when the evictions did: a deployment, an import, a campaign? The dashboard shows the minute."},
			{"valkey-cli INFO memory", "`used_memory_dataset` is data; `mem_clients_normal` and `mem_clients_slaves` are buffers, which push keys out as well. A `maxmemory` that is lower than yesterday."},
			{"valkey-cli --bigkeys -i 0.01", "A key that has grown without a limit: a queue, a set of tags, a ranking."},
			{"valkey-cli -r 10 RANDOMKEY", "Names of ten keys by chance. A new kind of key that is numerous shows up among them."},
		},
		Mitigation: []string{
			"Undo the change, or slow down the import.",
			"Raise `maxmemory` with `CONFIG SET maxmemory`, if the new load is wanted.",
			"Delete what has grown with `UNLINK`, if it can be computed again.",
		},
		Why: "The specification asks for eviction rate spikes without saying how many. What is much differs from server to server, so that each is compared with its own day; {eviction_spike} the average is beyond the difference between day and night. " +
			"The average ends ten minutes ago, because what contains the spike grows with it. Below {eviction_spike_rate} a second it does not matter what is usual, and {for} leaves out a batch that is over by itself.",
		Blind: "A spike that lasts becomes part of the average: after some hours the alert ends by itself, and `ValkeyHighEviction` is the one that stays. In the first hours after Prometheus has started there is hardly a day to compare with.",
	},
}

var hitRateLow = &Alert{
	Name: alert.HitRateLow, Component: alert.Cache, Severity: config.Warning,
	Expr: promql.Value(HitRate.Gauge).Below(config.HitRateLow).
		And(promql.Value(Lookups.Gauge).Above(config.HitRateLookups)).
		And(promql.Recent(metric.Uptime).AboveSpan(30 * time.Minute)),
	For:         15 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Only {{ $value | humanizePercentage }} of look-ups hit the cache of Valkey {{ $labels.instance }}`,
	Description: `For {for} less than {hit_rate_low} of the look-ups have found their key, now {{ $value | humanizePercentage }}. The rest goes to the database.`,
	Runbook: Runbook{
		Meaning: "Of the keys that applications have looked up in the last minutes, less than {hit_rate_low} were there. The exporter's own look-ups are taken out.",
		Impact:  "Each miss is a query to the database, and a slow answer to somebody. If the database cannot bear it, it fails next.",
		Diagnosis: []Step{
			{"valkey-cli INFO stats", "`evicted_keys` growing: keys are pushed out. `expired_keys` growing much faster than usual: many TTLs end at once. Neither: the application asks for other keys, or deletes them."},
			{"valkey-cli INFO commandstats", "`calls` of `cmdstat_del` and `cmdstat_unlink` near those of `cmdstat_get`: an invalidation deletes too much."},
			{"valkey-cli INFO keyspace", "Hardly any keys: somebody has flushed the database, or the keys of a new version have another name."},
			{"valkey-cli -r 10 RANDOMKEY", "Names of ten keys by chance: are they those that the application asks for?"},
			{"", "In Prometheus: did misses rise, or hits fall? Rising misses with steady hits are new look-ups, such as a crawler that asks for what does not exist."},
		},
		Mitigation: []string{
			"Protect the database first: limit how many requests it gets, or serve old values.",
			"Undo the deployment that changed key names, TTLs or invalidation.",
			"If keys are evicted, see `ValkeyHighEviction`; if they expire in waves, see `ValkeyExpiryStorm`.",
			"Remember that a key does not exist, for a short time, where applications ask for it again and again.",
		},
		Why: "Less than {hit_rate_low} is the specification's. It is computed over five minutes: the ratio since the server's start, which most dashboards show, lies. After a day at 99 % and half an hour at 0 % it still says 97 %. " +
			"Below {hit_rate_lookups} look-ups a second the ratio means little and costs nobody anything. A server that has started within half an hour is left out: a cold cache fills by itself.",
		Blind: "It is the average of all look-ups, also of those that are expected to miss, such as locks and rate limits: a server that is mostly used for those needs another threshold. A small cache that misses always may hide behind a large one that hits.",
	},
}

var expiryStorm = &Alert{
	Name: alert.ExpiryStorm, Component: alert.Cache, Severity: config.Warning,
	Expr: promql.Value(Expirations.Gauge).Above(config.ExpirySpikeRate).
		And(promql.Value(Expirations.Gauge).Exceeds(usually(Expirations).ScaledBy(config.ExpirySpike))),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Far more keys than usual expire on Valkey {{ $labels.instance }}: {{ $value | humanize }} a second`,
	Description: `For {for} keys have expired more than {expiry_spike} as fast as on average over the last day, now {{ $value | humanize }} a second. Many keys have got the same TTL at the same time.`,
	Runbook: Runbook{
		Meaning: "More than {expiry_spike} as many keys expire as on average over the last day, and more than {expiry_spike_rate} a second.",
		Impact:  "All who used these keys miss at once, and compute the same values at once: a herd of queries to the database. Then the keys are written anew with the same TTL, and the wave comes again.",
		Diagnosis: []Step{
			{"valkey-cli INFO stats", "`expired_keys`, and `expired_time_cap_reached_count`: if that grows too, the server cannot keep up with removing them."},
			{"valkey-cli INFO keyspace", "`avg_ttl` in milliseconds: how long keys have left on average."},
			{"valkey-cli -r 10 RANDOMKEY", "Names of ten keys by chance; `TTL` on some of one kind. If they are all but equal, they were written together."},
			{"", "What wrote them, one TTL before the wave: an import, a warm-up, a deployment that emptied the cache?"},
		},
		Mitigation: []string{
			"Protect the database: let one request per key compute the value while others wait or get the old one.",
			"Spread the TTLs of what is written now: the TTL and up to a tenth of it by chance.",
			"Warm up in portions instead of all at once.",
		},
		Why: "The specification asks to watch key expiration patterns and names no number. A server is compared with its own day, because some expire thousands of keys a second all the time and are well; {expiry_spike} the average is a wave. " +
			"Below {expiry_spike_rate} a second no database notices. The average ends ten minutes ago, so that the wave is not compared with itself; {for} leaves out a wave that is too short to react to.",
		Blind: "Waves shorter than {for}, which return with each TTL, may hurt as well: the panel of expired keys shows them as teeth of a saw. A server counts a key when it is removed, which may be long after its TTL has passed. A wave that lasts for hours becomes part of the average.",
	},
}

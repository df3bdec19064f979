package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// ClassWithoutTTL is recorded, because a share of each class is what one looks at.
var ClassWithoutTTL = record("valkey_class:keys_without_ttl:ratio", metric.Ratio,
	"Share of the keys of a class without a TTL; absent from a class without keys.",
	promql.Value(metric.ClassKeysWithoutTTL).Over(promql.Value(metric.ClassKeys).Positive()))

var classRecordings = []*Recording{ClassWithoutTTL}

var classAlerts = []*Alert{classLeaking, lockStuck, limitUntrimmed, tagsDead}

var classLeaking = &Alert{
	Name: alert.ClassLeaking, Component: alert.Cache, Severity: config.Warning,
	Expr: onPrimary(promql.Recent(ClassWithoutTTL.Gauge).Above(config.ClassLeak).
		And(promql.Recent(metric.ClassKeysWithoutTTL).Above(config.ClassLeakKeys)).
		And(promql.Recent(metric.ClassMaxTTL)).
		Unless(promql.Recent(metric.ClassStuckLocks))),
	For:         30 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $value | humanizePercentage }} of the keys {{ $labels.class }} ({{ $labels.db }}) on Valkey {{ $labels.instance }} never expire`,
	Description: `For {for} more than {class_leak} of these keys, and more than {class_leak_keys} of them, have had no TTL, although the configuration says that all of them expire. They stay until somebody deletes them, or they are evicted.`,
	Runbook: Runbook{
		Meaning: "A class of keys has a `max_ttl` in the configuration, and more than {class_leak} of its keys have no TTL at all.",
		Impact:  "None today. The keys pile up: memory fills, and then others are evicted, or writes are refused. A session that never ends may be a matter of security.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_class_keys_without_ttl` of the class. Since when does it grow? What was deployed then? `redis_class_memory_bytes` says what it costs."},
			{"valkey-cli SCAN 0 MATCH \"session:*\" COUNT 1000", "Names of some of the keys, with the pattern and the database of the alert. `TTL` on some of them is -1 where there is none."},
			{"valkey-cli INFO commandstats", "`calls` of `cmdstat_set` against `cmdstat_setex` and `cmdstat_expire`. `SET` without `EX` takes the TTL of an existing key away; `PERSIST` does so too."},
		},
		Mitigation: []string{
			"Write the keys with a TTL: `SET ... EX`, or `EXPIRE` in the same transaction as `HSET` or `SADD`.",
			"Give those that are there a TTL with `SCAN` and `EXPIRE`, in portions.",
			"If they are meant to stay, take `max_ttl` from the class.",
		},
		Why: "Up to {class_leak} may be keys between `SET` and `EXPIRE`, or of one forgotten feature; below {class_leak_keys} no memory is at stake. Keys are counted every five minutes by default: {for} are several walks that agree, as long as a walk takes less than half of that (`redis_exporter_class_walk_duration_seconds`). " +
			"It is estimated from a sample; `redis_exporter_class_ttl_error_ratio` says how far it may be off. On replicas it is silent: they hold a copy.",
		Blind: "Classes without a `max_ttl`, and what may not be seen: `redis_exporter_class_unreadable`. How large the keys are. Keys whose TTL is too long: `redis_class_keys_overlong`.",
	},
}

var lockStuck = &Alert{
	Name: alert.LockStuck, Component: alert.Cache, Severity: config.Warning,
	Expr:        onPrimary(promql.Recent(metric.ClassStuckLocks).Positive()),
	For:         15 * time.Minute,
	Summary:     `Locks {{ $labels.class }} ({{ $labels.db }}) on Valkey {{ $labels.instance }} are not released: {{ $value | humanize }}`,
	Description: `For {for} there have been locks that have no TTL, or a longer one than the configuration allows, now {{ $value | humanize }}. If the holder dies, nobody gets such a lock again.`,
	Runbook: Runbook{
		Meaning: "A class of locks has keys without a TTL, or with more than its `max_ttl` left.",
		Impact:  "What the lock protects does not happen any more: migrations, billing runs, deduplication. Those who want the lock wait, or give up without an error.",
		Diagnosis: []Step{
			{"valkey-cli SCAN 0 MATCH \"lock:*\" COUNT 1000", "The locks there are, with the pattern and the database of the alert."},
			{"valkey-cli TTL lock:database:migration", "-1: no TTL. Put in each lock; the one that you find is the one to release."},
			{"valkey-cli OBJECT IDLETIME lock:database:migration", "Seconds since somebody tried to take it, or took it. Not under an LFU policy."},
			{"valkey-cli GET lock:database:migration", "Who holds it, if the application writes that. Is that process still alive?"},
		},
		Mitigation: []string{
			"If its holder is dead, delete the lock: `DEL`. If it is alive, let it finish, or stop it first.",
			"Take locks with their TTL in one command: `SET lock:... holder NX EX 30`. `SETNX` and then `EXPIRE` leaves a lock for ever when the process dies in between.",
			"Work that takes longer renews its lock in small steps instead of a long TTL.",
		},
		Why:   "A lock without a TTL is a mistake however long it is held, but one that is released soon harms nobody. Keys are counted every five minutes by default, so that {for} are two or three walks that all saw one. With some millions of keys a walk takes longer than that (`redis_exporter_class_walk_duration_seconds`): then one walk that saw one is enough, and it may have been released since.",
		Blind: "A lock that is renewed for ever by a holder that hangs: its TTL is always short. A lock that comes and goes between two walks. Classes of the kind `lock` only; on more locks than `classes.samples` it is an estimate.",
	},
}

var limitUntrimmed = &Alert{
	Name: alert.LimitUntrimmed, Component: alert.Cache, Severity: config.Warning,
	Expr:        onPrimary(promql.Recent(metric.ClassUntrimmed).Above(config.UntrimmedSets)),
	For:         30 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $value | humanize }} rate limits {{ $labels.class }} ({{ $labels.db }}) on Valkey {{ $labels.instance }} keep entries that count no more`,
	Description: `For {for} more than {untrimmed_sets} sorted sets have held entries older than twice the window of the rate limit, although newer ones were added since, now {{ $value | humanize }}. They grow with each request.`,
	Runbook: Runbook{
		Meaning: "A sliding window adds an entry per request and removes those older than the window. More than {untrimmed_sets} sets still have old ones after new ones were added.",
		Impact:  "The sets grow without end, and each request costs more time and memory. If the limit is computed by `ZCARD`, clients are refused that have done nothing wrong.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_class_largest_key_elements` of the class: how long the longest set is by now."},
			{"valkey-cli SCAN 0 MATCH \"rate:*\" COUNT 1000", "Some of the sets, with the pattern and the database of the alert."},
			{"valkey-cli ZRANGE rate:api:client123:data 0 0 WITHSCORES", "The oldest entry; its score is its time. `ZCARD` says how many there are."},
			{"valkey-cli INFO commandstats", "`calls` of `cmdstat_zremrangebyscore` far below those of `cmdstat_zadd`: the removal is missing in some path."},
		},
		Mitigation: []string{
			"Remove old entries with each request: `ZREMRANGEBYSCORE` in the same pipeline as `ZADD`, and `EXPIRE` with the window, so that the set of a client that stays away goes.",
			"Trim those that are there with `SCAN` and `ZREMRANGEBYSCORE`, in portions.",
			"If the window is longer than the configuration says, correct `window` of the class.",
		},
		Why:   "Twice the window is allowed, because the clocks of those who add and remove differ. Up to {untrimmed_sets} sets may be caught between adding and removing, or belong to a client that is being blocked.",
		Blind: "Sets of clients that stay away: nobody adds to them, so nobody removes; `redis_class_keys_without_ttl` counts them where they have no TTL. Scores that are no times.",
	},
}

var tagsDead = &Alert{
	Name: alert.TagsDead, Component: alert.Cache, Severity: config.Info,
	Expr:        onPrimary(promql.Recent(metric.ClassDeadMembers).Above(config.DeadMembers)),
	For:         time.Hour,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $value | humanizePercentage }} of what the tags {{ $labels.class }} ({{ $labels.db }}) on Valkey {{ $labels.instance }} name does not exist`,
	Description: `For {for} more than {dead_members} of the members of tag sets have named keys that are gone, now {{ $value | humanizePercentage }}. Nobody removes them from the sets.`,
	Runbook: Runbook{
		Meaning: "Tag sets list the cache keys that belong together, to delete them at once. More than {dead_members} of the listed keys do not exist any more.",
		Impact:  "The sets grow for ever, and an invalidation deletes thousands of keys that are not there, which holds up everybody else for that time.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_class_largest_key_elements` and `redis_class_memory_bytes` of the class: how large the sets are by now."},
			{"valkey-cli SRANDMEMBER cache:tags:users 10", "Ten members by chance; put in a set of the class. `EXISTS` on each says whether it is there."},
			{"valkey-cli SCARD cache:tags:users", "How many members a set has: an invalidation deletes as many keys."},
		},
		Mitigation: []string{
			"Give the sets a TTL that is longer than that of the keys, and renew it with each `SADD`.",
			"Delete the set with the keys when a tag is invalidated.",
			"Where sets are large, keep a sorted set with the time of expiry as the score, and trim it by `ZREMRANGEBYSCORE`.",
		},
		Why:   "Keys expire and stay listed: some dead members are how tags work. More than {dead_members} for {for} means that nothing ever cleans up. It is for the record, because it costs memory and time, and no user yet.",
		Blind: "It is estimated from ten members each of a sample of the sets. Keys of another database, or of another node of a cluster, cannot be told from dead ones, or are left out.",
	},
}

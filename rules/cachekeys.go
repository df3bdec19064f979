package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var expiryBacklog = &Alert{
	Name: alert.ExpiryBacklog, Component: alert.Cache, Severity: config.Info,
	Expr:        promql.Recent(metric.ExpiredStale).Scaled(0.01).Above(config.StaleKeys),
	For:         30 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $value | humanizePercentage }} of the keys with a TTL on Valkey {{ $labels.instance }} have expired and are still there`,
	Description: `For {for} the server has estimated that more than {stale_keys} of the keys with a TTL have expired and still occupy memory, now {{ $value | humanizePercentage }}. It does not keep up with removing them.`,
	Runbook: Runbook{
		Meaning: "Keys whose TTL has passed stay in memory until somebody asks for them or the server finds them. By its own estimate that is the case for more than {stale_keys} of the keys with a TTL.",
		Impact:  "Nobody reads old values: an expired key is never returned. But memory is full of dead data, and living keys may be evicted for it.",
		Diagnosis: []Step{
			{"valkey-cli INFO stats", "`expired_stale_perc` is the estimate. `expired_time_cap_reached_count` growing: removing keys is broken off again and again because it has used its share of time."},
			{"valkey-cli CONFIG GET active-expire-effort", "1 is the default, 10 the most."},
			{"valkey-cli CONFIG GET hz", "How often per second the server looks for expired keys."},
			{"valkey-cli INFO keyspace", "`avg_ttl` in milliseconds, much shorter than it should be: keys with a TTL of seconds that nobody reads again."},
		},
		Mitigation: []string{
			"`CONFIG SET active-expire-effort 4` or higher removes them sooner and costs processor time of the main thread.",
			"Delete such keys in the application as soon as they have served, with `UNLINK`.",
			"Store short-lived things that belong together as fields of one key.",
		},
		Why:   "The server itself aims at no more than about a tenth of dead keys with its default effort, and works harder above that; staying above {stale_keys} for {for} means that it has lost the race. It is for the record, because it costs memory and no user.",
		Blind: "It is an estimate from samples, and moves slowly. Keys without a TTL are not in it: `ValkeyKeysWithoutTTL`. A replica does not remove keys by itself, it waits for its primary.",
	},
}

var keysWithoutTTL = &Alert{
	Name: alert.KeysWithoutTTL, Component: alert.Cache, Severity: config.Info,
	Expr: promql.OneLess(promql.Recent(metric.DBKeysExpiring).Over(promql.Recent(metric.DBKeys).Above(config.KeysWithoutTTLKeys))).
		Above(config.KeysWithoutTTL),
	For:         time.Hour,
	Summary:     `{{ $value | humanizePercentage }} of the keys in {{ $labels.db }} of Valkey {{ $labels.instance }} never expire`,
	Description: `For {for} more than {keys_without_ttl} of the keys in {{ $labels.db }} have had no TTL, now {{ $value | humanizePercentage }}. In a cache they stay until they are evicted.`,
	Runbook: Runbook{
		Meaning: "More than {keys_without_ttl} of the keys in a database have no TTL, and there are more than {keys_without_ttl_keys}.",
		Impact:  "None today. A cache whose keys never leave grows until it is full; then it evicts, or refuses writes under `noeviction` and `volatile-*`.",
		Diagnosis: []Step{
			{"valkey-cli INFO keyspace", "`keys` and `expires` of each database: the difference never leaves by itself."},
			{"valkey-cli -r 10 RANDOMKEY", "Names of ten keys by chance; `TTL` on some of each kind is -1 where there is none. In another database with `-n`."},
			{"valkey-cli INFO commandstats", "`calls` of `cmdstat_set` against `cmdstat_setex` and `cmdstat_expire`. `SET` without `EX` takes the TTL of an existing key away; `SET` with `KEEPTTL` leaves it."},
			{"valkey-cli CONFIG GET maxmemory-policy", "`volatile-*` evicts keys with a TTL only: with few of them the rest cannot go at all."},
		},
		Mitigation: []string{
			"Write the keys with a TTL: `SET ... EX`, or `EXPIRE` right after `HSET`, `SADD` and `ZADD`.",
			"Give those that are there a TTL with `SCAN` and `EXPIRE`, in portions.",
			"Where the keys are meant to stay, raise the threshold or turn the alert off: it is for caches.",
		},
		Why:   "Up to {keys_without_ttl} may be counters, rankings or tags that are meant to stay. Databases of fewer than {keys_without_ttl_keys} keys are left out: queues are few keys without a TTL, and small data fills no server. {for}, because a slow leak has time.",
		Blind: "How large the keys are: a single one without a TTL may be half of the memory. Fields of hashes with a TTL of their own count as a key without one.",
	},
}

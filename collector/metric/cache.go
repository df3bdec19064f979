package metric

var cache = &Topic{
	title: "Cache",
	intro: "Is the cache earning its keep, and do keys leave by their TTL or by force?",
}

// Look-ups.
var (
	HitRate = cache.gauge("redis_hit_rate", Ratio, Own("keyspace_hits / (keyspace_hits + keyspace_misses) of INFO stats, both less the exporter's own look-ups"),
		"Share of key look-ups since the server started that found the key; absent until there was one. The look-ups of this exporter are taken out, but not those of its runs before the last restart, which matters on a server that does little else. For alerts use the rate over minutes, because a lifetime average hides an outage of hours.")
	KeyspaceHits = cache.counter("redis_keyspace_hits_total", None, field("stats", "keyspace_hits", number),
		"Look-ups of keys that existed, the exporter's own included.")
	KeyspaceMisses = cache.counter("redis_keyspace_misses_total", None, field("stats", "keyspace_misses", number),
		"Look-ups of keys that did not exist, the exporter's own included. A surge after a deployment is a changed key name or a cold cache.")
	ProbeHits = cache.counter("redis_exporter_probe_keyspace_hits_total", None, Own("replies to its own queue commands"),
		"Look-ups of existing keys that the exporter itself has caused by reading queues. Subtract them from the hits for the application's share.")
	ProbeMisses = cache.counter("redis_exporter_probe_keyspace_misses_total", None, Own("replies to its own queue commands that found no key"),
		"Look-ups of missing keys that the exporter itself has caused: an empty queue is a missing key. Subtract them from the misses for the application's share.")
)

// Keys that leave.
var (
	EvictedKeys = cache.counter("redis_evicted_keys_total", None, field("stats", "evicted_keys", number),
		"Keys removed because the memory limit was reached. Under an allkeys policy whole queues may be among them.")
	EvictionExceededTime = cache.counter("redis_eviction_exceeded_time_ms_total", Milliseconds, field("stats", "total_eviction_exceeded_time", number),
		"Time spent above the memory limit. If it grows, eviction does not keep up with writes.")
	CurrentEvictionExceededTime = cache.gauge("redis_current_eviction_exceeded_time_ms", Milliseconds, field("stats", "current_eviction_exceeded_time", number),
		"How long memory has been above the limit now; 0 when it is not.")
	ExpiredKeys = cache.counter("redis_expired_keys_total", None, field("stats", "expired_keys", number),
		"Keys removed because their TTL had passed. Sudden peaks are many keys that were written with the same TTL.")
	ExpiredSubkeys = cache.counter("redis_expired_subkeys_total", None, field("stats", "expired_subkeys", number),
		"Fields of hashes removed because their own TTL had passed (Redis 7.4 and later).")
	ExpiredFields = cache.counter("redis_expired_fields_total", None, field("stats", "expired_fields", number),
		"Fields of hashes removed because their own TTL had passed, as Valkey 9 and later count them.")
	ExpiredStale = cache.gauge("redis_expired_stale_percentage", Percent, field("stats", "expired_stale_perc", number),
		"Estimated share of keys that have expired and still occupy memory. Above 25 the server falls behind with expiry: memory fills with dead data.")
	ExpiredFieldsStale = cache.gauge("redis_expired_keys_with_volatile_items_stale_percentage", Percent, field("stats", "expired_keys_with_volatile_items_stale_perc", number),
		"Estimated share of hashes that still hold expired fields (Valkey 9 and later).")
	ExpiredTimeCapReached = cache.counter("redis_expired_time_cap_reached_total", None, field("stats", "expired_time_cap_reached_count", number),
		"Times that removing expired keys was broken off because it had used its share of time. Steady growth means that expiry does not keep up.")
	ExpireCycleCPU = cache.counter("redis_expire_cycle_cpu_time_ms_total", Milliseconds, field("stats", "expire_cycle_cpu_milliseconds", number),
		"Processor time spent on removing expired keys.")
)

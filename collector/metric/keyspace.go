package metric

var keyspace = &Topic{
	title: "Keyspace",
	intro: "How many keys there are, by database. An empty database reads 0.",
}

// Keys by database.
var (
	DBKeys = keyspace.gauge("redis_db_keys", None, Reply("INFO keyspace: dbN keys; empty databases up to CONFIG GET databases read 0"),
		"Keys in a database. A fall to 0 is a FLUSHALL or a restart without data.", LabelDB)
	DBKeysExpiring = keyspace.gauge("redis_db_keys_expiring", None, Reply("INFO keyspace: dbN expires; empty databases up to CONFIG GET databases read 0"),
		"Keys with a TTL in a database. In a pure cache it should stay close to the number of keys: the rest never leaves by itself.", LabelDB)
	DBAvgTTL = keyspace.gauge("redis_db_avg_ttl_seconds", Seconds, Reply("INFO keyspace: dbN avg_ttl"),
		"Average remaining TTL of the keys in a database that have one, estimated by the server from samples.", LabelDB)
	DBKeysWithExpiringItems = keyspace.gauge("redis_db_keys_with_expiring_items", None, Reply("INFO keyspace: dbN keys_with_volatile_items (Valkey 9) or subexpiry (Redis 7.4)"),
		"Keys in a database, such as hashes, of which single items have a TTL of their own. Absent on servers that have no such TTLs.", LabelDB)
	ClusterEnabled = keyspace.gauge("redis_cluster_enabled", Bool, field("cluster", "cluster_enabled", flag),
		"1 when the server is a node of a cluster and holds only its slots' keys.")
)

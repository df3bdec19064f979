package metric

var classes = &Topic{
	title: "Key classes",
	intro: "What is in the server, by classes of keys that the configuration names by patterns; the first that matches a key has it. " +
		"A walk over all keys in the background counts them, and looks at a sample of each class. Keys are counted; what is said of them is estimated, exact where the class is no larger than the sample. " +
		"What the server does not let the exporter see is absent.",
}

// How many there are, and when they go.
var (
	ClassKeys = classes.gauge("redis_class_keys", None, Own("its last walk over all keys"),
		"Keys of a class, counted. A key that came or went during the walk may be missing or be counted all the same.", LabelClass, LabelDB)
	ClassKeysWithoutTTL = classes.gauge("redis_class_keys_without_ttl", None, Reply("PTTL, of a sample of the keys"),
		"Keys of a class that never expire. In a class of cache entries, sessions or locks they are a leak.", LabelClass, LabelDB)
	ClassKeysOverlong = classes.gauge("redis_class_keys_overlong", None, Reply("PTTL, of a sample of the keys"),
		"Keys that expire later than the configuration wants of the class (max_ttl). Absent from a class without such a limit.", LabelClass, LabelDB)
	ClassKeysExpiring = classes.gauge("redis_class_keys_expiring", None, Reply("PTTL, of a sample of the keys"),
		"Keys that will have expired after a time, if nothing renews them. Each time includes the shorter ones, as the buckets of a histogram do; as the numbers go up and down, they are gauges. Half of a class within one minute is a wave.",
		LabelClass, LabelDB, LabelWithin)
	ClassMaxTTL = classes.gauge("redis_class_max_ttl_seconds", Seconds, Own("its configuration"),
		"The longest TTL that the configuration allows in a class (max_ttl); absent where a key may stay for ever.", LabelClass, LabelDB)
)

// How large they are.
var (
	ClassMemory = classes.gauge("redis_class_memory_bytes", Bytes, Reply("MEMORY USAGE, of a sample of the keys"),
		"Memory that the keys of a class take together, names and overhead included. The server itself estimates a collection by five of its elements. It says what to shorten when memory is scarce.", LabelClass, LabelDB)
	ClassLargestBytes = classes.gauge("redis_class_largest_key_bytes", Bytes, Reply("MEMORY USAGE, of a sample of the keys"),
		"Memory of the largest key of a class that any walk has met and that was still there when the last one ended; where there is none, of the largest that the last one has met. Only a class no larger than the sample cannot have a larger one.", LabelClass, LabelDB)
	ClassLargestElements = classes.gauge("redis_class_largest_key_elements", None, Reply("LLEN, SCARD, ZCARD, HLEN, XLEN or STRLEN of that key"),
		"Elements of the key that takes most memory in a class; of a string, its bytes. Absent if it was gone before it was asked about. A key of hundreds of thousands makes every command on the whole of it slow.", LabelClass, LabelDB)
)

// What goes wrong with them.
var (
	ClassStuckLocks = classes.gauge("redis_class_stuck_locks", None, Reply("PTTL, of a sample of the keys"),
		"Locks without a TTL, or with a longer one than the configuration allows. Whoever died with such a lock keeps all others waiting. Only there for classes of the kind lock.", LabelClass, LabelDB)
	ClassUntrimmed = classes.gauge("redis_class_untrimmed_sets", None, Reply("ZRANGE 0 0 and -1 -1 WITHSCORES, of a sample of the keys"),
		"Sorted sets of rate limits that held an entry older than twice the window when their newest one was added: nobody removes the old ones, and the sets grow. Only there for classes of the kind rate_limit whose scores are times.", LabelClass, LabelDB)
	ClassDeadMembers = classes.gauge("redis_class_dead_members_ratio", Ratio, Reply("EXISTS, of ten members of a sample of the sets"),
		"Share of the members of tag sets that name keys which do not exist any more. Dead members are never invalidated, only carried along. Only there for classes of the kind tags.", LabelClass, LabelDB)
)

// How far this can be trusted.
var (
	ClassSamples = classes.gauge("redis_exporter_class_samples", None, Own("its last walk over all keys"),
		"Keys of a class that the last walk looked at, of which what is estimated follows.", LabelClass, LabelDB)
	ClassTTLError = classes.gauge("redis_exporter_class_ttl_error_ratio", Ratio, Own("its last walk over all keys"),
		"Part of the keys of a class by which each number of keys by expiry may be off, in 19 of 20 walks; 0 when all were looked at.", LabelClass, LabelDB)
	ClassMemoryError = classes.gauge("redis_exporter_class_memory_error_ratio", Ratio, Own("its last walk over all keys"),
		"Part of itself by which the memory of a class may be off, in 19 of 20 walks, as far as the keys of the sample differ; 0 when all keys were looked at, or all of the sample are of one size. A few very large keys among small ones make it high once the sample has met one of them, and are not in it before.", LabelClass, LabelDB)
	ClassUnreadable = classes.gauge("redis_exporter_class_unreadable", Bool, Own("error replies to its questions"),
		"1 when the exporter's user may not see keys of a class: they are counted, and nothing else is known of them. It is tried again after some minutes.", LabelClass, LabelDB)
	ClassWalkAge = classes.gauge("redis_exporter_class_walk_age_seconds", Seconds, Own("its clock"),
		"Time since the last completed walk over all keys ended; absent until one has. What is said of classes is that old; when three walks should have ended since, nothing is said any more.", LabelDB)
	ClassWalkDuration = classes.gauge("redis_exporter_class_walk_duration_seconds", Seconds, Own("its clock"),
		"How long the last completed walk over all keys took. It is paced to spare the server, so it grows with the number of keys.", LabelDB)
	ClassWalkServerTime = classes.gauge("redis_exporter_class_walk_server_seconds", Seconds, Own("its round trips"),
		"Time that the server has worked for the last completed walk, as the exporter sees it from outside: too much rather than too little. Divided by the duration it is the share of a processor.", LabelDB)
	ClassWalkShare = classes.gauge("redis_exporter_class_walk_max_server_ratio", Ratio, Own("its configuration"),
		"Share of the server's time that a walk may take (discovery.max_server_share).")
	ClassWalkComplete = classes.gauge("redis_exporter_class_walk_complete", Bool, Own("its last walk over all keys"),
		"1 when the last walk reached the end, and the server told the size and the expiry of what it was asked about, in every class. At 0 something is old or absent.", LabelDB)
)

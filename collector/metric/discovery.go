package metric

var discovery = &Topic{
	title: "Queue discovery",
	intro: "Queues given by a pattern are found by one slow SCAN per database in the background. These metrics say how far its result can be trusted.",
}

// One walk per database.
var (
	DiscoveryAge = discovery.gauge("redis_exporter_discovery_age_seconds", Seconds, Own("its clock"),
		"Time since the last completed walk over the keys ended; absent until one has. Queues younger than this may not be seen yet.",
		LabelDB)
	DiscoveryDuration = discovery.gauge("redis_exporter_discovery_duration_seconds", Seconds, Own("its clock"),
		"How long the last completed walk over the keys took. It is paced to spare the server, so it grows with the number of keys.",
		LabelDB)
	DiscoveryKeysSeen = discovery.gauge("redis_exporter_discovery_keys_seen", None, Reply("INFO keyspace, at the walk's start: keys"),
		"Keys that the last completed walk passed over, whether they matched a pattern or not: as many as there were when it began. Absent when the server denies INFO.",
		LabelDB)
	DiscoveryComplete = discovery.gauge("redis_exporter_discovery_complete", Bool, Own("its last walk"),
		"1 when the last walk reached the end without an error and found no more queues than are allowed. 0 means that queues may be missing.",
		LabelDB)
	LastKeyGroupsDuration = discovery.gauge("redis_last_key_groups_scrape_duration_milliseconds", Milliseconds, Own("its clock"),
		"Duration of the last background walk over the keys, all databases together, under the name that redis_exporter gives it; 0 when nothing is looked for by pattern.")
)

// What they found together.
var (
	DiscoveredQueues = discovery.gauge("redis_exporter_discovered_queues", None, Own("its list of queues"),
		"Queues found by pattern that are being read now.")
	DiscoveryMaxQueues = discovery.gauge("redis_exporter_discovery_max_queues", None, Own("its configuration"),
		"Queues that may be found by pattern at most (discovery.max_queues).")
	DiscoveryTurnedAway = discovery.gauge("redis_exporter_discovery_queues_turned_away", None, Own("its last walk"),
		"Queues that the last walk found and the cap kept out: nobody watches them. Raise the cap or narrow the pattern.")
)

package metric

var queueObservation = &Topic{
	title: "Queue observation",
	intro: "Age, flow, jobs in hand, dead letters and groups are found by a loop that looks at the queues every few seconds, whoever scrapes. " +
		"These metrics say whether it keeps up. Lengths are read by each scrape and do not depend on it.",
}

// The loop.
var (
	LookAge = queueObservation.gauge("redis_exporter_queue_look_age_seconds", Seconds, Own("its clock"),
		"Time since the last round of looks at all queues ended; absent until one has. When it exceeds a few intervals, ages and the like are missing and counters stand still: see whether looks fail or the server is slow.")
	LookDuration = queueObservation.summary("redis_exporter_queue_look_duration_seconds", Seconds, Own("its clock"),
		"Durations of looks, each one round trip for up to some hundred queues: their sum and their number. If looks take longer, so does everything else on the server; observe fewer queues or less often.")
	LookServerTime = queueObservation.counter("redis_exporter_queue_look_server_seconds_total", Seconds, Own("its looks, by INFO commandstats on either side of each"),
		"Time that the server has worked for looks, by its own count. Its rate is their share of a processor, and bounded by the configuration. Scripts that others run at the same moment are in it too; it stands still where INFO is denied.")
	LookFailures = queueObservation.counter("redis_exporter_queue_look_failures_total", None, Own("its looks at queues"),
		"Looks that failed for all their queues, because the server did not answer in time or refuses the script. The log says why. If it goes on, ages and the like are missing and not stale, and counters stand still.")
)

// Its reach.
var (
	QueuesObserved = queueObservation.gauge("redis_exporter_queues_observed", None, Own("its list of queues"),
		"Queues that the last round looked at, empty ones included.")
	QueuesUnobserved = queueObservation.gauge("redis_exporter_queues_unobserved", None, Own("its list of queues"),
		"Queues whose length is read and which are not looked at, because there are more than the configuration allows: their age and flow are missing. Raise the limit, or narrow the patterns.")
)

// NotificationsActive is about what the server tells by itself.
var NotificationsActive = queueObservation.gauge("redis_exporter_notifications_active", Bool, Own("its connection for notifications"),
	"1 while the exporter listens to the server's keyspace notifications, which tell what comes and goes where looks cannot; only there if the configuration wants it. At 0 the log says what is missing on the server, and queues are measured by looking at them alone.")

// What survives a restart.
var (
	StateSaved = queueObservation.gauge("redis_exporter_state_saved_timestamp_seconds", Timestamp, Own("its state file"),
		"When what is known about queues was last written to the state file; absent before the first time, and without such a file. After a restart, first-seen times go on from there.")
	StateSaveSuccessful = queueObservation.gauge("redis_exporter_state_save_successful", Bool, Own("its state file"),
		"1 when the state file was written the last time. At 0 a restart sets ages that are counted from the first look, and the counters, back: see whether the disk is full and the folder writable.")
)

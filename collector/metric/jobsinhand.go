package metric

var jobsInHand = &Topic{
	title: "Jobs in hand",
	intro: "What workers have taken and not finished: queues of the role `processing`, with one key for each worker or one for all. " +
		"A job that stays was lost by its worker, and nobody will do it unless somebody puts it back.",
}

// Jobs, by worker.
var (
	ProcessingMessages = jobsInHand.gauge("redis_queue_processing_messages", None, Reply("LLEN, SCARD or ZCARD"),
		"Jobs that a worker has in hand. More than it can work on at once, or one that remains after the worker was stopped, are jobs that nobody does.",
		LabelDB, LabelQueue, LabelRole, LabelWorker)
	ProcessingOldestAge = jobsInHand.gauge("redis_queue_processing_oldest_age_seconds", Seconds, Own("when it first saw the job there"),
		"How long the oldest job has been in hand, at least: it counts from when the exporter first saw it there; 0 when there is none. Longer than a job may take means a worker that hangs or died: see whether it runs, then put the job back.",
		LabelDB, LabelQueue, LabelRole, LabelWorker)
	ProcessingDuration = jobsInHand.histogram("redis_queue_processing_duration_seconds", Seconds, Own("when it first saw the job there and when it no longer did"),
		"How long jobs were in hand, done or given up. It is no finer than the interval between two looks, jobs that came and went in between are not in it, and neither are those of workers with more jobs than a look shows.",
		LabelDB, LabelQueue, LabelRole, LabelWorker)
)

// The keys that hold them.
var (
	ProcessingIdle = jobsInHand.gauge("redis_queue_processing_idle_seconds", Seconds, Reply("OBJECT IDLETIME"),
		"Time since a client last touched the key, looks of the exporter not counted. With jobs in hand, long means that the worker neither takes nor finishes any. Absent under an LFU policy, on servers that cannot leave our looks out (Redis 7.0), and while the key does not exist.",
		LabelDB, LabelQueue, LabelRole, LabelWorker)
	ProcessingTTL = jobsInHand.gauge("redis_queue_processing_ttl_seconds", Seconds, Reply("PTTL"),
		"Time until the server deletes the key with the jobs in it; absent when the key does not expire, as it should be. Any value is a hazard: if the worker dies, its jobs are lost without a trace. Take the EXPIRE out of the application.",
		LabelDB, LabelQueue, LabelRole, LabelWorker)
)

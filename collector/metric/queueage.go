package metric

var queueAge = &Topic{
	title: "Queue age",
	intro: "How long have jobs been waiting? A message's own time counts, else the moment when the exporter first saw it, which makes every age a lower bound. " +
		"Where consumers take the newest job first (LIFO), the oldest age means that some jobs starve, not that all of them wait so long.",
}

// How long messages wait.
var (
	OldestMessageTimestamp = queueAge.gauge("redis_queue_oldest_message_timestamp_seconds", Timestamp, Own("the messages at both ends of the queue, or when it first saw them"),
		"When the oldest message of the queue was made, or died if it is a dead letter; absent when the queue is empty. Subtract it from the current time for an age that is right between scrapes too. "+
			"An old message means that workers are too few or gone; under LIFO it means starvation of this job and says nothing about latency.",
		LabelDB, LabelQueue, LabelRole)
	NextMessageTimestamp = queueAge.gauge("redis_queue_next_message_timestamp_seconds", Timestamp, Own("the message at the consumers' end of the queue, or when it first saw it"),
		"When the message that is taken next was made; absent when the queue is empty, and while it is not known from which end messages are taken. "+
			"Under FIFO it is the oldest one. Under LIFO it is the newest, and this alone tells how long a job waits that is served.",
		LabelDB, LabelQueue, LabelRole)
	OldestMessageAge = queueAge.gauge("redis_queue_oldest_message_age_seconds", Seconds, Own("its clock and the oldest message"),
		"How long the oldest message has been waiting; 0 when the queue is empty. Above the target, see first whether anything leaves the queue, then whether there are enough workers. "+
			"Under LIFO it means starvation, not latency: the oldest jobs are never reached while new ones come, and more workers are not the cure, taking from the other end is.",
		LabelDB, LabelQueue, LabelRole)
	TargetAge = queueAge.gauge("redis_queue_target_age_seconds", Seconds, Own("its configuration"),
		"Age above which the oldest message of the queue is too old (max_age); absent when there is no such limit. One rule that compares the age with this serves all queues. "+
			"Under LIFO a queue that is never quite empty exceeds any target by starvation of a few jobs.",
		LabelDB, LabelQueue, LabelRole)
)

// How far these times can be trusted.
var (
	OrderInfo = queueAge.gauge("redis_queue_order_info", Info, Own("which end of the queue gained and which lost messages"),
		"In which order messages are taken, found by observation. Under LIFO the oldest age means starvation, not latency: let consumers take from the end that producers do not push to, such as LPUSH with BRPOP.",
		LabelDB, LabelOrder, LabelQueue, LabelRole)
	TimestampInfo = queueAge.gauge("redis_queue_timestamp_info", Info, Own("the oldest message"),
		"How the time of the oldest message was found. When it is only known since when the exporter has seen it, the age is a lower bound: let producers add a time, or name the field that has it in the configuration.",
		LabelDB, LabelQueue, LabelRole, LabelSource)
	TimestampFailures = queueAge.counter("redis_queue_timestamp_failures_total", None, Own("the messages at the ends of the queue"),
		"Messages of which no usable time was found, each counted once. If it grows after a deployment, the payload has changed: name the field in the configuration, or correct the producer's clock.",
		LabelDB, LabelQueue, LabelReason, LabelRole)
	TimestampOffset = queueAge.gauge("redis_queue_timestamp_offset_seconds", Seconds, Own("its clock and the newest message"),
		"From the time that the newest message carries to when it was seen to arrive. A few seconds are the interval between two looks. Minutes, or less than 0, mean that the producer's clock is off or that jobs are put back with their old time: every age is wrong by as much.",
		LabelDB, LabelQueue, LabelRole)
)

// How often they were good.
var (
	FreshnessProbes = queueAge.counter("redis_queue_freshness_probes_total", None, Own("its looks at queues"),
		"Looks at a work queue that has a target age, as far as the age was known. They happen at a steady pace whoever scrapes, so the good ones divided by these are the share of time in which no job waited too long: a service level without a change to the application.",
		LabelDB, LabelQueue, LabelRole)
	FreshnessGood = queueAge.counter("redis_queue_freshness_good_total", None, Own("its looks at queues"),
		"Looks at which the oldest message was within the target age, or the queue was empty. When their share falls, jobs are late: see whether anything leaves the queue and whether more arrives than usual.",
		LabelDB, LabelQueue, LabelRole)
)

package metric

var lostMessages = &Topic{
	title: "Lost messages",
	intro: "Jobs that are gone although nobody took them, and queues to which that can happen. No error tells anybody: a queue that was deleted looks like one that is done.",
}

// QueueEvictable is the hazard.
var QueueEvictable = lostMessages.gauge("redis_queue_evictable", Bool, Reply("INFO memory: maxmemory, maxmemory_policy; PTTL of the key"),
	"1 when the server may delete the queue with all that is in it to make room: it has a memory limit, and a policy that this key falls under. Set maxmemory-policy to noeviction where queues live, or keep them apart from the cache. Absent while limit or policy are not known.",
	LabelDB, LabelQueue, LabelRole)

// The damage.
var (
	QueueVanished = lostMessages.counter("redis_queue_vanished_messages_total", None, Own("the length before, and the calls that the server counted"),
		"Messages that were gone at once with the whole queue while the server had not run enough commands to take them. Growth is lost work, unless your consumers take a queue by RENAME or DEL: the causes are counted for all queues together, and producers may have to send again.",
		LabelDB, LabelQueue, LabelRole)
	VanishedByCause = lostMessages.counter("redis_queue_vanished_messages_by_cause_total", None, Own("the length before, and what the server counted"),
		"Messages that vanished, all queues together, by the first cause that the server's own counters admit. Evicted: the memory limit and its policy. Expired: somebody set a TTL. Flushed, deleted or renamed: a command of a client. Restarted: no persistence, or an old snapshot.",
		LabelCause)
)

package metric

var queues = &Topic{
	title: "Queues",
	intro: "Is work getting done? A watched queue that is empty reads 0 and stays; a discovered one that stays empty goes after a configurable time.",
}

// Length, and why there is none.
var (
	ListLength = queues.gauge("redis_list_length", None, Reply("LLEN"),
		"Entries in a list that is used as a queue. Growth means that producers are faster than workers, or that no worker runs.",
		LabelDB, LabelList)
	QueueLength = queues.gauge("redis_queue_length", None, Reply("LLEN, SCARD, ZCARD or XLEN, by the type of the key"),
		"Entries in a queue, whether it is a list, a set, a sorted set or a stream. Dead letters should stay at 0, and what is being processed should not only grow.",
		LabelDB, LabelQueue, LabelRole)
	QueueUnreadable = queues.gauge("redis_exporter_queue_unreadable", Info, Own("error replies to queue commands"),
		"1 for a queue that the exporter wants to read and cannot, so that its length is unknown and not 0. Correct the configuration, the application or the ACL.",
		LabelDB, LabelQueue, LabelReason)
	QueueErrors = queues.counter("redis_exporter_queue_errors_total", None, Own("error replies to queue commands"),
		"Times that a queue became unreadable, by reason. One that stays so counts once.",
		LabelReason)
)

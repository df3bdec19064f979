package metric

var queueFlow = &Topic{
	title: "Queue flow",
	intro: "What comes and what goes. The server counts neither for a list, so both are found by looking at its ends every few seconds; " +
		"[queue-flow.md](queue-flow.md) says how, and how far it can be trusted.",
}

// Arrivals and departures.
var (
	QueueEnqueued = queueFlow.counter("redis_queue_enqueued_total", None, Own("where the messages seen last have moved to; sets: their members; streams: entries-added"),
		"Messages that arrived; a lower bound when the flow is not exact. While its rate is above that of departures, the queue grows: add workers, or slow the producers down.",
		LabelDB, LabelQueue, LabelRole)
	QueueDequeued = queueFlow.counter("redis_queue_dequeued_total", None, Own("arrivals less the growth of the queue; streams: entries-read of the slowest group whose position is known"),
		"Messages that were taken out, without those that vanished; a lower bound when the flow is not exact. If it stands still on a queue that is not empty, nobody works: see whether the workers run, are connected, and what they wait for.",
		LabelDB, LabelQueue, LabelRole)
	QueueFlowInfo = queueFlow.gauge("redis_queue_flow_info", Info, Own("its looks at queues"),
		`How arrivals and departures are found. With exact="false" an interval of the last ten minutes could not be told exactly, and the counters are lower bounds: read docs/queue-flow.md before you compare them.`,
		LabelDB, LabelExact, LabelMethod, LabelQueue, LabelRole)
	QueueFlowGaps = queueFlow.counter("redis_queue_flow_gaps_total", None, Own("its looks at queues"),
		"Intervals between two looks of which only lower bounds are known, for instance because the whole queue was turned over in between or is full of equal messages. If it keeps growing on a busy queue, look more often.",
		LabelDB, LabelQueue, LabelRole)
)

// What follows from them.
var (
	QueueStalled = queueFlow.gauge("redis_queue_stalled_seconds", Seconds, Own("its clock and its looks at queues"),
		"Time since anything was seen leaving the queue, counted from when it was first seen with something in it; 0 when it is empty. More than the longest job takes means that workers are gone, hang, or serve other queues first: look at them before you add more.",
		LabelDB, LabelQueue, LabelRole)
	QueueDrain = queueFlow.gauge("redis_queue_drain_seconds", Seconds, Own("the length and how it changed within about a minute"),
		"Time until the queue is empty if it goes on shrinking as in the last minute. Absent when it is empty, and when it does not shrink: a backlog without this value will not go away by itself.",
		LabelDB, LabelQueue, LabelRole)
)

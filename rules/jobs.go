package rules

// jobAlerts are about jobs that have left the queues in which they waited, other
// than by being done.
var jobAlerts = []*Alert{
	deadLetterQueueHigh, deadLetterQueueGrowing, deadLetterUnattended,
	queueProcessingStuck, queueProcessingSlow, queueProcessingExpires, queueWorkerLost,
	queueEvictable, queueMessagesVanished,
}

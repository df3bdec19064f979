package metric

var deadLetters = &Topic{
	title: "Dead letters",
	intro: "What do jobs die of? How many there are, how old they are and how fast they arrive is told as for any queue, under the role `dead_letter`.",
}

// DeadLettersSampled is told by the newest, so that it changes as soon as they
// do.
var DeadLettersSampled = deadLetters.gauge("redis_queue_dead_letters_sampled", None, Own("the newest messages of the queue"),
	"Dead letters by reason, among the newest ones of the queue and not all of them: what jobs die of now. Begin with the most frequent; a reason that is new came with the last deployment or from a service that jobs depend on.",
	LabelDB, LabelQueue, LabelReason, LabelRole)

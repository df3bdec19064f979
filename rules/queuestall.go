package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// workMoves is there while something leaves any work queue of an exporter. Of a
// queue that stands still it says that the others move. Departures are lower
// bounds, so it may be missing where a queue is drained at once: what stands
// still next to it is then told to stand still, which is true.
func workMoves() promql.Expr {
	return promql.Increase(metric.QueueDequeued, window, ofWork).ByInstance("sum").Positive()
}

var queueNotBeingProcessed = &Alert{
	Name: alert.QueueNotBeingProcessed, Component: alert.Queue, Severity: config.Warning,
	Variants:    queuesNotProcessed,
	For:         time.Minute,
	KeepFiring:  10 * time.Minute,
	Summary:     `Nobody works on {{ $labels.queue }} on {{ $labels.instance }}: nothing has left it for {{ $value | humanizeDuration }}`,
	Description: `{{ $labels.queue }} is not empty, and nothing has been seen leaving it for {{ $value | humanizeDuration }}. Are the workers running, connected, and waiting at this key?`,
	Runbook: Runbook{
		Meaning: "The queue is not empty, and for more than {stalled} nothing has been seen leaving it. If its severity is not `critical`, nothing has left any other work queue of this server either.",
		Impact:  "Jobs wait for ever. Users see nothing happen, and no error.",
		Diagnosis: []Step{
			{"valkey-cli LLEN queue:high", "The length now, of the queue that the alert names. It should only grow."},
			{"valkey-cli INFO clients", "`blocked_clients` above 0: workers are connected and wait, at other keys. 0: they hang in a job, or are gone."},
			{"valkey-cli CLIENT LIST", "`cmd=blpop` or the like with a long `age=`: waits at another key, a typing error for instance. No worker at all: see where they run."},
			{"valkey-cli SCARD queue:processing:worker1", "Jobs that a worker has in hand. If they never become fewer, the worker hangs: `QueueProcessingStuck`."},
			{"", "Where the workers run: are the processes there, what does their log say, what do they wait for?"},
		},
		Mitigation: []string{
			"Restart the workers. Jobs they had in hand may have to be put back: see `QueueProcessingStuck`.",
			"If they wait at another key, correct their configuration; undo the last deployment.",
			"Stop producers if memory becomes short.",
		},
		Why: "{stalled} is longer than the longest job should take, since a worker that is busy takes nothing. `redis_queue_stalled_seconds` counts from the last departure that was seen and is 0 for an empty queue, so that it needs no window; {for} on top leaves out a queue that moves again. It goes on for ten minutes after the first departure, so that whoever has been told hears nothing of the jobs that are late and now get done: this alert mutes those. " +
			"Others compare an increase of departures over ten minutes with 0, which is also 0 when a scrape range is empty or a drained queue hides its flow. " +
			"`BLPOP high medium low` serves the first key that has jobs: while the first is busy the last is not served by design, which is `QueueStarved` and nothing to be woken for. A critical queue that stands still pages whatever else moves.",
		Blind: "A stack (LPUSH with BLPOP) whose new jobs are taken as soon as they come, over old ones that stay, has the same length at each look and seems to stand still: the old jobs do. Workers that take jobs and lose them look fine here. Jobs that are to wait, such as a sorted set of jobs for later, stand still as well: do not list them as work, or with the severity `none`. " +
			"A queue that stands still next to others that move is told only after {starved}, by `QueueStarved`, unless it is critical.",
	},
}

func queuesNotProcessed(c config.Validated) []Variant {
	stands := perSeverity(c, config.Work, func(q selection) (promql.Expr, string, bool) {
		return promql.Recent(metric.QueueStalled, q.parts...).Above(config.Stalled), "", true
	})
	return each(stands, func(v Variant) promql.Expr {
		e := v.Expr.And(promql.Recent(metric.QueueLength).Positive())
		if v.Severity == config.Critical {
			return e
		}
		return e.Unless(workMoves(), promql.OnInstance())
	})
}

var queueStarved = &Alert{
	Name: alert.QueueStarved, Component: alert.Queue, Severity: config.Warning,
	Expr:        promql.Recent(metric.QueueStalled, ofWork).Above(config.Starved).And(workMoves(), promql.OnInstance()),
	For:         5 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} starves: nothing has left it for {{ $value | humanizeDuration }}`,
	Description: `Nothing has been seen leaving {{ $labels.queue }} for {{ $value | humanizeDuration }}, while jobs leave other queues of the server. Workers that serve queues in order of priority never come to this one, or it has no worker.`,
	Runbook: Runbook{
		Meaning: "The queue is not empty and nothing has left it for more than {starved}, while other work queues of the same server are served.",
		Impact:  "The jobs of this queue wait without end, as long as the others have something to do.",
		Diagnosis: []Step{
			{"valkey-cli LLEN queue:low", "How many jobs starve."},
			{"valkey-cli LLEN queue:high", "Not empty at any time: the queue of the higher priority takes all workers."},
			{"valkey-cli LLEN queue:medium", "The same of the one in between."},
			{"valkey-cli CLIENT LIST", "Is there a worker for this queue at all? What keys a worker names in its BLPOP stands in its configuration."},
		},
		Mitigation: []string{
			"Add workers, so that the queues before it run empty now and then.",
			"Give it a worker of its own: `BRPOP queue:low` and nothing else.",
			"Let some workers name the keys in another order.",
		},
		Why: "`BLPOP high medium low` is strict priority: it serves the low queue only when the others are empty, so that starvation under load is by design. {starved} is when that should be looked at; it wakes nobody, because more important work is being done. " +
			"Others compare two fixed queues. Here it is any queue that stands still next to any that moves.",
		Blind: "A queue that gets one job in {starved} served does not count as starved: `QueueOldestMessageTooOld` tells that its jobs are late.",
	},
}

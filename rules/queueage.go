package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var queueOldestMessageOld = &Alert{
	Name: alert.QueueOldestMessageOld, Component: alert.Queue, Severity: config.Warning,
	Variants:   oldestMessagesOld,
	For:        2 * time.Minute,
	KeepFiring: 5 * time.Minute,
	Summary:    `The oldest job in {{ $labels.queue }} on {{ $labels.instance }} has waited for {{ $value | humanizeDuration }}`,
	Description: `The oldest job in {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}, longer than its limit. ` +
		`If workers take the newest job first (LIFO: LPUSH with BLPOP), this is starvation of a few jobs and not the latency of all.`,
	Runbook: Runbook{
		Meaning: "The oldest job of the queue has been older than its `max_age` for {for}.",
		Impact:  "In a queue that is served in order (FIFO) every job waits that long. In a stack (LIFO) new jobs are served at once, and the oldest ones never while new ones come.",
		Diagnosis: []Step{
			{"valkey-cli LINDEX queue:high -1", "The oldest job, if producers use LPUSH: its time, and whether there is anything odd about it. With RPUSH it is at index 0."},
			{"valkey-cli LLEN queue:high", "Long: too few workers, or none. Short: one job that nobody takes, or a stack."},
			{"valkey-cli INFO commandstats", "LPUSH with BLPOP or LPOP, or RPUSH with BRPOP or RPOP, is a stack; `redis_queue_order_info` says what was observed."},
			{"valkey-cli CLIENT LIST", "Are the workers connected, and busy?"},
			{"", "In Prometheus: `redis_queue_timestamp_offset_seconds` of minutes, or below 0, means that the clock of a producer is wrong, and the age with it."},
		},
		Mitigation: []string{
			"No workers: start them. Too few: start more.",
			"A stack: let consumers pop from the other end, `BRPOP` instead of `BLPOP`. Under LIFO more workers do not help the oldest job unless they empty the queue.",
			"A single job that nobody can process: move it to the dead letters.",
		},
		Why: "The limits are `max_age` of the configuration: 5 minutes where users wait. Age says what length does not: 900 jobs may be two seconds old, and three may be a day old. {for} leaves out one slow job. " +
			"One rule could compare all queues with `redis_queue_target_age_seconds`. It was rejected: the severity is that of the queue, which one rule cannot have, and the limit that is written in the rule is the limit that was tested.",
		Blind: "Ages are lower bounds where jobs carry no time, see `redis_queue_timestamp_info`. A job that a worker has taken is not in the queue any more: `QueueProcessingStuck`.",
	},
}

func oldestMessagesOld(c config.Validated) []Variant {
	return aboveMaxAge(c, config.Work, metric.OldestMessageAge)
}

var queueServedOutOfOrder = &Alert{
	Name: alert.QueueServedOutOfOrder, Component: alert.Queue, Severity: config.Warning,
	Expr: promql.Recent(metric.NextMessageTimestamp, ofWork).Minus(promql.Recent(metric.OldestMessageTimestamp)).Above(config.OutOfOrder).
		And(promql.Recent(metric.OrderInfo, promql.Eq(metric.LabelOrder, "lifo")).Is(1),
			promql.On(metric.LabelDB, metric.LabelInstance, metric.LabelJob, metric.LabelQueue, metric.LabelRole)).
		And(promql.Recent(metric.QueueStalled).Below(config.Stalled)),
	For:         15 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} serves the newest job first; the oldest is {{ $value | humanizeDuration }} behind`,
	Description: `Workers take the newest job of {{ $labels.queue }} first (LIFO). The oldest one was made {{ $value | humanizeDuration }} before the one that is taken next, and waits on. Let consumers use BRPOP instead of BLPOP.`,
	Runbook: Runbook{
		Meaning: "The queue is used as a stack: workers take from the end to which producers push, so that the newest job is served first. For {for} the oldest job has been more than {out_of_order} older than the one that is served next.",
		Impact:  "Jobs at the bottom are not served while new ones come, although workers keep up and the length looks harmless.",
		Diagnosis: []Step{
			{"valkey-cli INFO commandstats", "`cmdstat_lpush` with `cmdstat_blpop` or `cmdstat_lpop`: a stack. LPUSH with BRPOP or RPOPLPUSH is a queue."},
			{"valkey-cli LINDEX queue:medium 0", "The newest job under LPUSH, the next one to be served by BLPOP."},
			{"valkey-cli LINDEX queue:medium -1", "The oldest job under LPUSH, the one that starves."},
			{"valkey-cli LLEN queue:medium", "How many jobs lie there."},
		},
		Mitigation: []string{
			"Let consumers pop from the other end: `BRPOP` instead of `BLPOP`. Nothing else needs to change, and it can be done worker by worker.",
			"For the moment, one more worker with `BRPOP` serves the bottom of the stack.",
			"Enough workers to empty the queue now and then hide the problem.",
		},
		Why: "A stack that runs empty now and then harms nobody, so it is not the order that alerts but its effect: {out_of_order} between the oldest job and the next. The order must have been observed (`redis_queue_order_info`), because jobs that are put back with their old time make such a gap in a queue, too. " +
			"A queue that nobody serves, which is one where nothing has left for {stalled}, is `QueueNotBeingProcessed`, whatever its order.",
		Blind: "How many jobs starve. Queues whose jobs carry no time and have not been seen to arrive.",
	},
}

var queueAgeUnknown = &Alert{
	Name: alert.QueueAgeUnknown, Component: alert.Queue, Severity: config.Info,
	Expr:        promql.Increase(metric.TimestampFailures, 15*time.Minute).Positive(),
	For:         30 * time.Minute,
	Summary:     `Jobs in {{ $labels.queue }} on {{ $labels.instance }} have no usable time ({{ $labels.reason }})`,
	Description: `For {for} jobs have come to {{ $labels.queue }} of which no usable time was found ({{ $labels.reason }}), about {{ $value | humanize }} in the last quarter of an hour. Their age counts from when the exporter first saw them, and is a lower bound.`,
	Runbook: Runbook{
		Meaning: "The exporter looks for the time at which a job was made, and for {for} has met jobs without a usable one. The label `reason` says what is wrong.",
		Impact:  "Ages of the queue are too low, so that `QueueOldestMessageTooOld` and `QueueLatencySLOBurn` come late. Nothing else suffers.",
		Diagnosis: []Step{
			{"valkey-cli LRANGE queue:high 0 0", "A job, as producers make it. Where does it say when it was made?"},
			{"valkey-cli LRANGE queue:high -1 -1", "The job at the other end."},
			{"", "The reason: `no_timestamp` has none, `bad_value` has something else in the configured field, `future` and `absurd` are wrong clocks or units, `unknown_format` is neither JSON nor text, `too_big` was not fetched, `empty` has no content."},
			{"", "Did it begin with a deployment of a producer?"},
		},
		Mitigation: []string{
			"Name the field in the configuration: `timestamp: meta.enqueued_at` in the entry of the queue.",
			"Let producers add a time, or an ID that carries one (UUIDv7, ULID).",
			"Correct the clock of the producer.",
		},
		Why: "Each job counts once, so one odd job counts for a quarter of an hour and stays silent; {for} means that they keep coming. It is for the record: alerts on age still work, with lower bounds.",
		Blind: "Jobs between the ends of the queue, and those that are taken between two looks, are not read. The first failure of all makes the series and shows in no increase. A time that is wrong by less than five minutes passes. " +
			"What is older than the exporter and has no time is as old as the exporter's first look.",
	},
}

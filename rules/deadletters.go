package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var deadLetterQueueHigh = &Alert{
	Name: alert.DeadLetterQueueHigh, Component: alert.Queue, Severity: config.Warning,
	Variants:    func(c config.Validated) []Variant { return aboveMaxLength(c, config.DeadLetter, metric.QueueLength) },
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} holds {{ $value | humanize }} dead letters`,
	Description: `Jobs that were given up have piled up: {{ $value | humanize }} of them, more than allowed for {for}. None of them will be done unless somebody puts it back.`,
	Runbook: Runbook{
		Meaning: "More jobs than `max_length` allows have failed for good and lie in a dead letter queue.",
		Impact:  "What these jobs were to do has not been done: mails not sent, orders not passed on. The queue also takes memory, because each letter holds the job that failed.",
		Diagnosis: []Step{
			{"valkey-cli LRANGE queue:dead-letter 0 9", "The newest letters, where they are added with LPUSH. Read `error`: one reason, or many?"},
			{"", "In Prometheus: `topk(5, redis_queue_dead_letters_sampled)` counts the newest letters by reason."},
			{"valkey-cli LINDEX queue:dead-letter -1", "The oldest letter: since when they have been piling up. Compare its time with your deployments."},
			{"valkey-cli MEMORY USAGE queue:dead-letter", "Bytes that the letters take."},
		},
		Mitigation: []string{
			"Remove the cause first: roll a deployment back, bring the service back that the jobs need. A job that is put back before that dies again.",
			"Then put the jobs back. In the specification's format the job is the field `original` of the letter: push that to its queue and `LREM` the letter, both in one `MULTI`.",
			"If nobody needs them, save them to a file and cut the queue: `LTRIM queue:dead-letter 0 9` keeps the ten newest.",
		},
		Why: "100 letters are the specification's, set as `max_length` of the queue. Its pseudo code compares `LLEN` once; a list that is cut and filled again around the limit would come and go with it. " +
			"Here it has to last for {for}, and a value holds for three minutes, so that a scrape that fails does not make the wait start again. The length is read by the type of the key: a dead letter queue that is a set or a sorted set counts as well.",
		Blind: "How fast they arrive: that is `DeadLetterQueueGrowing`, which also tells of failures while somebody keeps the queue short. How long they have been lying there: `DeadLetterUnattended`.",
	},
}

// usualOver is the time whose average is the usual: a day, so that each hour of
// it is in it once.
const usualOver = 24 * time.Hour

// usualAfter is how old figures must be before there is a usual. The first count
// of a quarter of an hour is too low, because it has not been one yet, and so is
// any average of a few such counts. What has been counted between one and two
// hours ago will do, so that a gap of some minutes at that time changes nothing.
const usualAfter = time.Hour

// A steady share of failures is normal for many applications, so that no number
// suits all of them. What is new is a multiple of the usual.
var deadLetterQueueGrowing = &Alert{
	Name: alert.DeadLetterQueueGrowing, Component: alert.Queue, Severity: config.Warning,
	Expr: promql.Value(DeadLettersNew.Gauge).Above(config.DeadLettersNew).
		And(promql.Value(DeadLettersNew.Gauge).Exceeds(
			promql.AvgOver(DeadLettersNew.Gauge, usualOver, promql.Ago(newLettersWindow)).ScaledBy(config.DeadLettersUsual))).
		And(promql.MaxOver(DeadLettersNew.Gauge, usualAfter, promql.Ago(usualAfter))),
	For:         5 * time.Minute,
	KeepFiring:  10 * time.Minute,
	Summary:     `{{ $value | humanize }} jobs have ended in {{ $labels.queue }} on {{ $labels.instance }} within 15 minutes`,
	Description: `About {{ $value | humanize }} jobs were given up in the last quarter of an hour, more than {dead_letters_usual} as many as is usual on the day before. Something has begun to fail, and goes on failing.`,
	Runbook: Runbook{
		Meaning: "Jobs fail for good right now: more than {dead_letters_new} in a quarter of an hour, and more than {dead_letters_usual} the average of the day before.",
		Impact:  "What these jobs were to do is not done. If it goes on, so it will be with the next ones.",
		Diagnosis: []Step{
			{"valkey-cli LRANGE queue:dead-letter 0 4", "The newest letters, where they are added with LPUSH: their `error`, and the type of the job in `original`."},
			{"", "In Prometheus: `redis_queue_dead_letters_sampled` by reason. A reason that was not there yesterday came with a deployment or from a service that the jobs depend on."},
			{"valkey-cli INFO errorstats", "Errors of this server that jobs may have died of: `OOM`, `MISCONF`, `WRONGTYPE`, `NOPERM`."},
			{"", "The log of a worker, at the time of the newest letter."},
		},
		Mitigation: []string{
			"If it began with a deployment, of the workers or of the producers, roll that back.",
			"If a service is down that the jobs need, stop the workers: jobs that wait are safe, jobs that are tried end as dead letters.",
			"When the cause is gone, put the letters back: see `DeadLetterQueueHigh`.",
		},
		Why: "The specification watches the number of letters, which an operator who clears them keeps low while jobs go on failing. Arrivals tell of it within minutes. " +
			"A limit of arrivals alone fires for ever where one job in a hundred always fails, so {dead_letters_usual} the usual must be passed too. After a quiet day the usual is 0, and {dead_letters_new} decide. " +
			"The quarter of an hour lets a handful of failures stand out; {for} on top leave out a single burst of a minute.",
		Blind: "The first hour after the exporter has begun to watch a queue, in which nothing is usual yet; a list that a pattern finds begins with its first letter, and so does that hour. `DeadLetterQueueHigh` does not wait for it. A failure that has lasted for eight hours has become the usual, too. " +
			"Letters that are taken out again between two looks of the exporter are not counted.",
	},
}

var deadLetterUnattended = &Alert{
	Name: alert.DeadLetterUnattended, Component: alert.Queue, Severity: config.Warning,
	Variants:    func(c config.Validated) []Variant { return aboveMaxAge(c, config.DeadLetter, metric.OldestMessageAge) },
	For:         time.Hour,
	Summary:     `A dead letter has been in {{ $labels.queue }} on {{ $labels.instance }} for {{ $value | humanizeDuration }}`,
	Description: `The oldest job that was given up has been lying there for {{ $value | humanizeDuration }}, longer than allowed, and nobody has put it back or thrown it away.`,
	Runbook: Runbook{
		Meaning: "The oldest dead letter is older than the queue's `max_age`: nobody looks at the queue.",
		Impact:  "A job that somebody relies on has not been done for a long time. Letters that nobody clears hide the new ones.",
		Diagnosis: []Step{
			{"valkey-cli LINDEX queue:dead-letter -1", "The oldest letter, where they are added with LPUSH: what failed, when and why. The type of the job says whose it is."},
			{"valkey-cli LLEN queue:dead-letter", "Whether it is a single one or the first of many."},
			{"", "In Prometheus: `redis_queue_timestamp_info` of the queue. With `first_seen` the age counts from when the exporter first saw the letter, and the letter is older than that."},
		},
		Mitigation: []string{
			"Decide with the owner of the job: put it back (push `original` to its queue, `LREM` the letter) or throw it away.",
			"If nobody is the owner of the queue, name one: `alerts.teams` of the configuration says whom the alert reaches.",
			"Letters that expire by rule need no person: let the application cut the queue with `LTRIM` after each push, and set `max_age: off`.",
		},
		Why: "A day is the time in which somebody should have looked, and `max_age` of the queue. Waiting for {for} more leaves out the morning on which somebody is just clearing the queue. " +
			"Neither the specification nor other rule packs have such an alert: a hundred letters are told of, and ninety may lie there for a year.",
		Blind: "Younger letters, however many. Where a letter does not carry the time at which it was given up, the time of the job may be taken instead, and the letter looks older than it is: name the field with `timestamp`.",
	},
}

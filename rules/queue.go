package rules

import (
	"slices"
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// Mimir takes twenty rules in a group, unless it is told otherwise: hence three
// groups, with the recordings in that of the alerts that read them.
var (
	queueAlerts = []*Alert{
		queueBackup, queueBacklogGrowing, queueDrainTooSlow,
		queueNotBeingProcessed, queueStarved, queueServedOutOfOrder, queueAgeUnknown,
	}
	ageAlerts    = []*Alert{queueOldestMessageOld, queueLatencySLOBurn}
	streamAlerts = []*Alert{queueStreamLag, queueStreamStuck}
)

// ofWork selects the queues in which jobs wait for a worker.
var ofWork = promql.Eq(metric.LabelRole, string(config.Work))

// noStream leaves streams out. Their entries stay after they were read, so that
// their length is no backlog.
func noStream(e promql.Expr) promql.Expr {
	return e.Unless(promql.Renamed(promql.Recent(metric.StreamLength), metric.LabelStream, metric.LabelQueue),
		promql.On(metric.LabelDB, metric.LabelInstance, metric.LabelJob, metric.LabelQueue))
}

var queueBackup = &Alert{
	Name: alert.QueueBackup, Component: alert.Queue, Severity: config.Warning,
	Variants:    queueBackups,
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} holds {{ $value | humanize }} jobs`,
	Description: `{{ $labels.queue }} has been longer than its limit for {for} and holds {{ $value | humanize }} entries now. Jobs arrive faster than workers take them, or nobody takes them.`,
	Runbook: Runbook{
		Meaning: "For {for} more entries have been in the queue than its `max_length` allows. In a queue of the role `processing` they are jobs in hand, which `QueueProcessingStuck` is about as well.",
		Impact:  "Jobs are late, the newest ones most of all. The backlog takes up memory, and on a server with an `allkeys-*` policy a queue may be evicted as a whole when memory is full.",
		Diagnosis: []Step{
			{"valkey-cli LLEN queue:high", "The length now. Ask twice, ten seconds apart: does it grow, shrink or stand still? Standing still with nobody at work is `QueueNotBeingProcessed`."},
			{"valkey-cli INFO clients", "`blocked_clients` 0: no worker waits for jobs, so all are busy or none is connected. Above 0 while the queue is long: the idle ones wait at other keys."},
			{"valkey-cli CLIENT LIST", "Are the workers connected, and what was their last command (`cmd=`)? `idle=` is how many seconds ago."},
			{"valkey-cli LRANGE queue:high -3 -1", "The jobs at the end where the oldest are, if producers use LPUSH. Many of one kind mean that one producer has gone wild."},
			{"", "In the log of the workers: does each job take longer than usual, or does one job fail again and again?"},
		},
		Mitigation: []string{
			"Start more workers, unless what they depend on, such as a database, is what is slow.",
			"Stop or slow down a producer that can wait.",
			"Move a poisonous job aside: `LMOVE` it from the consumers' end to the dead letters.",
			"If memory becomes short, raise `maxmemory` before the queue is evicted or writes are refused.",
		},
		Why: "1000 in `queue:high` for {for}, critical, is the specification's; the other limits are `max_length` of the configuration. Its expression reads `redis_list_length{list=\"queue:high\"}`. " +
			"`redis_queue_length` is the same number for a list; it exists for sets and sorted sets too, and has the label `queue` that all alerts about queues share. " +
			"The specification's wait starts again at each scrape that is missed, so that a queue of 5000 jobs with one scrape in five missing never alerts; here a value holds for three minutes. " +
			"Streams are left out, because entries stay in them after they were read: see `QueueStreamLag`.",
		Blind: "Whether the jobs are late: a long queue with fast workers is young, and a short one may stand still. `QueueOldestMessageTooOld` and `QueueNotBeingProcessed` tell. A queue that was evicted or flushed is short: `QueueMessagesVanished`.",
	},
}

func queueBackups(c config.Validated) []Variant {
	work := aboveMaxLength(c, config.Work, metric.QueueLength)
	processing := aboveMaxLength(c, config.Processing, metric.QueueLength)
	return each(slices.Concat(work, processing), func(v Variant) promql.Expr { return noStream(v.Expr) })
}

// growthWindow is how long a queue has to stay above what it was. A batch that is
// pushed at once and worked off makes no ten minutes that only rise.
const growthWindow = 10 * time.Minute

var queueBacklogGrowing = &Alert{
	Name: alert.QueueBacklogGrowing, Component: alert.Queue, Severity: config.Warning,
	Expr: noStream(promql.MinOver(metric.QueueLength, growthWindow, ofWork).Above(config.BacklogLength).
		And(promql.MinOver(metric.QueueLength, growthWindow).
			Exceeds(promql.MaxOver(metric.QueueLength, growthWindow, promql.Ago(30*time.Minute)).ScaledBy(config.BacklogGrowth))).
		And(promql.Deriv(metric.QueueLength, growthWindow).Positive())),
	For:         15 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} keeps growing and holds {{ $value | humanize }} jobs`,
	Description: `For {for} the backlog has grown: at no moment of the last ten minutes did fewer than {{ $value | humanize }} jobs wait, which is more than {backlog_growth} the most that waited half an hour before.`,
	Runbook: Runbook{
		Meaning: "More jobs arrive than are taken, and have for at least a quarter of an hour: the queue holds more than {backlog_length} jobs, more than {backlog_growth} what it held half an hour ago, and still grows.",
		Impact:  "None yet, or jobs that are a little late. If it goes on, the queue passes its limit and every job is late.",
		Diagnosis: []Step{
			{"valkey-cli LLEN queue:high", "The length now, of the queue that the alert names."},
			{"valkey-cli INFO commandstats", "`cmdstat_lpush` against `cmdstat_blpop` or `cmdstat_brpop`, twice: do pushes come faster than usual, or pops slower?"},
			{"valkey-cli CLIENT LIST", "How many workers are connected, and whether fewer than usual."},
			{"", "In Prometheus: `valkey_queue:enqueued:rate5m` and `valkey_queue:dequeued:rate5m` of the queue over a day. Which of the two has changed?"},
		},
		Mitigation: []string{
			"Add workers, if they are the bottleneck.",
			"Find out what made jobs longer: a deployment, a dependency that has become slow.",
			"If arrivals have grown for good, give the queue more workers for good.",
		},
		Why: "A limit of length is reached when it is late; a trend tells earlier. A trend alone misfires on every batch, so all of it has to be true: the lowest length of ten minutes, not a peak, is more than {backlog_growth} the highest of ten minutes half an hour ago, and it still rises. " +
			"Fewer than {backlog_length} jobs are left out, because of a few everything is a multiple. Others compare the rates of arrivals and departures, which for a list are lower bounds and say nothing of a queue that is drained at once.",
		Blind: "Growth slower than {backlog_growth} in half an hour, and a queue that jumped to a new length and stays there: `QueueBackup`. A queue that the exporter has known for less than half an hour. Streams: `QueueStreamLag`.",
	},
}

var queueDrainTooSlow = &Alert{
	Name: alert.QueueDrainTooSlow, Component: alert.Queue, Severity: config.Warning,
	Expr: noStream(promql.AvgOver(metric.QueueDrain, 15*time.Minute, ofWork).Above(config.DrainTime).
		And(promql.Recent(metric.QueueLength).Above(config.BacklogLength))),
	For:         15 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} needs {{ $value | humanizeDuration }} to drain`,
	Description: `The backlog shrinks, but at this pace the queue is empty in {{ $value | humanizeDuration }}. It has been more than {drain_time} for {for}.`,
	Runbook: Runbook{
		Meaning: "A queue of more than {backlog_length} jobs shrinks so slowly that it takes more than {drain_time} until it is empty.",
		Impact:  "Jobs stay late for as long. New ones queue up behind the backlog, and the next burst finds no room.",
		Diagnosis: []Step{
			{"valkey-cli LLEN queue:high", "The length now, of the queue that the alert names."},
			{"valkey-cli INFO clients", "`blocked_clients` 0: all workers are busy. Above 0: some are idle, and wait at other keys."},
			{"valkey-cli CLIENT LIST", "How many workers are connected. Is that as many as there should be?"},
			{"", "Where the workers run: processor, database, network. What do they wait for?"},
		},
		Mitigation: []string{
			"Add workers until the backlog is gone.",
			"If age does not matter for the backlog, let new jobs go to another queue until then.",
			"Drop jobs that have become pointless, such as notifications of yesterday.",
		},
		Why: "{drain_time} is longer than a backlog should need once everything works again. `redis_queue_drain_seconds` follows the last minute and jumps, so it is averaged over a quarter of an hour. Below {backlog_length} jobs a pause of one worker looks like hours, and nobody waits for it. " +
			"Dividing the length by the rate of departures, as others do, ignores what arrives meanwhile.",
		Blind: "A queue that does not shrink has no such time at all: `QueueBacklogGrowing`, `QueueBackup`. What arrives later may come faster than now.",
	},
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var queueProcessingStuck = &Alert{
	Name: alert.QueueProcessingStuck, Component: alert.Queue, Severity: config.Warning,
	Variants: func(c config.Validated) []Variant {
		return aboveMaxAge(c, config.Processing, metric.ProcessingOldestAge)
	},
	For:         2 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `A job has been in {{ $labels.queue }} on {{ $labels.instance }} for {{ $value | humanizeDuration }}`,
	Description: `A worker has had a job in hand for at least {{ $value | humanizeDuration }}, longer than a job may take. The worker hangs or is gone, and nobody else will do the job.`,
	Runbook: Runbook{
		Meaning: "A job was taken by a worker and has been in hand for longer than the `max_age` of the key it is noted in.",
		Impact:  "The job is not done, and is not handed to another worker. A worker that hangs also takes nothing new, so that the queues grow.",
		Diagnosis: []Step{
			{"valkey-cli CLIENT LIST", "Is the worker connected? Look for its `name` or `addr`; `cmd` is what it did last, `idle` how many seconds ago."},
			{"valkey-cli LRANGE queue:processing -5 -1", "The oldest jobs of a list that is filled by RPOPLPUSH. What kind of job is it?"},
			{"valkey-cli SSCAN queue:processing:worker1 0 COUNT 10", "The ids that a worker has noted in its set."},
			{"valkey-cli TTL queue:processing", "-1 is right. A number of seconds: then the jobs are deleted, see `QueueProcessingExpires`."},
			{"", "On the worker: its log and its stack. What does it wait for?"},
		},
		Mitigation: []string{
			"If the worker hangs, restart it. Find out first what it waits for, if that takes no longer than a minute.",
			"When nobody works on the job any more, put it back: `LREM queue:processing 1 <job>` and a push to its queue, at the end that workers take from, both in one `MULTI`.",
			"A set has only ids. The payload was popped by the worker and went with it, unless the application has a copy: let it enqueue the job again, then `SREM` the id.",
			"If jobs rightly take so long, raise `max_age` of the entry.",
		},
		Why: "`max_age` is the time after which a job counts as lost, five minutes if nothing else is said, as long as the specification's script lets the list live. {for} more leave out a job that is just ending. " +
			"The specification watches `SCARD` of the set; it says how many jobs are in hand, which is the same for a worker that works and one that died.",
		Blind: "The age counts from when the exporter first saw the job there: after a restart of the exporter without a state file it begins anew. A job that was lost between the pop and the note of its id is nowhere; " +
			"only `LMOVE` or `RPOPLPUSH`, which do both at once, exclude that.",
	},
}

const (
	// slowWindow is shorter than the wait of the alert: jobs of a dead worker that
	// are put back end all at once, after hours in hand, and are no reason to call
	// the workers slow.
	slowWindow = 10 * time.Minute
	// slowQuantile of the jobs are allowed to be slow.
	slowQuantile = 0.95
	// slowJobs is how many jobs have to be seen before a share of them means
	// anything. Four workers whose jobs take four minutes end ten within the window.
	slowJobs = 9
)

// allWorkers of an instance do the same jobs.
var allWorkers = promql.Without{metric.LabelQueue, metric.LabelWorker}

var queueProcessingSlow = &Alert{
	Name: alert.QueueProcessingSlow, Component: alert.Queue, Severity: config.Warning,
	Expr: promql.QuantileOfAll(slowQuantile, metric.ProcessingDuration, slowWindow, allWorkers).Above(config.ProcessingTime).
		And(promql.Sum(promql.Observations(metric.ProcessingDuration, slowWindow), allWorkers).AboveNumber(slowJobs)),
	For:         15 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Jobs on {{ $labels.instance }} take up to {{ $value | humanizeDuration }}`,
	Description: `For {for} one job in twenty has taken {{ $value | humanizeDuration }} or longer, all workers of {{ $labels.db }} together. At most {processing_time} is what 95 of 100 should take.`,
	Runbook: Runbook{
		Meaning: "Of the jobs that workers have finished or given up, more than one in twenty took longer than {processing_time}.",
		Impact:  "Each worker manages fewer jobs. If producers go on as before, the queues grow, and jobs are late.",
		Diagnosis: []Step{
			{"", "In Prometheus: `histogram_quantile(0.95, sum by (le, worker) (rate(redis_queue_processing_duration_seconds_bucket[10m])))`. One worker: its host. All of them: what they depend on."},
			{"valkey-cli LRANGE queue:processing 0 4", "What kind of job is in hand now."},
			{"valkey-cli SLOWLOG GET 5", "Whether it is this server that keeps workers waiting: commands of many milliseconds."},
			{"", "The latency of what jobs call: databases, mail servers, other services. The log of a worker says where the time goes."},
		},
		Mitigation: []string{
			"If a service that jobs call is slow, look after that one; more workers would make it slower.",
			"If jobs have become bigger, split them, or give the big ones a queue and workers of their own.",
			"If the time is spent in the workers themselves, start more of them.",
			"If jobs rightly take so long, raise `processing_time`.",
		},
		Why: "Processing time is what the specification wants watched; it names no number. {processing_time} is far above what a job that users wait for may take. All workers are taken together, because they do the same jobs and one of them ends too few to speak of 95 in a hundred; " +
			"with fewer than ten jobs in ten minutes the alert says nothing. The ten minutes are shorter than {for}, so that a single burst of old jobs, such as those of a dead worker that were put back, does not fire.",
		Blind: "Jobs that come and go between two looks of the exporter are not in the figures, so that they speak of the longer ones. A job that never ends is not in them either: `QueueProcessingStuck`. " +
			"Workers that end fewer than ten jobs in ten minutes between them; and kinds of jobs of which one is slow and rare.",
	},
}

// Any TTL is a hazard, but the specification's own script sets one each time,
// and an alert on that would never end.
var queueProcessingExpires = &Alert{
	Name: alert.QueueProcessingExpires, Component: alert.Queue, Severity: config.Warning,
	Expr: promql.Recent(metric.ProcessingTTL).Below(config.ProcessingTTL).
		And(promql.Recent(metric.ProcessingMessages).Positive()),
	KeepFiring:  10 * time.Minute,
	Summary:     `{{ $labels.queue }} on {{ $labels.instance }} is deleted in {{ $value | humanizeDuration }} with the jobs in it`,
	Description: `Jobs in hand are in a key that expires in {{ $value | humanizeDuration }}. If their worker is dead or slow, they are lost without a trace. PERSIST the key now, and take the EXPIRE out of the application.`,
	Runbook: Runbook{
		Meaning: "A key with jobs in hand has a TTL, and less than {processing_ttl} of it are left.",
		Impact:  "When the TTL is over the server deletes the key with all jobs in it. A job whose worker has died can then not be put back by anybody, and no error tells of it.",
		Diagnosis: []Step{
			{"valkey-cli TTL queue:processing", "Seconds that are left; -1: somebody has taken the TTL off; -2: the key is gone."},
			{"valkey-cli LRANGE queue:processing 0 9", "The jobs. Copy them while they are there."},
			{"valkey-cli CLIENT LIST", "Are workers connected? A TTL that runs down means that no job was taken for minutes."},
			{"valkey-cli LLEN queue:high", "Jobs that wait while none is taken: the workers are gone."},
		},
		Mitigation: []string{
			"`PERSIST queue:processing` takes the TTL off at once. The next job that is taken by the same script sets it again.",
			"If the worker is gone, put its jobs back: `LREM queue:processing 1 <job>` and a push to the queue they came from.",
			"Take the `EXPIRE` out of the script. Jobs that were lost by their worker are found by their age: `QueueProcessingStuck`.",
		},
		Why: "The specification's reliable queue runs `EXPIRE queue:processing 300` after each `RPOPLPUSH`. Each job that is taken sets the clock back to 300 seconds, and nothing happens while the queue is busy; after five quiet minutes the jobs in hand are deleted, which is when a worker that died was the last one. " +
			"Below {processing_ttl} nothing has been taken for three minutes. There is no wait: what is left of the TTL is all the time there is. It goes on for ten minutes, so that it is still there when the key is not.",
		Blind: "A key that had jobs for less time than there is between two scrapes. That jobs were really lost: `QueueMessagesVanished`. A script that sets less than {processing_ttl} in the first place keeps the alert firing while there is work, which is what it deserves.",
	},
}

var queueWorkerLost = &Alert{
	Name: alert.QueueWorkerLost, Component: alert.Queue, Severity: config.Warning,
	Expr: promql.Recent(metric.ProcessingIdle).Above(config.WorkerIdle).
		And(promql.Recent(metric.ProcessingMessages).Positive()),
	For:         5 * time.Minute,
	Summary:     `The worker of {{ $labels.queue }} on {{ $labels.instance }} has done nothing for {{ $value | humanizeDuration }}`,
	Description: `There are jobs in hand, and for {{ $value | humanizeDuration }} none was taken or finished. The worker is gone or hangs, and its jobs are orphans: put them back.`,
	Runbook: Runbook{
		Meaning: "No client has touched a key with jobs in hand for more than {worker_idle}: its worker takes nothing and finishes nothing.",
		Impact:  "The jobs in it are not done and not handed on. There is one worker less; if the key is shared by all workers, there is none left.",
		Diagnosis: []Step{
			{"valkey-cli OBJECT IDLETIME queue:processing:worker1", "Seconds since the key was last touched. Asking does not touch it; SSCAN and LRANGE do."},
			{"valkey-cli CLIENT LIST", "Is the worker connected? No line with its `name` or `addr`: it is gone. A line with a long `idle`: it hangs."},
			{"valkey-cli SSCAN queue:processing:worker1 0 COUNT 10", "The jobs that it has left behind."},
			{"", "On the worker's host: whether the process runs, was killed for memory, or was scaled down in the middle of a job."},
		},
		Mitigation: []string{
			"Start or restart the worker. One that comes back under the same name may take up its jobs by itself.",
			"If it does not come back, put its jobs back: enqueue them again, then delete the key.",
			"Let workers finish their job before they stop: a longer grace period, and a handler for SIGTERM.",
		},
		Why: "{worker_idle} must be longer than a job takes, because a worker touches its key only at the beginning and at the end of one. {for} more leave out the one that is just ending. " +
			"The catalogues that ask whether a client of that name is connected need names that applications rarely set; how long the key was idle needs nothing of them. The exporter's own looks do not count.",
		Blind: "It is absent where the server does not tell: under an LFU policy, and on Redis 7.0 and older, whose idle time our own looks would reset. Somebody who reads the key by hand resets it too. " +
			"A worker that has died without a job in hand: jobs that wait tell of that, by the alerts of the work queues.",
	},
}

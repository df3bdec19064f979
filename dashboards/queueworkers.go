package dashboards

import (
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// byWorker is the legend of what a worker has in hand.
const byWorker = "{{worker}} {{queue}} · {{instance}}"

// lossWindow is within which losses are counted: long enough for one that a look
// has seen to be seen by people.
const lossWindow = 5 * time.Minute

// allWorkers takes the workers of a server together.
var allWorkers = promql.Without{metric.LabelQueue, metric.LabelWorker, metric.LabelDB, metric.LabelRole}

func workerLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Jobs in hand, by worker", NoValue: "none on a primary", Width: 8,
				What:   "What workers have taken and not finished, from whatever queue.",
				Bad:    "It only grows: workers take jobs and never finish them.",
				Alerts: []alert.Name{alert.QueueProcessingStuck, alert.QueueProcessingExpires},
			},
			Unit: units.Short, Lines: line(rules.OnPrimary(the(metric.ProcessingMessages)).Top(most), byWorker),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Worker without a sign of life", NoValue: "none has a job in hand", Width: 8,
				What:  "How long nothing has changed in what a worker has in hand.",
				Bad:   "Longer than a job takes: the worker has died, and nobody will finish its jobs.",
				First: "Put the jobs back, and see why the worker ended.",
			},
			Unit: units.Seconds, Lines: line(rules.OnPrimary(the(metric.ProcessingIdle)).And(rules.OnPrimary(the(metric.ProcessingMessages)).Positive()).Top(most), byWorker),
			Marks: []grafana.Mark{grafana.Above(alert.QueueWorkerLost, config.WorkerIdle)},
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Time that a job is in hand", Of: metric.ProcessingDuration, NoValue: "none finished", Width: 8,
				What: "Half of the jobs take at most, and 95 of 100.",
				Bad:  "It rises: what the jobs call has become slow.",
			},
			Unit: units.Seconds,
			Lines: append(
				line(promql.QuantileOfAll(0.5, metric.ProcessingDuration, promql.RateInterval, allWorkers).Known().Top(most), "half · {{instance}}"),
				line(promql.QuantileOfAll(0.95, metric.ProcessingDuration, promql.RateInterval, allWorkers).Known().Top(most), "95 of 100 · {{instance}}")...),
			Marks: []grafana.Mark{grafana.Above(alert.QueueProcessingSlow, config.ProcessingTime)},
		},
	}}}
}

func failureLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Dead letters", Of: metric.QueueLength, NoValue: "none on a primary", Width: 8,
				What:   "Jobs that were given up and that nobody has looked at, in all dead letter queues.",
				Bad:    "They grow, or lie there for days.",
				First:  "The table beside says why they died. Mend that, then put them back.",
				Alerts: []alert.Name{alert.DeadLetterQueueHigh, alert.DeadLetterQueueGrowing, alert.DeadLetterUnattended},
				Link:   thisQueue,
			},
			Unit: units.Short, Lines: line(rules.OnPrimary(the(metric.QueueLength, ofDead)).Top(most), byQueue),
		},
		deadReasons(),
		grafana.Graph{
			Head: grafana.Head{
				Title: "Lost jobs, by cause", NoValue: "none known", Width: 8,
				What:   "Messages that vanished without anybody taking them, within five minutes.",
				Bad:    "Any.",
				First:  "Evicted: give queues a server of their own with `noeviction`. Expired: a key with a TTL holds jobs. Flushed, deleted: find out who.",
				Alerts: []alert.Name{alert.QueueMessagesVanished},
			},
			Unit: units.Short, Lines: line(promql.Increase(metric.VanishedByCause, lossWindow).Top(most), "{{cause}} · {{instance}}"),
		},
	}}}
}

// deadReasons says why jobs were given up.
func deadReasons() grafana.Panel {
	return grafana.Table{
		Head: grafana.Head{
			Title: "Why did jobs die?", NoValue: "no dead letters", Width: 8,
			What:  "Of the newest dead letters of each queue, by the error that they carry, without its ids and numbers.",
			First: "`valkey-cli LRANGE queue:dead-letter 0 9` shows whole jobs.",
			Link:  grafana.Link{Title: "This queue", UID: toQueue, Of: []metric.Label{metric.LabelQueue, metric.LabelInstance}},
		},
		By: []grafana.Key{
			{Label: metric.LabelReason, Title: "Reason"}, {Label: metric.LabelQueue, Title: "Queue", Width: 135}, {Label: metric.LabelInstance, Title: "Instance", Width: 110},
		},
		Columns: []grafana.Column{{Title: "Letters", Query: grafana.Q(rules.OnPrimary(the(metric.DeadLettersSampled)).By("sum", metric.LabelReason, metric.LabelQueue, metric.LabelInstance).Positive(), ""), Unit: units.Short, Width: 70}},
		SortBy:  []string{"Letters"},
	}
}

func streamLines() []grafana.Line {
	const byGroup = "{{stream}} {{group}} · {{instance}}"
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{Title: "Entries in the stream", NoValue: "no streams", What: "Read entries stay until the stream is trimmed: the length says nothing about work."},
			Unit: units.Short, Lines: line(the(metric.StreamLength).Top(most), "{{stream}} · {{instance}}"),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Entries not yet read, by group", NoValue: "no groups", Bad: "It grows: consumers are too slow, or gone.", Alerts: []alert.Name{alert.QueueStreamLag}},
			Unit: units.Short, Lines: line(the(metric.StreamGroupLag).Top(most), byGroup),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Entries read and not acknowledged", NoValue: "no groups", Bad: "It only grows: consumers die with entries in hand, and nobody claims them."},
			Unit: units.Short, Lines: line(the(metric.StreamGroupPending).Top(most), byGroup),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Longest without acknowledgement", NoValue: "none pending", First: "`XAUTOCLAIM` gives them to a living consumer."},
			Unit: units.Seconds, Lines: line(the(metric.StreamGroupPendingIdle).Top(most), byGroup),
			Marks: []grafana.Mark{grafana.Above(alert.QueueStreamStuck, config.StreamPending)},
		},
	}}}
}

func unknownLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Table{
			Head: grafana.Head{Title: "Queues that cannot be read", NoValue: "all can be read", Width: 8, First: "Grant what the user of the exporter lacks, or correct the key in the configuration.", Alerts: []alert.Name{alert.QueueUnreadable}},
			By: []grafana.Key{
				{Label: metric.LabelQueue, Title: "Queue"}, {Label: metric.LabelReason, Title: "Why", Width: 120}, {Label: metric.LabelInstance, Title: "Instance", Width: 150},
			},
			Columns: []grafana.Column{{Title: "Since the last look", Query: grafana.Q(the(metric.QueueUnreadable), ""), Unit: units.Short, Words: grafana.YesNo, Width: 140}},
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Messages without a usable time, per second", Of: metric.TimestampFailures, NoValue: "all have one", Width: 8, Alerts: []alert.Name{alert.QueueAgeUnknown}},
			Unit: units.Short, Lines: line(rate(metric.TimestampFailures).Top(most), "{{reason}} {{queue}} · {{instance}}"),
		},
		grafana.Table{
			Head: grafana.Head{Title: "How well is the flow known?", NoValue: "none on a primary", Width: 8, What: "Where it is not exact, arrivals and departures are lower bounds."},
			By: []grafana.Key{
				{Label: metric.LabelQueue, Title: "Queue"}, {Label: metric.LabelExact, Title: "Exact", Width: 70}, {Label: metric.LabelMethod, Title: "Counted by", Width: 110}, {Label: metric.LabelInstance, Title: "Instance", Width: 130},
			},
			Columns: []grafana.Column{{Title: "Now", Query: grafana.Q(the(metric.QueueFlowInfo), ""), Unit: units.Short, Words: grafana.YesNo, Width: 60}},
		},
	}}}
}

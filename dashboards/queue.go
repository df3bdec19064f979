package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// queue is about one queue. Where several servers have one of that name, the tiles
// are about the worst.
func queue(c config.Validated) grafana.Dashboard {
	return grafana.Dashboard{
		UID: toQueue, Title: "Valkey / Queue", From: from(c), Queues: grafana.OneQueue,
		About: "How is this queue, and what is it waiting for?",
		Rows: []grafana.Row{
			{Title: "How is it?", Lines: tileLines(oneQueueTiles())},
			{Title: "Does as much leave as comes?", Lines: single.flowLines(c)},
			{Title: "Is it done in time?", Lines: append(single.ageLines(c), objectiveLines()...)},
			{Title: "Compared with the day before", Lines: dayLines()},
			{Title: "What is in hand? (when it is a processing list)", Folded: true, Lines: inHandLines()},
			{Title: "Why did jobs die? (when it is a dead letter queue)", Folded: true, Lines: deadLines()},
			{Title: "Was anything lost?", Folded: true, Lines: lostLines()},
		},
	}
}

func oneQueueTiles() []grafana.Panel {
	worst := func(e promql.Expr) []grafana.Query { return value(e.By("max")) }
	return []grafana.Panel{
		grafana.Tile{
			Head: grafana.Head{Title: "Entries", NoValue: "empty or unknown", Alerts: []alert.Name{alert.QueueBackup}},
			Unit: units.Short, Value: worst(single.of(metric.QueueLength)),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Oldest", NoValue: "not known", Alerts: []alert.Name{alert.QueueOldestMessageOld}},
			Unit: units.Seconds, Value: worst(single.of(metric.OldestMessageAge)),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Target age", NoValue: "none configured"},
			Unit: units.Seconds, Value: worst(single.of(metric.TargetAge)),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Seen arriving per second", NoValue: "not known", What: unseen},
			Unit: units.Short, Value: worst(single.of(rules.Enqueued.Gauge)),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Seen leaving per second", NoValue: "not known", What: unseen},
			Unit: units.Short, Value: worst(single.of(rules.Dequeued.Gauge)),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Empty in", NoValue: "does not shrink"},
			Unit: units.Seconds, Value: worst(single.of(metric.QueueDrain, ofWork)),
			Marks: []grafana.Mark{grafana.Above(alert.QueueDrainTooSlow, config.DrainTime)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "No progress for", NoValue: "none waits"},
			Unit: units.Seconds, Value: worst(single.of(metric.QueueStalled, ofWork)),
			Marks: []grafana.Mark{grafana.Above(alert.QueueNotBeingProcessed, config.Stalled).AtMost(config.Warning)},
		},
		grafana.Tile{
			Head: grafana.Head{
				Title: "Order", NoValue: "not known",
				What: "fifo: the oldest is taken first. lifo: the newest, and old ones may wait for ever.",
			},
			Unit: units.NoUnit, Value: line(single.of(metric.OrderInfo).By("max", metric.LabelOrder), "{{order}}"), Label: true,
		},
	}
}

func objectiveLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Late, share of several windows", Of: metric.FreshnessGood, NoValue: "no target", Width: wide,
				What:   "How much of each window the oldest message was older than its target. An alert wants both a long and a short window to be above what the objective allows.",
				Alerts: []alert.Name{alert.QueueLatencySLOBurn},
			},
			Unit: units.PercentUnit, Share: true,
			Lines: append(append(append(
				line(single.of(rules.Stale5m.Gauge).Top(most), "5 min · "+byQueue),
				line(single.of(rules.Stale1h.Gauge).Top(most), "1 h · "+byQueue)...),
				line(single.of(rules.Stale6h.Gauge).Top(most), "6 h · "+byQueue)...),
				line(single.of(rules.Stale3d.Gauge).Top(most), "3 d · "+byQueue)...),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Time without progress", NoValue: "none waits", Width: wide,
				Bad:    "It rises as time does: nobody takes anything.",
				First:  "`valkey-cli CLIENT LIST`: are the workers connected, and what did they ask last?",
				Alerts: []alert.Name{alert.QueueStarved},
			},
			Unit: units.Seconds, Lines: line(single.of(metric.QueueStalled, ofWork).Top(most), byQueue),
			Marks: []grafana.Mark{grafana.Above(alert.QueueNotBeingProcessed, config.Stalled)},
		},
	}}}
}

func dayLines() []grafana.Line {
	before := func(g metric.Gauge) []grafana.Query {
		return line(single.of(g, promql.Ago(day)).Top(most), "a day before · "+byQueue)
	}
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{Title: "Entries, and a day before", NoValue: "none on a primary"},
			Unit: units.Short, Lines: line(single.of(metric.QueueLength).Top(most), byQueue), Before: before(metric.QueueLength),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Age of the oldest, and a day before", NoValue: "not known"},
			Unit: units.Seconds, Lines: line(single.of(metric.OldestMessageAge).Top(most), byQueue), Before: before(metric.OldestMessageAge),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Arrivals seen per second, and a day before", Of: metric.QueueEnqueued, NoValue: "not known"},
			Unit: units.Short, Lines: line(single.of(rules.Enqueued.Gauge).Top(most), byQueue), Before: before(rules.Enqueued.Gauge),
		},
	}}}
}

func inHandLines() []grafana.Line {
	return []grafana.Line{{Height: 9, Panels: []grafana.Panel{
		grafana.Heat{
			Head: grafana.Head{
				Title: "Time that a job is in hand", NoValue: "none finished",
				What:   "How many jobs a second took how long: the stronger the colour, the more.",
				Bad:    "The strong band moves upwards: jobs take longer.",
				Alerts: []alert.Name{alert.QueueProcessingSlow},
			},
			Unit: units.Seconds, Buckets: grafana.Q(promql.Buckets(metric.ProcessingDuration, promql.RateInterval, single.matcher), "{{le}}"),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Oldest job in hand", NoValue: "none in hand", Bad: "Longer than any job takes: its worker is gone.", Alerts: []alert.Name{alert.QueueProcessingStuck}},
			Unit: units.Seconds, Lines: line(single.of(metric.ProcessingOldestAge).Top(most), byWorker),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Time until the jobs in hand expire", NoValue: "they do not expire", Bad: "Close to 0 with jobs in it: they will be lost."},
			Unit: units.Seconds, Lines: line(single.of(metric.ProcessingTTL).Bottom(most), byWorker),
			Marks: []grafana.Mark{grafana.Below(alert.QueueProcessingExpires, config.ProcessingTTL)},
		},
	}}}
}

func deadLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Newest dead letters, by reason", NoValue: "no dead letters", Width: wide,
				What:  "Of those that are read for their reasons, the newest ones.",
				First: "`valkey-cli LRANGE queue:dead-letter 0 9` shows whole jobs.",
			},
			Unit: units.Short, Lines: line(single.of(metric.DeadLettersSampled).Top(most), "{{reason}} · {{instance}}"), Stacked: true,
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "New dead letters in 15 minutes", Of: metric.QueueEnqueued, NoValue: "none known", Width: wide,
				First: "See which deployment or which failing service began at the same time.", Alerts: []alert.Name{alert.DeadLetterQueueGrowing},
			},
			Unit: units.Short, Lines: line(single.of(rules.DeadLettersNew.Gauge).Top(most), byQueue),
		},
	}}}
}

func lostLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Messages that vanished", Of: metric.QueueVanished, NoValue: "none", Width: wide,
				What:   "Within five minutes, without anybody taking them.",
				Alerts: []alert.Name{alert.QueueMessagesVanished, alert.QueueEvictable},
			},
			Unit: units.Short, Lines: line(promql.Increase(metric.QueueVanished, lossWindow, single.matcher).Top(most), byQueue),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Times that the flow could not be followed, per second", Of: metric.QueueFlowGaps, NoValue: "never", Width: wide,
				What: "Each makes arrivals and departures a lower bound for ten minutes.",
			},
			Unit: units.Short, Lines: line(rate(metric.QueueFlowGaps, single.matcher).Top(most), byQueue),
		},
	}}}
}

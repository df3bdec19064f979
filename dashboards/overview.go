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

func overview(c config.Validated) grafana.Dashboard {
	return grafana.Dashboard{
		UID: toOverview, Title: "Valkey / Overview", From: from(c),
		About: "Is anything wrong with our Valkey servers, and where?",
		Rows: []grafana.Row{
			{Title: "Is anything wrong?", Lines: tileLines(overviewTiles(c))},
			{Title: "Where?", Lines: []grafana.Line{
				{Height: 7, Panels: []grafana.Panel{firingAlerts(), alertTimeline()}},
				{Height: 7, Panels: []grafana.Panel{serverTable()}},
			}},
			{Title: "How did it come to this?", Lines: []grafana.Line{
				{Height: graphs, Panels: []grafana.Panel{memoryShare(""), hitRateGraph("")}},
				{Height: graphs, Panels: []grafana.Panel{jobsWaiting(), oldestJobs()}},
				{Height: graphs, Panels: []grafana.Panel{commandRate(), evictionsEverywhere()}},
			}},
		},
	}
}

func overviewTiles(c config.Validated) []grafana.Panel {
	return []grafana.Panel{
		grafana.Tile{
			Head: grafana.Head{
				Counts: true, Title: "Servers down", Of: metric.Up, NoValue: "no target",
				What:   "How many servers do not answer their exporter, or have an exporter that does not answer Prometheus.",
				First:  "The table of servers says which. An exporter that is down says nothing of its server.",
				Alerts: []alert.Name{alert.ExporterDown, alert.MetricsAbsent},
				Link:   grafana.Link{Title: "Why?", UID: toExporter},
			},
			Unit: units.Short, Value: value(count(down(), the(metric.TargetUp))), Marks: []grafana.Mark{grafana.From(alert.Down, 1)},
		},
		firing("Critical alerts", config.Critical, "Each is worth waking somebody."),
		firing("Warnings", config.Warning, "Each is worth looking at during the working day."),
		grafana.Tile{
			Head: grafana.Head{
				Title: "Fullest memory", NoValue: "no limit",
				What: "That of the server that is closest to its limit.",
				Bad:  "Close to 100 % keys are evicted or writes refused, depending on the policy. A pure cache is always full, and that is no fault: no alert pages for it.",
				Link: grafana.Link{Title: "This server", UID: toServer, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
			},
			Unit: units.PercentUnit, Value: line(recorded(rules.MemoryUsed).Top(1), byInstance), Marks: filling(), Named: true,
		},
		grafana.Tile{
			Head: grafana.Head{
				Title: "Lowest hit rate", NoValue: "few look-ups",
				What: "That of the server that finds the fewest of the keys it is asked for, where there are enough look-ups to judge it.",
				Bad:  "A cache that does not find what it is asked for costs more than it saves.",
				Link: grafana.Link{Title: "Is the cache earning its keep?", UID: toCache, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
			},
			Unit: units.PercentUnit, Value: line(judgedHitRate().Bottom(1), byInstance), Marks: low(), Named: true,
		},
		anyQueues.pastLimit(c),
		grafana.Tile{
			Head: grafana.Head{
				Title: "Oldest job", NoValue: "none waits",
				What: "Of all work queues. What is too long depends on the queue: the tile beside it judges.",
				Link: thisQueue,
			},
			Unit: units.Seconds, Value: line(rules.OnPrimary(the(metric.OldestMessageAge, ofWork)).Top(1), byQueue), Named: true,
		},
		grafana.Tile{
			Head: grafana.Head{
				Title: "New dead letters, 15 min", Of: metric.QueueEnqueued, NoValue: "none known",
				What:   "Jobs that were given up within a quarter of an hour, of the queue that has the most. How many are too many depends on how many are usual: the alert compares, and the tile does not judge.",
				First:  "The reasons are on the dashboard of the queues.",
				Alerts: []alert.Name{alert.DeadLetterQueueGrowing},
				Link:   grafana.Link{Title: "Which, and why?", UID: toQueues},
			},
			Unit: units.Short, Value: value(rules.OnPrimary(recorded(rules.DeadLettersNew)).By("max")), Whole: true,
		},
	}
}

// firing counts what is wrong now.
func firing(title string, s config.Severity, means string) grafana.Panel {
	return grafana.Tile{
		Head: grafana.Head{
			Counts: true, Title: title, NoValue: "no alert rules",
			What:  means + " The number is there as long as the watchdog says that alerts are evaluated at all. Those that are muted because another one explains them are counted too.",
			First: "The table below names them; the runbook of each says what to do.",
			Link:  grafana.Link{Title: "Which?", UID: toOverview},
		},
		Unit: units.Short, Value: value(count(rules.Firing(s, promql.OrNoTarget()), rules.Firing(config.None, promql.OrNoTarget()))), Marks: []grafana.Mark{grafana.Judged(s, 1)},
	}
}

// pastLimit counts queues that are too long or too old; the limits are those of
// the configuration.
func (q chosenQueues) pastLimit(c config.Validated) grafana.Panel {
	var past []promql.Expr
	if longest, ok := limits(rules.LengthLimits).all(c); ok {
		past = append(past, q.of(metric.QueueLength).Exceeds(longest, promql.On(queueLabels...)))
	}
	if oldest, ok := limits(rules.AgeLimits).all(c); ok {
		past = append(past, q.of(metric.OldestMessageAge).Exceeds(oldest, promql.On(queueLabels...)))
	}
	head := grafana.Head{
		Counts: true, Title: "Queues past a limit", Of: metric.QueueLength, NoValue: "no queues",
		What:   "How many queues are longer than their `max_length`, or hold something older than their `max_age`, as the configuration has it.",
		Bad:    "Something is waiting for longer than was promised.",
		Alerts: []alert.Name{alert.QueueBackup, alert.QueueOldestMessageOld, alert.DeadLetterQueueHigh, alert.DeadLetterUnattended},
		Link:   grafana.Link{Title: "Which?", UID: toQueues},
	}
	if len(past) == 0 {
		head.NoValue = "no limits"
		past = append(past, q.of(metric.QueueLength).Is(-1)) // nothing is past what is not there
	}
	return grafana.Tile{
		Head: head, Unit: units.Short, Value: value(count(past[0].Or(past[1:]...), q.of(metric.QueueLength))),
		Marks: []grafana.Mark{grafana.Judged(config.Warning, 1)},
	}
}

// queueLabels tell queues apart.
var queueLabels = []metric.Label{metric.LabelDB, metric.LabelInstance, metric.LabelJob, metric.LabelQueue, metric.LabelRole}

// serverTable has a row for each server, the worst on top.
func serverTable() grafana.Panel {
	waiting := rules.OnPrimary(the(metric.QueueLength, ofWork)).By("sum", metric.TargetLabels()...)
	return grafana.Table{
		Head: grafana.Head{
			Title: "Servers", NoValue: "no server",
			What: "A row for each server, those with the most alerts on top. Memory is the share of the limit; jobs are those of its work queues; copies on replicas are not counted.",
			Bad:  "Whatever is orange or red: the colours are those of the alerts.",
			Link: grafana.Link{Title: "Why is it slow or full?", UID: toServer, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
		},
		By: []grafana.Key{{Label: metric.LabelInstance, Title: "Instance"}, {Label: metric.LabelJob, Title: "Job", Width: 60}},
		Columns: []grafana.Column{
			{Title: "State", Query: grafana.Q(the(metric.Up).Or(the(metric.TargetUp).Is(0).Becomes(-1)), ""), Unit: units.NoUnit, Words: withExporter, None: "unknown", Width: 95},
			{Title: "Critical", Query: grafana.Q(rules.Firing(config.Critical).By("count", metric.TargetLabels()...), ""), Unit: units.Short, Marks: []grafana.Mark{grafana.Judged(config.Critical, 1)}, None: "none", Width: 85},
			{Title: "Warnings", Query: grafana.Q(rules.Firing(config.Warning).By("count", metric.TargetLabels()...), ""), Unit: units.Short, Marks: []grafana.Mark{grafana.Judged(config.Warning, 1)}, None: "none", Width: 95},
			{Query: grafana.Q(the(metric.InstanceInfo), ""), Texts: []grafana.Key{{Label: metric.LabelRole, Title: "Role", Width: 65}, {Label: metric.LabelMaxmemoryPolicy, Title: "At the limit", Width: 105}}},
			{Query: grafana.Q(the(metric.ServerInfo), ""), Texts: []grafana.Key{{Label: metric.LabelVersion, Title: "Version", Width: 70}}},
			{Title: "Up for", Query: grafana.Q(the(metric.Uptime), ""), Unit: units.DurationSeconds, None: "not known", Width: 95},
			{Title: "Memory", Query: grafana.Q(recorded(rules.MemoryUsed), ""), Unit: units.PercentUnit, Marks: filling(), Bar: true, None: "no limit", Width: 125},
			{Title: "Hit rate", Query: grafana.Q(judgedHitRate(), ""), Unit: units.PercentUnit, Marks: low(), None: "few look-ups", Width: 105},
			{Title: "Commands/s", Query: grafana.Q(recorded(rules.CommandRate), ""), Unit: units.Short, Marks: []grafana.Mark{grafana.Above(alert.CommandRateHigh, config.CommandRate)}, None: "not known", Width: 98},
			{Title: "Main thread", Query: grafana.Q(recorded(rules.MainThread), ""), Unit: units.PercentUnit, Marks: []grafana.Mark{grafana.Above(alert.MainThreadSaturated, config.MainThread)}, None: "not told", Width: 95},
			{Title: "Evictions/s", Query: grafana.Q(recorded(rules.Evictions), ""), Unit: units.Short, Marks: []grafana.Mark{grafana.Above(alert.HighEviction, config.EvictionRate)}, None: "not known", Width: 95},
			{Title: "Jobs waiting", Query: grafana.Q(waiting, ""), Unit: units.Short, None: "–", Width: 98},
			{Title: "Oldest job", Query: grafana.Q(rules.OnPrimary(the(metric.OldestMessageAge, ofWork)), ""), Unit: units.Seconds, None: "–", Width: 95},
		},
		SortBy: []string{"Critical", "Warnings"},
	}
}

// firingAlerts has a row for each thing that is wrong, what wakes somebody first and
// what has lasted longest next.
func firingAlerts() grafana.Panel {
	by := []metric.Label{rules.LabelAlertName, metric.LabelInstance, metric.LabelQueue}
	rank := rules.Firing(config.Critical, promql.OrNoTarget()).Becomes(2).Or(rules.Firing(config.Warning, promql.OrNoTarget()).Becomes(1)).By("max", by...)
	lasts := promql.Age(rules.Since, promql.OrNoTarget()).By("max", by...).And(rank)
	return grafana.Table{
		Head: grafana.Head{
			Title: "What is wrong now?", NoValue: "No alert fires.", Width: wide, Of: rules.Alerting,
			What:  "A row for each thing that is wrong. It has lasted since the alert began to wait.",
			First: "Begin with what is critical and has lasted longest: the others may follow from it. The name of an alert is that of its runbook.",
			Link:  grafana.Link{Title: "Its server", UID: toServer, Of: []metric.Label{metric.LabelInstance}},
			Book:  true,
		},
		By: []grafana.Key{
			{Label: rules.LabelAlertName, Title: "Alert"},
			{Label: metric.LabelInstance, Title: "Instance", Width: 120},
			{Label: metric.LabelQueue, Title: "Queue", Width: 150},
		},
		Columns: []grafana.Column{
			{Title: "How bad", Query: grafana.Q(rank, ""), Unit: units.NoUnit, Words: grafana.ByRank, Width: 95},
			{Title: "Lasts", Query: grafana.Q(lasts, ""), Unit: units.Seconds, Width: 80},
		},
		SortBy: []string{"How bad", "Lasts"},
	}
}

func alertTimeline() grafana.Panel {
	byName := func(s config.Severity) promql.Expr {
		return rules.Firing(s, promql.OrNoTarget()).By("max", rules.LabelAlertName)
	}
	return grafana.Timeline{
		Head: grafana.Head{
			Title: "When did they begin?", NoValue: "No alert fires.", Width: wide,
			First: "What began first may be the cause of the others.",
		},
		States: line(byName(config.Critical).Scaled(2).Or(byName(config.Warning)), "{{alertname}}"),
		Words:  grafana.ByRank,
	}
}

func jobsWaiting() grafana.Panel {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Jobs waiting", NoValue: "none on a primary", Width: wide,
			What: "The longest work queues.",
			Bad:  "Longer and longer: more comes than is done.",
			Link: grafana.Link{Title: "This queue", UID: toQueue, Of: []metric.Label{metric.LabelJob, metric.LabelInstance, metric.LabelQueue}},
		},
		Unit: units.Short, Lines: line(rules.OnPrimary(the(metric.QueueLength, ofWork)).Top(most), byQueue),
	}
}

func memoryShare(what string) grafana.Graph {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Memory, share of the limit", NoValue: "no limit", Width: wide, What: what,
			Bad:    "Close to 100 % keys are evicted or writes refused, depending on the policy; a pure cache is always full.",
			First:  "See what grows: data, buffers or waste.",
			Alerts: []alert.Name{alert.MemoryFullSoon, alert.MemoryUnbounded},
			Link:   grafana.Link{Title: "What fills it?", UID: toServer, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
		},
		Unit: units.PercentUnit, Lines: line(recorded(rules.MemoryUsed).Top(most), byInstance), Marks: full(), Share: true,
	}
}

func hitRateGraph(what string) grafana.Graph {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Hit rate", NoValue: "no look-ups", Width: wide, What: what,
			Bad:   "Below the line for longer than a deployment takes: the cache is too small, or TTLs are too short, or the keys are not those that are asked for.",
			First: "Compare with evictions and expirations at the same time.",
			Link:  grafana.Link{Title: "Why?", UID: toCache, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
		},
		Unit: units.PercentUnit, Lines: line(recorded(rules.HitRate).Bottom(most), byInstance), Marks: low(), Share: true,
	}
}

func commandRate() grafana.Panel {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Commands per second", NoValue: "no server", Width: wide,
			Bad:    "A sudden fall is an outage of the applications, a sudden rise a loop in one of them.",
			Alerts: []alert.Name{alert.TrafficStopped},
			Link:   grafana.Link{Title: "Which commands?", UID: toServer, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
		},
		Unit: units.OpsPerSecond, Lines: line(recorded(rules.CommandRate).Top(most), byInstance),
	}
}

func oldestJobs() grafana.Panel {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Age of the oldest job", NoValue: "none waits", Width: wide,
			What: "The queues whose oldest job waits the longest.",
			Bad:  "A straight line upwards: nobody takes that job.",
			Link: grafana.Link{Title: "This queue", UID: toQueue, Of: []metric.Label{metric.LabelJob, metric.LabelInstance, metric.LabelQueue}},
		},
		Unit: units.Seconds, Lines: line(rules.OnPrimary(the(metric.OldestMessageAge, ofWork)).Top(most), byQueue),
	}
}

// withExporter are the states of a server, and that nothing is known of it.
var withExporter = append(grafana.Words{{Value: -1, Text: "no exporter", Colour: "red"}}, grafana.UpDown...)

// anyQueues are those of all servers: the overview does not ask for queues.
var anyQueues = chosenQueues{promql.Like(metric.LabelQueue, ".+")}

func evictionsEverywhere() grafana.Panel {
	g := removals()
	g.Width = wide
	return g
}

package dashboards

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

func queues(c config.Validated) grafana.Dashboard {
	return grafana.Dashboard{
		UID: toQueues, Title: "Valkey / Queues", From: from(c), Queues: grafana.AnyQueues,
		About: "Is work getting done?",
		Rows: []grafana.Row{
			{Title: "Is work getting done?", Lines: append(tileLines(queueTiles(c)),
				grafana.Line{Height: graphs, Panels: []grafana.Panel{queueTable(c)}})},
			{Title: "Does as much leave as comes?", Lines: several.flowLines(c)},
			{Title: "Is it done in time?", Lines: several.ageLines(c)},
			{Title: "Who works on it?", Lines: workerLines()},
			{Title: "What goes wrong?", Lines: failureLines()},
			{Title: "Are streams read?", Folded: true, Lines: streamLines()},
			{Title: "What is not known?", Folded: true, Lines: unknownLines()},
		},
	}
}

// chosenQueues are the queues that a dashboard is about, by the matcher of its
// variable.
type chosenQueues struct{ matcher promql.Part }

// The dashboard of all queues lets several be chosen, that of one queue one: the
// latter's name is no pattern.
var (
	several = chosenQueues{promql.Chosen(metric.LabelQueue)}
	single  = chosenQueues{promql.Eq(metric.LabelQueue, "$"+string(metric.LabelQueue))}
)

// of is a gauge of the chosen queues. What replicas hold are copies, which stand
// still when the replica is cut off.
func (q chosenQueues) of(g metric.Gauge, parts ...promql.Part) promql.Expr {
	return rules.OnPrimary(the(g, append(parts, q.matcher)...))
}

// unseen is what flows of messages do not tell.
const unseen = "A job that an idle worker takes at once may pass unseen between two looks, unless `observe.notifications` is on."

func queueTiles(c config.Validated) []grafana.Panel {
	return []grafana.Panel{
		grafana.Tile{
			Head: grafana.Head{Title: "Jobs waiting", NoValue: "none on a primary", What: "In all chosen work queues together; the table has the limit of each.", Alerts: []alert.Name{alert.QueueBackup, alert.QueueBacklogGrowing}},
			Unit: units.Short, Value: value(several.of(metric.QueueLength, ofWork).By("sum")),
		},
		several.pastLimit(c),
		grafana.Tile{
			Head: grafana.Head{Title: "Oldest job", NoValue: "none waits", Alerts: []alert.Name{alert.QueueOldestMessageOld}},
			Unit: units.Seconds, Value: value(several.of(metric.OldestMessageAge, ofWork).By("max")),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Seen arriving per second", NoValue: "not known", What: "Together, of the last five minutes. " + unseen},
			Unit: units.Short, Value: value(several.of(rules.Enqueued.Gauge, ofWork).By("sum")),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Seen leaving per second", NoValue: "not known", What: "Together, of the last five minutes. " + unseen, Bad: "Less than arrive, for long; nothing at all while jobs wait.", Alerts: []alert.Name{alert.QueueNotBeingProcessed}},
			Unit: units.Short, Value: value(several.of(rules.Dequeued.Gauge, ofWork).By("sum")),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Longest without progress", Of: metric.QueueStalled, NoValue: "none waits", What: "Of the chosen work queues that have jobs. Whether somebody is woken depends on the severity of the queue, and on whether others are served."},
			Unit: units.Seconds, Value: value(several.of(metric.QueueStalled, ofWork).By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.QueueNotBeingProcessed, config.Stalled).AtMost(config.Warning)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "New dead letters, 15 min", Of: metric.QueueEnqueued, NoValue: "none known", What: "Of the dead letter queue that has most, whatever is chosen above. How many are too many depends on how many are usual: the alert compares, and the tile does not judge.", First: "See the reasons below.", Alerts: []alert.Name{alert.DeadLetterQueueGrowing}},
			Unit: units.Short, Value: value(rules.OnPrimary(recorded(rules.DeadLettersNew)).By("max")), Whole: true,
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Lost jobs, whole time shown", NoValue: "none known", What: "Messages that vanished without anybody taking them: evicted, expired, flushed or deleted.", Bad: "Any.", First: "The cause is in the graph of what goes wrong."},
			Unit: units.Short, Value: value(rules.OnPrimary(shown(metric.QueueVanished, several.matcher)).By("sum")), Whole: true,
			Marks: []grafana.Mark{grafana.From(alert.QueueMessagesVanished, 1)},
		},
	}
}

// queueTable has a row for each queue that is watched.
func queueTable(c config.Validated) grafana.Panel {
	columns := []grafana.Column{{Title: "Waiting", Query: grafana.Q(several.of(metric.QueueLength), ""), Unit: units.Short, Width: 85}}
	add := func(title, unit string, e promql.Expr, width float64, none string, marks ...grafana.Mark) {
		columns = append(columns, grafana.Column{Title: title, Query: grafana.Q(e, ""), Unit: unit, Width: width, None: none, Marks: marks})
	}
	order := []string{}
	share := func(title string, of metric.Gauge, l limits) {
		if all, ok := l.all(c); ok {
			order = slices.Insert(order, 0, title) // ages before lengths
			columns = append(columns, grafana.Column{
				Title: title, Query: grafana.Q(several.of(of).Over(all, promql.On(queueLabels...)), ""), Unit: units.PercentUnit, Bar: true, None: "no limit", Width: 140,
				Marks: []grafana.Mark{grafana.Judged(config.Warning, 1)},
			})
		}
	}
	share("Of its limit", metric.QueueLength, rules.LengthLimits)
	add("Oldest", units.Seconds, several.of(metric.OldestMessageAge), 100, "not known")
	share("Of its age limit", metric.OldestMessageAge, rules.AgeLimits)
	add("Seen in/s", units.Short, several.of(rules.Enqueued.Gauge), 95, "not known")
	add("Seen out/s", units.Short, several.of(rules.Dequeued.Gauge), 95, "not known")
	add("Empty in", units.Seconds, several.of(metric.QueueDrain, ofWork), 120, "does not shrink", grafana.Above(alert.QueueDrainTooSlow, config.DrainTime))
	add("No progress for", units.Seconds, several.of(metric.QueueStalled, ofWork), 120, "none waits", grafana.Above(alert.QueueNotBeingProcessed, config.Stalled).AtMost(config.Warning))
	// What is furthest past a limit is on top, and then what is longest.
	order = append(order, "Waiting")
	return grafana.Table{
		Head: grafana.Head{
			Title: "Queues", NoValue: "none on a primary",
			What: "A row for each queue that the configuration names or its patterns have found; copies on replicas are left out. The limits are those of the configuration. Progress is judged of work queues only.",
			Bad:  "A full bar: the queue is past its limit. How loud that is told depends on the severity of the queue.",
			Link: grafana.Link{Title: "This queue", UID: toQueue, Of: []metric.Label{metric.LabelQueue, metric.LabelJob, metric.LabelInstance}},
		},
		By: []grafana.Key{
			{Label: metric.LabelQueue, Title: "Queue", Width: 220},
			{Label: metric.LabelRole, Title: "Role", Width: 95},
			{Label: metric.LabelDB, Title: "Database", Width: 85},
			{Label: metric.LabelInstance, Title: "Instance"},
			{Label: metric.LabelJob, Title: "Job", Width: 80},
		},
		Columns: columns, SortBy: order,
	}
}

// limits are the limits of queues by severity.
type limits func(config.Validated, config.Severity) (promql.Expr, bool)

// judging are the severities of queues that are told to somebody or recorded.
var judging = []config.Severity{config.Critical, config.Warning, config.Info}

// all are the limits of queues of any severity; false: no queue has one.
func (l limits) all(c config.Validated) (promql.Expr, bool) {
	var all []promql.Expr
	for _, s := range judging {
		if some, ok := l(c, s); ok {
			all = append(all, some)
		}
	}
	if len(all) == 0 {
		return promql.Expr{}, false
	}
	return all[0].Or(all[1:]...), true
}

// lines are the limits that some queues are near to or past, in the colour of what
// happens then. A third of it is near: the others would press the graph against its
// axis.
func (l limits) lines(c config.Validated, now promql.Expr) []grafana.Limit {
	var all []grafana.Limit
	for _, s := range judging {
		if some, ok := l(c, s); ok {
			near := some.And(now.Scaled(3).Exceeds(some, promql.On(queueLabels...)), promql.On(queueLabels...))
			all = append(all, grafana.Limit{Query: grafana.Q(near.Top(most), "limit · "+byQueue), Severity: s})
		}
	}
	return all
}

func (q chosenQueues) flowLines(c config.Validated) []grafana.Line {
	length := grafana.Graph{
		Head: grafana.Head{
			Title: "Entries in the queue", NoValue: "none on a primary", Width: wide,
			What:   "The longest of the chosen queues. Dashed, the limits that some of them are near to or past: red where that wakes somebody.",
			Bad:    "Longer and longer.",
			First:  "See on the right whether more comes than usual, or less is done.",
			Alerts: []alert.Name{alert.QueueBackup, alert.QueueBacklogGrowing},
			Link:   thisQueue,
		},
		Unit: units.Short, Lines: line(q.of(metric.QueueLength).Top(most), byQueue),
		Limits: limits(rules.LengthLimits).lines(c, q.of(metric.QueueLength)),
	}
	return []grafana.Line{{Height: 9, Panels: []grafana.Panel{
		length,
		grafana.Graph{
			Head: grafana.Head{
				Title: "Messages seen per second, in and out", Of: metric.QueueEnqueued, NoValue: "not known", Width: wide,
				What:   "What arrives above the line, what leaves below it. " + unseen,
				Bad:    "More above than below, for long; nothing below while jobs wait.",
				First:  "Nothing leaves: are the workers connected? Less than usual leaves: how long do they have a job in hand?",
				Alerts: []alert.Name{alert.QueueNotBeingProcessed, alert.QueueBacklogGrowing, alert.QueueStarved},
				Link:   thisQueue,
			},
			Unit:  units.Short,
			Lines: line(q.of(rules.Enqueued.Gauge).Top(most), "in · "+byQueue),
			Below: line(q.of(rules.Dequeued.Gauge).Top(most), "out · "+byQueue),
		},
	}}}
}

// thisQueue leads to the dashboard of the queue that was clicked.
var thisQueue = grafana.Link{Title: "This queue", UID: toQueue, Of: []metric.Label{metric.LabelQueue, metric.LabelJob, metric.LabelInstance}}

func (q chosenQueues) ageLines(c config.Validated) []grafana.Line {
	age := grafana.Graph{
		Head: grafana.Head{
			Title: "Age of the oldest message", NoValue: "not known", Width: wide,
			What:   "Dashed, the age limits that some of them are near to or past: red where that wakes somebody.",
			Bad:    "A straight line upwards: nobody takes that message.",
			First:  "See whether anything leaves the queue, then whether there are enough workers.",
			Alerts: []alert.Name{alert.QueueOldestMessageOld, alert.QueueServedOutOfOrder, alert.QueueAgeUnknown},
			Link:   thisQueue,
		},
		Unit: units.Seconds, Lines: line(q.of(metric.OldestMessageAge).Top(most), byQueue),
		Limits: limits(rules.AgeLimits).lines(c, q.of(metric.OldestMessageAge)),
	}
	return []grafana.Line{{Height: 9, Panels: []grafana.Panel{
		age,
		grafana.Graph{
			Head: grafana.Head{
				Title: "Late, share of the time", Of: metric.FreshnessGood, NoValue: "no target", Width: 6,
				What:   "How much of the last half hour the oldest message was older than the target of its queue.",
				Bad:    "More than the objective allows, again and again.",
				Alerts: []alert.Name{alert.QueueLatencySLOBurn},
				Link:   thisQueue,
			},
			Unit: units.PercentUnit, Lines: line(q.of(rules.Stale30m.Gauge).Top(most), byQueue), Share: true,
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Time until the queue is empty", NoValue: "none shrinks", Width: 6,
				What: "At the pace of the last minutes; queues that do not shrink have no such time.",
				Link: thisQueue,
			},
			Unit: units.Seconds, Lines: line(q.of(metric.QueueDrain, ofWork).Top(most), byQueue),
			Marks: []grafana.Mark{grafana.Above(alert.QueueDrainTooSlow, config.DrainTime)},
		},
	}}}
}

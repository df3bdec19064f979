package rules

import (
	"cmp"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var queueLatencySLOBurn = &Alert{
	Name: alert.QueueLatencySLOBurn, Component: alert.Queue, Severity: config.Warning,
	Variants: latencySLOBurns,
	Summary:  `Jobs in {{ $labels.queue }} on {{ $labels.instance }} were too old in {{ $value | humanizePercentage }} of the time`,
	Description: `In the time that the label window says, the oldest job of {{ $labels.queue }} was older than its limit for {{ $value | humanizePercentage }} of the time, and it goes on. ` +
		`The objective is to be within the limit for {freshness_objective} of the time.`,
	Runbook: Runbook{
		Meaning: "The queue is to have no job older than its `max_age` for {freshness_objective} of the time. Within the time of the label `window` it has broken that promise by far, and it still does.",
		Impact:  "Users wait too long, now (`window=\"1h\"`), again and again for hours (`6h`), or a little, but for days (`3d`).",
		Diagnosis: []Step{
			{"valkey-cli LINDEX queue:high -1", "The oldest job under LPUSH."},
			{"valkey-cli LLEN queue:high", "Is there a backlog now?"},
			{"valkey-cli CLIENT LIST", "Are all workers connected?"},
			{"valkey-cli INFO commandstats", "LPUSH with BLPOP is a stack, in which a few old jobs break the promise while others are served at once: `QueueServedOutOfOrder`."},
			{"", "In Prometheus: `valkey_queue:stale:ratio_rate5m` of the queue over the window shows when jobs were late. What else happened at those times?"},
		},
		Mitigation: []string{
			"If jobs are late now, as for `QueueOldestMessageTooOld`: start workers, or more of them.",
			"If it comes and goes, find the pattern: a batch at the full hour, a backup, a deployment.",
			"If it is so for days, give the queue more workers, or change `max_age` to what is really needed.",
		},
		Why: "The windows and factors are those of Google's SRE workbook. Over a month the objective of {freshness_objective} leaves 1 % of the time or so to be late. 14.4 times that for an hour uses up 2 % of the month's allowance, 6 times that for six hours 5 %, and once for three days 10 %. " +
			"A second, shorter window (5 minutes, 30 minutes, 6 hours) has to burn as well, so that the alert ends soon after the trouble does. The shares are of time, counted at the exporter's own looks, whoever scrapes, so that one bulk of a thousand late jobs counts as long as it lasts. " +
			"The two fast windows have the severity of the queue. Three days of slow burning wake nobody, whatever the queue.",
		Blind: "How many jobs were late, and by how much: only whether the oldest one was. Queues without `max_age`, and all of them while `observe.interval` is off. In its first three hours a queue has the shortest window only, and on its first day the two shorter ones: the others would be shares of what little there is.",
	},
}

// burns are the pairs of windows: the share that was stale in the long one and
// in the short one has to be above what the objective allows, so many times.
var burns = []struct {
	window      string
	long, short *Recording
	speed       float64
	wait        time.Duration
	since       time.Duration   // how old the queue has to be; 0: no matter
	atMost      config.Severity // empty: as severe as the queue
}{
	{"1h", Stale1h, Stale5m, 14.4, 2 * time.Minute, 0, ""},
	{"6h", Stale6h, Stale30m, 6, 15 * time.Minute, 3 * time.Hour, ""},
	{"3d", Stale3d, Stale6h, 1, time.Hour, 24 * time.Hour, config.Warning},
}

// known is there for queues that were looked at some time ago already. A share of
// six hours of which there have been ten minutes is one of ten minutes.
func known(ago time.Duration) promql.Expr {
	return promql.MaxOver(Stale1h.Gauge, time.Hour, promql.Ago(ago))
}

func latencySLOBurns(c config.Validated) []Variant {
	var all []Variant
	for _, b := range burns {
		burning := perSeverity(c, config.Work, func(q selection) (promql.Expr, string, bool) {
			_, text, ok := q.ageLimit()
			return promql.Value(b.long.Gauge, q.parts...).BurnsAbove(b.speed, config.FreshnessObjective), text, ok
		})
		still := promql.Value(b.short.Gauge).BurnsAbove(b.speed, config.FreshnessObjective)
		if b.since > 0 {
			still = still.And(known(b.since))
		}
		for _, v := range each(burning, func(v Variant) promql.Expr { return v.Expr.And(still) }) {
			if v.Severity == config.Critical {
				v.Severity = cmp.Or(b.atMost, v.Severity)
			}
			v.Window, v.For = b.window, b.wait
			all = append(all, v)
		}
	}
	return all
}

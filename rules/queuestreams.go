package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// asQueue gives a stream the label queue as well, by which alerts are grouped,
// inhibited and linked.
func asQueue(e promql.Expr) promql.Expr {
	return promql.Renamed(e, metric.LabelStream, metric.LabelQueue)
}

var queueStreamLag = &Alert{
	Name: alert.QueueStreamLag, Component: alert.Queue, Severity: config.Warning,
	Variants:    streamLags,
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Group {{ $labels.group }} of {{ $labels.stream }} on {{ $labels.instance }} is {{ $value | humanize }} entries behind`,
	Description: `{{ $value | humanize }} entries of the stream {{ $labels.stream }} have not been given to the group {{ $labels.group }} yet. That has been more than the limit of the stream for {for}.`,
	Runbook: Runbook{
		Meaning: "For {for} a consumer group has been behind the end of its stream by more entries than the `max_length` of the stream allows.",
		Impact:  "Jobs of this group are late. If the stream is trimmed (`MAXLEN`), entries are lost that the group has never seen.",
		Diagnosis: []Step{
			{"valkey-cli XINFO GROUPS queue:stream", "`lag` is what the alert is about, `pending` what was delivered and is not acknowledged, `consumers` those that the group has ever had."},
			{"valkey-cli XINFO CONSUMERS queue:stream workers", "`idle` is how many milliseconds ago a consumer last tried to read. High for all of them: nobody reads."},
			{"valkey-cli XLEN queue:stream", "The length of the stream, against the limit at which producers trim it."},
			{"valkey-cli CLIENT LIST", "Are the consumers connected, with `cmd=xreadgroup`?"},
		},
		Mitigation: []string{
			"Start consumers, or more of them.",
			"Raise `MAXLEN` of the producers, before entries are lost.",
			"A group that nobody uses any more: `XGROUP DESTROY` removes it, and the alert with it.",
		},
		Why: "A stream keeps its entries after they were read, so its length says nothing; the lag is the backlog, and exact. It is compared with the same `max_length` that a list has. {for} leaves out a burst. " +
			"Others alert on the length of the stream, or on `pending`, which is what is being worked on.",
		Blind: "A lag that the server does not know, as after XDEL or XGROUP SETID. A stream without a group. What was delivered and is stuck: `QueueStreamStuck`.",
	},
}

func streamLags(c config.Validated) []Variant {
	behind := perSeverity(c, config.Work, func(q selection) (promql.Expr, string, bool) {
		limit, text, ok := q.lengthLimit()
		return promql.Recent(metric.StreamGroupLag, q.streamParts...).AboveNumber(limit), text, ok
	})
	return each(behind, func(v Variant) promql.Expr { return asQueue(v.Expr) })
}

var queueStreamStuck = &Alert{
	Name: alert.QueueStreamStuck, Component: alert.Queue, Severity: config.Warning,
	Expr:        asQueue(promql.Recent(metric.StreamGroupPendingIdle).Above(config.StreamPending)),
	For:         2 * time.Minute,
	Summary:     `An entry of {{ $labels.stream }} on {{ $labels.instance }} has been with a consumer of {{ $labels.group }} for {{ $value | humanizeDuration }}`,
	Description: `An entry of the stream {{ $labels.stream }} was delivered to the group {{ $labels.group }} {{ $value | humanizeDuration }} ago and has not been acknowledged. Its consumer is gone, hangs, or forgets XACK.`,
	Runbook: Runbook{
		Meaning: "An entry was delivered to a consumer more than {stream_pending} ago, and was neither acknowledged nor delivered again.",
		Impact:  "This job, and others of the same consumer, are not done, and nobody else is given them.",
		Diagnosis: []Step{
			{"valkey-cli XPENDING queue:stream workers", "How many entries are pending, and with which consumers."},
			{"valkey-cli XPENDING queue:stream workers IDLE 300000 - + 10", "Entries that have been with their consumer for five minutes: id, consumer, milliseconds, number of deliveries. Many deliveries: the job itself is poisonous."},
			{"valkey-cli XINFO CONSUMERS queue:stream workers", "A consumer with a high `idle` and `pending` above 0 is gone."},
			{"valkey-cli CLIENT LIST", "Is that consumer still connected?"},
		},
		Mitigation: []string{
			"Restart a consumer that hangs.",
			"`XAUTOCLAIM queue:stream workers <consumer> 300000 0` gives the entries of a lost consumer to another one. Let consumers do that by themselves.",
			"A poisonous job: copy it to the dead letters, then `XACK` it.",
		},
		Why: "{stream_pending} is longer than a job should take; a longer one can call XCLAIM with JUSTID to show that it is alive. {for} leaves time for a consumer that claims entries by itself. " +
			"The number of pending entries, on which others alert, is high wherever much is being done.",
		Blind: "Jobs that were acknowledged before they were done. More than one stuck entry: the value is the age of one.",
	},
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/rules/promql"
)

// newLettersWindow is within which new dead letters are counted: long enough for
// a handful of failures to stand out, short enough to hear of a bad deployment
// while those who made it are still there.
const newLettersWindow = 15 * time.Minute

// What is computed of jobs that went wrong.
var (
	DeadLettersNew = record("valkey_queue:dead_letters:increase15m", metric.None,
		"Dead letters that arrived within a quarter of an hour.",
		promql.Increase(metric.QueueEnqueued, newLettersWindow, promql.Eq(metric.LabelRole, string(config.DeadLetter))))
)

var jobRecordings = []*Recording{DeadLettersNew}

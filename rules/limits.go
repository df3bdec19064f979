package rules

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/rules/promql"
)

// LengthLimits is the max_length of each queue of a severity that has one, whatever
// its role, with the labels of its length: what QueueBackup and DeadLetterQueueHigh
// compare with. False: none has one.
func LengthLimits(c config.Validated, s config.Severity) (promql.Expr, bool) {
	return perQueueLimits(c, s, selection.lengthLimit)
}

// AgeLimits is the max_age of each queue of a severity that has one, in seconds,
// with the labels of its length: what QueueOldestMessageTooOld, QueueProcessingStuck
// and DeadLetterUnattended compare with. False: none has one.
func AgeLimits(c config.Validated, s config.Severity) (promql.Expr, bool) {
	return perQueueLimits(c, s, selection.ageLimit)
}

// perQueueLimits makes a number of the configuration a series for each queue that
// exists.
func perQueueLimits(c config.Validated, s config.Severity, limit func(selection) (float64, string, bool)) (promql.Expr, bool) {
	var all []promql.Expr
	for _, role := range []config.Role{config.Work, config.Processing, config.DeadLetter} {
		for _, q := range selections(c, role) {
			if n, _, ok := limit(q); ok && q.Severity == s {
				all = append(all, promql.Value(metric.QueueLength, q.parts...).Becomes(n))
			}
		}
	}
	if len(all) == 0 {
		return promql.Expr{}, false
	}
	return all[0].Or(all[1:]...), true
}

// OnPrimary leaves out what a replica says: its queues are copies, and would be
// counted twice.
func OnPrimary(e promql.Expr) promql.Expr {
	return e.Unless(promql.Value(metric.InstanceInfo, replica), promql.OnInstance())
}

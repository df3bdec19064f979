package promql

import "valkey-exporter/collector/metric"

// CountBy is how many series there are for each combination of some labels.
func CountBy(e Expr, labels ...metric.Label) Expr {
	need(labels, e.labels, "count")
	keep := sorted(labels)
	return Expr{call{"count by (" + join(keep) + ") ", []node{e.node}}, keep}
}

package rules

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/rules/promql"
)

// What is computed of the memory.
var (
	// maxmemory 0 means no limit. Dividing by it would be +Inf, which is above any
	// threshold for ever; a comparison drops the series instead and keeps 102 %.
	MemoryUsed = record("valkey:memory_used:ratio", metric.Ratio,
		"Share of maxmemory that is in use; absent without a limit.",
		promql.Recent(metric.MemoryUsed).Over(promql.Recent(metric.MemoryMax).Positive()))
)

var memoryRecordings = []*Recording{MemoryUsed}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules/promql"
)

// own is a rate of look-ups of applications: all, without those of the exporter,
// which are not told by another exporter.
func own(all, probes metric.Counter) promql.Expr {
	rate := promql.Rate(all, window)
	return promql.NotBelowZero(rate.Minus(promql.Rate(probes, window)).Or(rate))
}

// What is computed of the cache.
var (
	Lookups = record("valkey:lookups:rate5m", metric.PerSecond,
		"Look-ups of keys by applications per second, without those of the exporter.",
		own(metric.KeyspaceHits, metric.ProbeHits).Plus(own(metric.KeyspaceMisses, metric.ProbeMisses)))
	HitRate = record("valkey:hit:ratio_rate5m", metric.Ratio,
		"Share of the look-ups of the last minutes that found the key, without those of the exporter; absent when there were none.",
		own(metric.KeyspaceHits, metric.ProbeHits).Over(promql.Value(Lookups.Gauge).Positive()))
	Evictions = record("valkey:evicted_keys:rate5m", metric.PerSecond,
		"Keys evicted per second.",
		promql.Rate(metric.EvictedKeys, window))
	Expirations = record("valkey:expired_keys:rate5m", metric.PerSecond,
		"Keys expired per second.",
		promql.Rate(metric.ExpiredKeys, window))
)

var cacheRecordings = []*Recording{Lookups, HitRate, Evictions, Expirations}

// usually is the average of a day until shortly before now: what a spike is
// compared with must not contain the spike.
func usually(r *Recording) promql.Expr {
	return promql.AvgOver(r.Gauge, 24*time.Hour, promql.Ago(10*time.Minute))
}

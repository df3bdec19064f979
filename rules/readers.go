package rules

import (
	"slices"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// Readers are the alerts that read a metric of the catalogue, directly or by way
// of recording rules, in their order.
func Readers(c config.Validated) map[*metric.Metric][]alert.Name {
	recorded := map[*metric.Metric]*Recording{}
	for _, r := range Recordings() {
		recorded[r.Metric] = r
	}
	readers := map[*metric.Metric][]alert.Name{}
	for _, a := range Alerts() {
		for _, v := range a.variants(c) {
			for _, m := range sources(v.Expr.Metrics(), recorded) {
				if !slices.Contains(readers[m], a.Name) {
					readers[m] = append(readers[m], a.Name)
				}
			}
		}
	}
	return readers
}

// sources replaces recordings by what they are computed from.
func sources(metrics []*metric.Metric, recorded map[*metric.Metric]*Recording) []*metric.Metric {
	var all []*metric.Metric
	for _, m := range metrics {
		if r, ok := recorded[m]; ok {
			all = append(all, sources(r.Expr.Metrics(), recorded)...)
		} else {
			all = append(all, m)
		}
	}
	return all
}

// Recorded are the metrics of the catalogue that recording rules read, whether
// or not an alert reads these.
func Recorded() map[*metric.Metric]bool {
	read := map[*metric.Metric]bool{}
	for _, r := range Recordings() {
		for _, m := range r.Expr.Metrics() {
			read[m] = true
		}
	}
	return read
}

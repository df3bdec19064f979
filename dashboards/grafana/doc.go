// Package grafana turns descriptions of dashboards into the schema v1 that Grafana
// 10 and later load.
//
// A description names expressions of rules/promql, and so metrics of the catalogue;
// thresholds of the configuration together with the alerts that they belong to; and
// what to say of a panel. How a panel looks is decided here, once for its kind.
//
// The schema is what the SDK marks as deprecated in favour of a second version,
// which Grafana before 12 does not read.
package grafana

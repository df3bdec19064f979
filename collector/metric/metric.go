// Package metric is the catalogue: every metric that the exporter exposes,
// declared once with its name, type, unit, labels, source and help.
//
// The collector, docs/metrics.md, the alert rules and the dashboards all refer
// to these declarations by identifier, so a reference to a metric that does
// not exist, or the rate of a gauge, does not compile.
package metric

import dto "github.com/prometheus/client_model/go"

// Metric is one family of series. It is immutable: it is made by a Topic
// while the package is initialised and only read after that.
type Metric struct {
	id     int
	name   string
	help   string
	unit   Unit
	kind   dto.MetricType
	labels []Label
	source Source
	topic  *Topic
}

// ID numbers the families from 0 in the order of their declaration, so that a
// scrape can keep its families in a slice instead of a map.
func (m *Metric) ID() int { return m.id }

// Name is the name as it is exposed, unit suffix included.
func (m *Metric) Name() string { return m.name }

// Help is what an operator learns from the metric, as sentences.
func (m *Metric) Help() string { return m.help }

// Unit is the unit of the values as they are exposed.
func (m *Metric) Unit() Unit { return m.unit }

// Type is the exposed type.
func (m *Metric) Type() dto.MetricType { return m.kind }

// Labels are the names of the labels in the order in which a collector gives
// their values.
func (m *Metric) Labels() []Label { return m.labels }

// Source says where the value is read.
func (m *Metric) Source() Source { return m.source }

// Topic is the chapter of the catalogue in which the metric is declared.
func (m *Metric) Topic() *Topic { return m.topic }

// Family is any declared metric, whatever its type.
type Family interface{ Base() *Metric }

// Base is the declaration itself, for code that treats all types alike.
func (m *Metric) Base() *Metric { return m }

// Counter only grows while the server and the exporter run.
type Counter struct{ *Metric }

// Gauge goes up and down.
type Gauge struct{ *Metric }

// Histogram counts observations in cumulative buckets.
type Histogram struct{ *Metric }

// Summary carries quantiles that the source computed.
type Summary struct{ *Metric }

// Recorded declares a gauge that no exporter exposes: a recording rule of
// Prometheus makes it. It is not part of All.
func Recorded(name string, unit Unit, help string, labels []Label) Gauge {
	return Gauge{&Metric{id: -1, name: name, help: help, unit: unit, kind: dto.MetricType_GAUGE, labels: labels, source: Library("recording rule")}}
}

// Unit is the unit of exposed values.
type Unit string

// The units of this catalogue. A suffix of the name says the same wherever
// the name is ours; names kept for compatibility sometimes lack it.
const (
	None         Unit = ""             // a plain number: objects, events, offsets
	Bool         Unit = "bool"         // 1 is yes, 0 is no
	Info         Unit = "info"         // always 1, the labels are the message
	Bytes        Unit = "bytes"        // bytes
	Seconds      Unit = "seconds"      // seconds
	Milliseconds Unit = "milliseconds" // only in names kept for compatibility
	Microseconds Unit = "microseconds" // only in names kept for compatibility
	Timestamp    Unit = "timestamp"    // seconds since 1970
	Ratio        Unit = "ratio"        // 0 to 1, or a quotient around 1
	Percent      Unit = "percent"      // 0 to 100, only in names kept for compatibility
	PerSecond    Unit = "per_second"   // a rate that the server computed
	KiBPerSecond Unit = "KiB/s"        // 1024 bytes per second, only in the server's own rates
)

package grafana

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// Head is what is said of a panel, whatever its kind.
type Head struct {
	Title string // a question, or a quantity

	// The description starts with the catalogue's help of a metric: the first one
	// that the panel reads, or Of.
	Of   metric.Family
	What string // what the panel makes of it
	// Counts says that the panel counts what a metric says, or the opposite of it: the
	// help of the metric alone would say the opposite of the tile.
	Counts bool
	Bad    string // when it is bad
	First  string // what to do first
	// Alerts are told of beside those of the marks.
	Alerts []alert.Name

	NoValue string // instead of "No data"; required
	Link    Link   // where a click leads; none if empty
	Book    bool   // a row leads to the runbook of its alert, too
	Width   uint32 // of 24; 0: as wide as the others of its line
}

// Query is one question to Prometheus.
type Query struct {
	Expr   promql.Expr
	Legend string // of each series, with labels in double braces
}

// Q is a query.
func Q(e promql.Expr, legend string) Query { return Query{e, legend} }

// Queries are those of a panel in the order of their references A, B, C.
func Queries(p Panel) []Query { return p.queries() }

// HeadOf is what is said of a panel.
func HeadOf(p Panel) Head { return p.head() }

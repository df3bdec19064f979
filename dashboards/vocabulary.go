package dashboards

import (
	"slices"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// Where links lead.
const (
	toServer   = "valkey-server"
	toCache    = "valkey-cache"
	toQueues   = "valkey-queues"
	toQueue    = "valkey-queue"
	toExporter = "valkey-exporter"
	toOverview = "valkey-overview"
)

// most is how many series a graph shows when there are more: those that matter
// most at each moment.
const most = 10

// Heights of lines, in units of the grid.
const (
	tiles  = 3
	graphs = 8
)

// Legends.
const (
	byInstance = "{{instance}}"
	byQueue    = "{{queue}} · {{instance}}"
	byCommand  = "{{cmd}} · {{instance}}"
)

// Values of the label role, as matchers.
var (
	ofWork = promql.Eq(metric.LabelRole, string(config.Work))
	ofDead = promql.Eq(metric.LabelRole, string(config.DeadLetter))
)

// the is the latest value of a gauge.
func the(g metric.Gauge, parts ...promql.Part) promql.Expr { return promql.Value(g, parts...) }

// recorded is the latest value of a recording rule.
func recorded(r *rules.Recording) promql.Expr { return promql.Value(r.Gauge) }

// rate is the growth of a counter per second.
func rate(c metric.Counter, parts ...promql.Part) promql.Expr {
	return promql.Rate(c, promql.RateInterval, parts...)
}

// shown is the growth of a counter over what the dashboard shows.
func shown(c metric.Counter, parts ...promql.Part) promql.Expr {
	return promql.Increase(c, promql.Shown, parts...)
}

// count is how many series there are, and 0 as long as there is anything that
// could be counted: when nothing is watched, nothing is well.
func count(e, of promql.Expr) promql.Expr {
	return e.By("count").Or(of.By("count").Scaled(0))
}

// total adds all up; what replicas say of their copies does not count.
func total(e promql.Expr) promql.Expr { return rules.OnPrimary(e).By("sum") }

// line is a single query of a graph or tile.
func line(e promql.Expr, legend string) []grafana.Query { return []grafana.Query{grafana.Q(e, legend)} }

// value is the query of a tile, whose series need no name.
func value(e promql.Expr) []grafana.Query { return line(e, "") }

// down are the servers that do not answer, and the exporters that do not.
func down() promql.Expr { return the(metric.TargetUp).Is(0).Or(the(metric.Up).Is(0)) }

// filling is the mark of memory as a share of its limit that counts for all servers.
// The one that pages does not for pure caches, which are always full.
func filling() []grafana.Mark {
	return []grafana.Mark{grafana.Above(alert.HighMemory, config.MemoryHigh)}
}

// full are the lines of memory as a share of its limit.
func full() []grafana.Mark {
	return []grafana.Mark{grafana.Above(alert.HighMemory, config.MemoryHigh), grafana.Above(alert.MemoryCritical, config.MemoryCritical)}
}

// low is the mark of a hit rate.
func low() []grafana.Mark { return []grafana.Mark{grafana.Below(alert.HitRateLow, config.HitRateLow)} }

// judgedHitRate is the hit rate where there are enough look-ups to judge it.
func judgedHitRate() promql.Expr {
	return recorded(rules.HitRate).And(recorded(rules.Lookups).Above(config.HitRateLookups))
}

// wide is the width of a panel that has room for its legend on the right.
const wide = 12

// tileLines puts tiles into lines of four: narrower ones cannot be read on a
// small screen.
func tileLines(all []grafana.Panel) []grafana.Line {
	var lines []grafana.Line
	for four := range slices.Chunk(all, 4) {
		lines = append(lines, grafana.Line{Height: tiles, Panels: four})
	}
	return lines
}

package promql

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
)

// call is a function of some parts.
type call struct {
	name string
	args []node
}

func (c call) write(s Scope, indent string) string {
	args := make([]string, len(c.args))
	for i, a := range c.args {
		args[i] = a.write(s, indent)
	}
	line := c.name + "(" + strings.Join(args, ", ") + ")"
	if !strings.Contains(line, "\n") && len(indent)+len(line) <= lineLength || simple(c.args) {
		return line
	}
	inner := indent + "  "
	var lines []string
	for i, a := range c.args {
		if text := a.write(s, inner); i > 1 && simple(c.args[i-1:i+1]) {
			lines[len(lines)-1] += ", " + text // short ones share a line
		} else {
			lines = append(lines, text)
		}
	}
	return c.name + "(\n" + inner + strings.Join(lines, ",\n"+inner) + "\n" + indent + ")"
}

// simple arguments are not worth a line each, however long.
func simple(args []node) bool {
	return !slices.ContainsFunc(args, func(n node) bool {
		switch n.(type) {
		case selector, literal, threshold:
			return false
		}
		return true
	})
}

func (c call) visit(f func(node)) {
	f(c)
	for _, a := range c.args {
		a.visit(f)
	}
}

func (call) binds() int { return bindsAtom }

// literal is a number or a string.
type literal string

func (l literal) write(Scope, string) string { return string(l) }
func (l literal) visit(f func(node))         { f(l) }
func (literal) binds() int                   { return bindsAtom }

// threshold is a number out of the configuration.
type threshold config.Threshold

func (t threshold) write(s Scope, _ string) string {
	value, _ := s.Thresholds.Get(config.Threshold(t))
	return string(number(value))
}
func (t threshold) visit(f func(node)) { f(t) }
func (threshold) binds() int           { return bindsAtom }

// span is a time in seconds, as the scope has it.
type span time.Duration

func (d span) write(s Scope, _ string) string {
	return string(number(s.span(time.Duration(d)).Seconds()))
}
func (d span) visit(f func(node)) { f(d) }
func (span) binds() int           { return bindsAtom }

// gap is how long a value holds when scrapes are missing: one of three at an
// interval of a minute, eleven of twelve at fifteen seconds. Without it a single
// scrape that fails makes every `for` start again.
const gap = 3 * time.Minute

// Recent is the latest value of a gauge, as long as it is not older than three
// minutes.
func Recent(g metric.Gauge, parts ...Part) Expr { return LastOver(g, gap, parts...) }

// LastOver is the latest value of a gauge within a time.
func LastOver(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("last_over_time", g.Metric, over, parts)
}

// Value is the value of a gauge in the last scrape; after a scrape that failed
// there is none.
func Value(g metric.Gauge, parts ...Part) Expr { return ranged("", g.Metric, 0, parts) }

// MinOver is the lowest value of a gauge within a time.
func MinOver(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("min_over_time", g.Metric, over, parts)
}

// MaxOver is the highest value of a gauge within a time.
func MaxOver(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("max_over_time", g.Metric, over, parts)
}

// AvgOver is the average of a gauge within a time.
func AvgOver(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("avg_over_time", g.Metric, over, parts)
}

// ZerosOver is how often a gauge of 0 and 1 was 0 within a time.
func ZerosOver(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	all := ranged("count_over_time", g.Metric, over, parts)
	return all.Minus(ranged("sum_over_time", g.Metric, over, parts))
}

// OnesOver is how often a gauge of 0 and 1 was 1 within a time.
func OnesOver(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("sum_over_time", g.Metric, over, parts)
}

// Deriv is the slope of a gauge, per second.
func Deriv(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("deriv", g.Metric, over, parts)
}

// Delta is by how much a gauge has changed within a time.
func Delta(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("delta", g.Metric, over, parts)
}

// Resets is how often a gauge that only grows has started anew.
func Resets(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("resets", g.Metric, over, parts)
}

// Changes is how often a gauge has changed its value within a time.
func Changes(g metric.Gauge, over time.Duration, parts ...Part) Expr {
	return ranged("changes", g.Metric, over, parts)
}

// Predict is what a gauge will be after the time of a threshold, going on as
// within the time.
func Predict(g metric.Gauge, over time.Duration, ahead config.Threshold, parts ...Part) Expr {
	s := newSelector(g.Metric, over, parts)
	return Expr{call{"predict_linear", []node{s, threshold(ahead)}}, s.labels()}
}

// Rate is the growth of a counter per second.
func Rate(c metric.Counter, over time.Duration, parts ...Part) Expr {
	return ranged("rate", c.Metric, over, parts)
}

// Increase is the growth of a counter within a time.
func Increase(c metric.Counter, over time.Duration, parts ...Part) Expr {
	return ranged("increase", c.Metric, over, parts)
}

// Observations is how many observations of a histogram there were within a time.
func Observations(h metric.Histogram, over time.Duration, parts ...Part) Expr {
	s := newSelector(h.Metric, over, parts)
	s.suffix = "_count"
	return Expr{call{"increase", []node{s}}, s.labels()}
}

func ranged(function string, m *metric.Metric, over time.Duration, parts []Part) Expr {
	s := newSelector(m, over, parts)
	if function == "" {
		return Expr{s, s.labels()}
	}
	return Expr{call{function, []node{s}}, s.labels()}
}

// Since is how many seconds have passed since the time that a gauge tells.
func Since(g metric.Gauge, parts ...Part) Expr {
	e := Recent(g, parts...)
	return Expr{binary{op: "-", left: literal("time()"), right: e.node}, e.labels}
}

// Age is how many seconds have passed since the time that a gauge tells in the last
// scrape or evaluation.
func Age(g metric.Gauge, parts ...Part) Expr {
	e := Value(g, parts...)
	return Expr{binary{op: "-", left: literal("time()"), right: e.node}, e.labels}
}

// AbsentJob is 1, with the label job, while a job has no series of a metric.
func AbsentJob(g metric.Gauge, job string) Expr {
	return Expr{absentJob{g.Metric, job}, []metric.Label{metric.LabelJob}}
}

// absentJob is limited to its own job instead of all jobs.
type absentJob struct {
	metric *metric.Metric
	job    string
}

func (a absentJob) write(s Scope, indent string) string {
	own := Scope{Jobs: []string{a.job}, Thresholds: s.Thresholds}
	return call{"absent", []node{selector{metric: a.metric}}}.write(own, indent)
}
func (a absentJob) visit(f func(node)) { f(selector{metric: a.metric}) }
func (absentJob) binds() int           { return bindsAtom }

// Always is 1, without labels.
func Always() Expr { return Expr{call{"vector", []node{literal("1")}}, nil} }

// Renamed has the value of one label under another name as well.
func Renamed(e Expr, from, to metric.Label) Expr {
	need([]metric.Label{from}, e.labels, "Renamed")
	quote := func(l string) node { return literal(fmt.Sprintf("%q", l)) }
	return Expr{
		call{"label_replace", []node{e.node, quote(string(to)), quote("$1"), quote(string(from)), quote("(.*)")}},
		sorted(append(e.Labels(), to)),
	}
}

// NotBelowZero is the value, or 0 if that is higher.
func NotBelowZero(e Expr) Expr {
	return Expr{call{"clamp_min", []node{e.node, literal("0")}}, e.labels}
}

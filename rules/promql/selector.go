package promql

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"valkey-exporter/collector/metric"
)

// selector is a metric, limited by matchers, at a time or over a range of time.
type selector struct {
	metric   *metric.Metric
	suffix   string // of a series of a histogram
	matchers []matcher
	over     time.Duration // 0: an instant
	ago      time.Duration
	orNone   bool // series without the labels of a target, too
}

// Part narrows down what is selected.
type Part interface{ apply(*selector) }

type matcher struct {
	label metric.Label
	op    string
	value string
}

func (m matcher) apply(s *selector) {
	need([]metric.Label{m.label}, slices.Concat(s.metric.Labels(), metric.TargetLabels()), s.metric.Name())
	s.matchers = append(s.matchers, m)
}

// Eq matches series whose label has the value.
func Eq(l metric.Label, value string) Part { return matcher{l, "=", value} }

// Not matches series whose label has another value.
func Not(l metric.Label, value string) Part { return matcher{l, "!=", value} }

// In matches series whose label has one of the values.
func In(l metric.Label, values ...string) Part { return matcher{l, "=~", AnyOf(values)} }

// NotIn matches series whose label has none of the values.
func NotIn(l metric.Label, values ...string) Part { return matcher{l, "!~", AnyOf(values)} }

// Like matches series whose label as a whole matches a regular expression.
func Like(l metric.Label, pattern string) Part { return matcher{l, "=~", pattern} }

// Unlike matches series whose label does not.
func Unlike(l metric.Label, pattern string) Part { return matcher{l, "!~", pattern} }

// AnyOf is a regular expression that matches each of some values, and no others.
func AnyOf(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return strings.Join(quoted, "|")
}

// Ago selects what was there a time ago.
func Ago(d time.Duration) Part { return ago(d) }

// OrNoTarget selects series that have no job or no instance as well, as some
// alerts do. It matters in panels only.
func OrNoTarget() Part { return orNoTarget{} }

type orNoTarget struct{}

func (orNoTarget) apply(s *selector) { s.orNone = true }

// Chosen matches what the variable of a dashboard that is called like the label
// says.
func Chosen(l metric.Label) Part { return matcher{l, "=~", "$" + string(l)} }

type ago time.Duration

func (a ago) apply(s *selector) { s.ago = time.Duration(a) }

func newSelector(m *metric.Metric, over time.Duration, parts []Part) selector {
	s := selector{metric: m, over: over}
	for _, p := range parts {
		p.apply(&s)
	}
	return s
}

// labels are those of the selected series.
func (s selector) labels() []metric.Label {
	return sorted(slices.Concat(s.metric.Labels(), metric.TargetLabels()))
}

func (s selector) write(scope Scope, _ string) string {
	all := s.targets(scope)
	for _, m := range s.matchers {
		all = append(all, m.String())
	}
	text := s.metric.Name() + s.suffix + "{" + strings.Join(all, ",") + "}"
	if s.over != 0 {
		text += "[" + scope.window(s.over) + "]"
	}
	if s.ago > 0 {
		text += " offset " + model.Duration(scope.span(s.ago)).String()
	}
	return text
}

// targets limit the selector to the scope.
func (s selector) targets(scope Scope) []string {
	if !scope.Panel {
		return []string{jobs(scope.Jobs).String()}
	}
	var all []string
	for _, l := range []metric.Label{metric.LabelJob, metric.LabelInstance} {
		value := "$" + string(l)
		if s.orNone {
			value += "|"
		}
		all = append(all, matcher{l, "=~", value}.String())
	}
	return all
}

func jobs(names []string) matcher {
	if len(names) == 1 {
		return matcher{metric.LabelJob, "=", names[0]}
	}
	return matcher{metric.LabelJob, "=~", AnyOf(names)}
}

func (m matcher) String() string { return fmt.Sprintf("%s%s%s", m.label, m.op, strconv.Quote(m.value)) }

func (s selector) visit(f func(node)) { f(s) }

func (selector) binds() int { return bindsAtom }

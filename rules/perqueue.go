package rules

import (
	"fmt"
	"regexp"
	"strings"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/rules/promql"
)

// severities in the order of the rule file.
var severities = []config.Severity{config.Critical, config.Warning, config.Info, config.None}

// selection is a queue of the configuration, or those that its pattern finds,
// and how they are selected.
type selection struct {
	config.Queue
	parts       []promql.Part // of metrics with the labels db, queue and role
	streamParts []promql.Part // of metrics with the labels db and stream
}

// selections are the queues of a role.
func selections(c config.Validated, role config.Role) []selection {
	var all []selection
	queues := c.Queues()
	for i, q := range queues {
		if q.Role != role {
			continue
		}
		all = append(all, selection{
			Queue:       q,
			parts:       append(selectors(queues, i, metric.LabelQueue), promql.Eq(metric.LabelRole, string(role))),
			streamParts: selectors(queues, i, metric.LabelStream),
		})
	}
	return all
}

// selectors select what an entry decides on, by the label that has the key.
func selectors(queues []config.Queue, entry int, label metric.Label) []promql.Part {
	q := queues[entry]
	parts := []promql.Part{promql.Eq(metric.LabelDB, fmt.Sprintf("db%d", q.DB))}
	if q.Pattern == "" {
		return append(parts, promql.Eq(label, metric.LabelValue(q.Key)))
	}
	parts = append(parts, promql.Like(label, globRegexp(q.Pattern)))
	return append(parts, exceptions(queues, entry, label)...)
}

// exceptions are the keys that a pattern matches and another entry decides on:
// to the exporter keys come before patterns, and the first pattern that matches
// wins. What has another role needs no exception where the role is selected too,
// which is where the label is queue.
func exceptions(queues []config.Queue, pattern int, label metric.Label) []promql.Part {
	p := queues[pattern]
	matches := regexp.MustCompile("(?s)^(?:" + globRegexp(p.Pattern) + ")$")
	var keys []string
	var parts []promql.Part
	for i, q := range queues {
		switch {
		case q.DB != p.DB || label == metric.LabelQueue && q.Role != p.Role:
		case q.Pattern == "" && matches.MatchString(metric.LabelValue(q.Key)):
			keys = append(keys, metric.LabelValue(q.Key))
		case q.Pattern != "" && i < pattern:
			parts = append(parts, promql.Unlike(label, globRegexp(q.Pattern)))
		}
	}
	if len(keys) > 0 {
		parts = append(parts, promql.NotIn(label, keys...))
	}
	return parts
}

// perSeverity makes a rule for each severity that queues of a role have, out of
// an expression for each queue. Expr returns false for a queue that needs none.
// Rules that differ in nothing but the queue would be duplicates to promtool, and
// a queue of its own in a label would be lost in those found by a pattern.
func perSeverity(c config.Validated, role config.Role, expr func(selection) (promql.Expr, string, bool)) []Variant {
	var variants []Variant
	for _, severity := range severities {
		var exprs []promql.Expr
		var limits []string
		for _, q := range selections(c, role) {
			if q.Severity != severity {
				continue
			}
			if e, limit, ok := expr(q); ok {
				exprs = append(exprs, e)
				if limit != "" {
					limits = append(limits, limit)
				}
			}
		}
		if len(exprs) > 0 {
			variants = append(variants, Variant{Expr: exprs[0].Or(exprs[1:]...), Severity: severity, Limits: limits})
		}
	}
	return variants
}

// each adds to the expression of each variant what is the same for all queues of
// it. It is not repeated for each queue: and, unless match by the labels.
func each(all []Variant, with func(Variant) promql.Expr) []Variant {
	for i, v := range all {
		all[i].Expr = with(v)
	}
	return all
}

// aboveMaxLength makes a rule for each severity out of a gauge of lengths: the
// queues of a role that are longer than their max_length.
func aboveMaxLength(c config.Validated, role config.Role, length metric.Gauge) []Variant {
	return perSeverity(c, role, func(q selection) (promql.Expr, string, bool) {
		limit, text, ok := q.lengthLimit()
		return promql.Recent(length, q.parts...).AboveNumber(limit), text, ok
	})
}

// aboveMaxAge makes a rule for each severity out of a gauge of ages: the queues of
// a role that hold something older than their max_age.
func aboveMaxAge(c config.Validated, role config.Role, age metric.Gauge) []Variant {
	return perSeverity(c, role, func(q selection) (promql.Expr, string, bool) {
		limit, text, ok := q.ageLimit()
		return promql.Recent(age, q.parts...).AboveNumber(limit), text, ok
	})
}

// lengthLimit is said of a queue whose length has a limit.
func (s selection) lengthLimit() (limit float64, text string, ok bool) {
	n, ok := s.MaxLength.Get()
	return float64(n), fmt.Sprintf("%s %d", s.name(), n), ok
}

// ageLimit is said of a queue whose age has a limit.
func (s selection) ageLimit() (limit float64, text string, ok bool) {
	d, ok := s.MaxAge.Get()
	return d.Seconds(), s.name() + " " + config.HumanDuration(d.Seconds()), ok
}

// name is the key or the pattern, as a template shows it, and its database.
func (s selection) name() string {
	name := strings.ReplaceAll(metric.LabelValue(s.Key+s.Pattern), "{{", `{{"{{"}}`)
	if s.DB != 0 {
		name += fmt.Sprintf(" (db%d)", s.DB)
	}
	return name
}

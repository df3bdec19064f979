package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// Rule is one rule, ready to be written: a recording rule has a Record, an
// alerting rule an Alert.
type Rule struct {
	Record string
	Alert  alert.Name
	Expr   string

	For         time.Duration
	KeepFiring  time.Duration
	Labels      map[string]string
	Summary     string // Annotations are templates of Prometheus.
	Description string
	RunbookURL  string
	GrafanaURL  string
}

// RuleGroup is a group of rules, ready to be written.
type RuleGroup struct {
	Name  string
	Rules []Rule
}

// Build makes the rules that a configuration asks for. An alert is left out when
// a threshold of it, or its severity, is `off`, or when no queue needs it. Equal
// configurations have equal rules.
func Build(c config.Validated) []RuleGroup {
	b := builder{config: c, alerts: c.Alerts()}
	var groups []RuleGroup
	for _, g := range Groups() {
		var rules []Rule
		for _, r := range g.Records {
			rules = append(rules, Rule{Record: r.Name(), Expr: r.Expr.Text(b.scope())})
		}
		for _, a := range g.Alerts {
			rules = append(rules, b.rules(a)...)
		}
		if len(rules) > 0 {
			groups = append(groups, RuleGroup{g.Name, rules})
		}
	}
	return groups
}

type builder struct {
	config config.Validated
	alerts config.Alerts
}

func (b builder) scope() promql.Scope {
	return promql.Scope{Jobs: b.alerts.Jobs, Thresholds: b.alerts.Thresholds, Pace: b.config.Pace()}
}

func (b builder) rules(a *Alert) []Rule {
	var rules []Rule
	for _, v := range b.wanted(a) {
		rules = append(rules, b.rule(a, v))
	}
	return rules
}

// wanted are the variants of an alert that are on, with their severity and
// waiting time. Those that differ in nothing but the expression become one: two
// rules of equal labels would be duplicates.
func (b builder) wanted(a *Alert) []Variant {
	var all []Variant
	for _, v := range a.variants(b.config) {
		severity, on := b.severity(a, v)
		if !on || !b.on(v.Expr) {
			continue
		}
		v.Severity, v.For = severity, cmp.Or(v.For, a.For)
		same := slices.IndexFunc(all, func(w Variant) bool {
			return w.Severity == v.Severity && w.Window == v.Window && w.For == v.For
		})
		if same < 0 {
			all = append(all, v)
			continue
		}
		all[same].Expr = all[same].Expr.Or(v.Expr)
		all[same].Limits = slices.Concat(all[same].Limits, v.Limits)
	}
	return all
}

// on says whether all thresholds of an expression are.
func (b builder) on(e promql.Expr) bool {
	return !slices.ContainsFunc(e.Thresholds(), func(t config.Threshold) bool {
		_, on := b.alerts.Thresholds.Get(t)
		return !on
	})
}

// severity is that of the configuration, else that of the variant, else that of
// the alert.
func (b builder) severity(a *Alert, v Variant) (config.Severity, bool) {
	if changed, ok := b.alerts.Severity[a.Name]; ok {
		return changed.Get()
	}
	return cmp.Or(v.Severity, a.Severity), true
}

func (b builder) rule(a *Alert, v Variant) Rule {
	pace := time.Duration(b.config.Pace())
	v.For /= pace
	say := Sayer{b.alerts.Thresholds, v.For}
	description := strings.TrimSpace(say.Say(a.Description) + " " + limits(v.Limits))
	return Rule{
		Alert: a.Name, Expr: v.Expr.Text(b.scope()), For: v.For, KeepFiring: a.KeepFiring / pace,
		Labels:  b.labels(a, v),
		Summary: say.Say(a.Summary), Description: description,
		RunbookURL: b.runbookURL(a.Name), GrafanaURL: b.grafanaURL(a.Component, v.Expr.Labels()),
	}
}

func (b builder) labels(a *Alert, v Variant) map[string]string {
	labels := map[string]string{
		"severity": string(v.Severity), "component": string(a.Component), "team": b.alerts.TeamOf(a.Component),
	}
	if v.Window != "" {
		labels["window"] = v.Window
	}
	maps.Copy(labels, b.alerts.Labels)
	return labels
}

// mostLimits fit into a notification.
const mostLimits = 5

// limits is what a notification says of the limits of queues.
func limits(all []string) string {
	switch {
	case len(all) == 0:
		return ""
	case len(all) > mostLimits:
		return "The limit of the queue is in the rule and in the configuration."
	}
	return "Limits: " + strings.Join(all, ", ") + "."
}

// Labels are the names of all labels that the alert has when it fires, whatever
// the configuration adds, sorted.
func (a *Alert) Labels(c config.Validated) []metric.Label {
	labels := []metric.Label{"alertname", "component", "severity", "team"}
	for _, v := range a.variants(c) {
		labels = append(labels, v.Expr.Labels()...)
		if v.Window != "" {
			labels = append(labels, "window")
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// Thresholds are those that the rules of an alert compare with, each once.
func (a *Alert) Thresholds(c config.Validated) []config.Threshold {
	var all []config.Threshold
	for _, v := range a.variants(c) {
		all = append(all, v.Expr.Thresholds()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

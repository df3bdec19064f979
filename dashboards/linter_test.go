package dashboards_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metricsql"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules"
)

// This file states the rules of Grafana's dashboard-linter, strictly: its module
// cannot be installed by itself. A rule is a function that names what breaks it.

// exceptions are where a rule does not apply, with the reason. One that nothing
// needs is a mistake.
var exceptions = []struct{ rule, of, reason string }{
	{"target-job", rules.Alerting.Name(), "an alert may have no job: its selector takes those of the chosen jobs, and those without"},
	{"target-instance", rules.Alerting.Name(), "an alert may have no instance, likewise"},
	{"target-job", rules.Since.Name(), "of an alert, likewise"},
	{"target-instance", rules.Since.Name(), "of an alert, likewise"},
	{"template-job", "job", "all jobs are those of the configuration: `up` of any other job is not ours"},
	{"target-counter-agg", metric.MemoryVM.Name(), "a gauge: redis_exporter has given it this name"},
}

func TestTheRulesOfTheDashboardLinterHold(t *testing.T) {
	used := map[int]bool{}
	everywhere(t, func(t *testing.T, b board) {
		for _, finding := range slices.Concat(lintVariables(b), lintPanels(b), lintTargets(t, b)) {
			i := slices.IndexFunc(exceptions, func(e struct{ rule, of, reason string }) bool {
				return e.rule == finding.rule && e.of == finding.of
			})
			if i < 0 {
				t.Errorf("%s: %s: %s", finding.rule, finding.of, finding.what)
				continue
			}
			used[i] = true
		}
	})
	for i, e := range exceptions {
		if !used[i] || e.reason == "" {
			t.Errorf("nothing needs the exception %s of %s", e.rule, e.of)
		}
	}
}

// finding is something that breaks a rule.
type finding struct{ rule, of, what string }

// lintVariables are template-datasource, template-job, template-instance,
// template-label-promql, template-on-time-change-reload and uneditable-dashboard.
func lintVariables(b board) []finding {
	var all []finding
	seen := map[string]bool{}
	for _, v := range b.Templating.List {
		seen[v.Name] = true
		switch {
		case v.Type == "datasource":
			if v.Name != "datasource" || v.Label != "Data source" || string(v.Query) != `"prometheus"` {
				all = append(all, finding{"template-datasource", v.Name, "want the variable datasource, labelled Data source"})
			}
			continue
		case v.Type != "query" || v.Datasource == nil || v.Datasource.UID != "${datasource}":
			all = append(all, finding{"template-" + v.Name, v.Name, "want a query of ${datasource}"})
		case v.Refresh != 2:
			all = append(all, finding{"template-on-time-change-reload", v.Name, "want a refresh when the time changes"})
		}
		if (v.Name == "job" || v.Name == "instance") && (!v.Multi || v.AllValue != ".+" || !strings.EqualFold(v.Label, v.Name)) {
			all = append(all, finding{"template-" + v.Name, v.Name, "want several values, .+ for all, and the label"})
		}
	}
	for _, name := range []string{"datasource", "job", "instance"} {
		if !seen[name] {
			all = append(all, finding{"template-" + name, b.UID, "there is none"})
		}
	}
	if b.Editable == nil || *b.Editable {
		all = append(all, finding{"uneditable-dashboard", b.UID, "changes would be lost with the next update"})
	}
	return all
}

// valid are the units that our panels have, of those that Grafana knows. A wrong
// one is shown as a suffix.
var valid = []string{"none", "short", "percentunit", "bytes", "binBps", "s", "µs", "ops", "dtdurations"}

// lintPanels are panel-datasource, panel-title-description, panel-units and
// panel-no-targets.
func lintPanels(b board) []finding {
	var all []finding
	for _, p := range b.all() {
		if p.Datasource == nil || p.Datasource.UID != "${datasource}" {
			all = append(all, finding{"panel-datasource", p.Title, "want ${datasource}"})
		}
		if p.Title == "" || p.Description == "" {
			all = append(all, finding{"panel-title-description", p.Title, "want both"})
		}
		units := []string{}
		if u := p.FieldConfig.Defaults.Unit; u != "" {
			units = append(units, u)
		}
		for _, o := range p.FieldConfig.Overrides {
			for _, prop := range o.Properties {
				if prop.ID == "unit" {
					units = append(units, fmt.Sprint(prop.Value))
				}
			}
		}
		for _, u := range units {
			if !slices.Contains(valid, u) {
				all = append(all, finding{"panel-units", p.Title, "there is no unit " + u})
			}
		}
		if len(p.Targets) == 0 {
			all = append(all, finding{"panel-no-targets", p.Title, "asks nothing"})
		}
	}
	return all
}

var totals = regexp.MustCompile(`_total$`)

// lintTargets are target-promql, target-rate-interval, target-job,
// target-instance and target-counter-agg.
func lintTargets(t *testing.T, b board) []finding {
	t.Helper()
	var all []finding
	for _, p := range b.all() {
		for _, target := range p.Targets {
			// A window that nothing else has stands for the panel's own.
			text := strings.NewReplacer("$__rate_interval", "17m", "$__range", "19m").Replace(target.Expr)
			expr, err := metricsql.Parse(text)
			if err != nil {
				all = append(all, finding{"target-promql", p.Title, err.Error()})
				continue
			}
			if target.Datasource == nil || target.Datasource.UID != "${datasource}" {
				all = append(all, finding{"panel-datasource", p.Title, "a query of another data source"})
			}
			all = append(all, lintExpr(p.Title, expr)...)
		}
	}
	return all
}

func lintExpr(title string, expr metricsql.Expr) []finding {
	var all []finding
	inside := map[*metricsql.MetricExpr]bool{} // of a function of a counter
	metricsql.VisitAll(expr, func(e metricsql.Expr) {
		f, ok := e.(*metricsql.FuncExpr)
		if !ok || !slices.Contains([]string{"rate", "irate", "increase"}, f.Name) {
			return
		}
		r, ok := f.Args[0].(*metricsql.RollupExpr)
		if !ok {
			return
		}
		if m, ok := r.Expr.(*metricsql.MetricExpr); ok {
			inside[m] = true
		}
		if window := string(r.Window.AppendString(nil)); f.Name != "increase" && window != "17m" {
			all = append(all, finding{"target-rate-interval", title, "a rate over " + window})
		}
	})
	metricsql.VisitAll(expr, func(e metricsql.Expr) {
		m, ok := e.(*metricsql.MetricExpr)
		if !ok {
			return
		}
		name := m.LabelFilterss[0][0].Value
		for _, label := range []string{"job", "instance"} {
			if !slices.ContainsFunc(m.LabelFilterss[0], func(f metricsql.LabelFilter) bool {
				return f.Label == label && f.IsRegexp && !f.IsNegative && f.Value == "$"+label
			}) {
				all = append(all, finding{"target-" + label, name, fmt.Sprintf("%q selects without %s=~\"$%s\"", title, label, label)})
			}
		}
		if totals.MatchString(name) && !inside[m] {
			all = append(all, finding{"target-counter-agg", name, fmt.Sprintf("%q shows a counter itself", title)})
		}
	})
	return all
}

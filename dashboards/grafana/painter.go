package grafana

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// Painter makes dashboards for a configuration.
type Painter struct {
	config     config.Validated
	alerts     config.Alerts
	thresholds config.Thresholds
	rules      map[alert.Name][]rules.Rule // that the configuration asks for
	meanings   map[alert.Name]*rules.Alert
}

// For makes dashboards for a configuration.
func For(c config.Validated) *Painter {
	p := &Painter{
		config: c, alerts: c.Alerts(), thresholds: c.Alerts().Thresholds,
		rules: map[alert.Name][]rules.Rule{}, meanings: map[alert.Name]*rules.Alert{},
	}
	for _, g := range rules.Build(c) {
		for _, r := range g.Rules {
			if r.Record == "" {
				p.rules[r.Alert] = append(p.rules[r.Alert], r)
			}
		}
	}
	for _, a := range rules.Alerts() {
		p.meanings[a.Name] = a
	}
	return p
}

// severity is the worst that an alert can have; false when it is off.
func (p *Painter) severity(name alert.Name) (config.Severity, bool) {
	order := []config.Severity{config.Critical, config.Warning, config.Info, config.None}
	worst := len(order)
	for _, r := range p.rules[name] {
		worst = min(worst, slices.Index(order, config.Severity(r.Labels["severity"])))
	}
	if worst == len(order) {
		return "", false
	}
	return order[worst], true
}

// text is an expression as a panel asks it.
func (p *Painter) text(e promql.Expr) string {
	return e.Text(promql.Scope{Thresholds: p.thresholds, Pace: p.config.Pace(), Panel: true})
}

// mainMetric is what the description of a panel starts with.
func mainMetric(panel Panel) *metric.Metric {
	if of := panel.head().Of; of != nil {
		return of.Base()
	}
	return panel.queries()[0].Expr.Metrics()[0]
}

// drawing is what is peculiar to a kind of panel.
type drawing struct {
	panel   dashboard.Panel
	instant bool   // the latest value instead of a course
	format  string // of the answers, as the data source calls it
}

// source is the data source that the variable has chosen.
func source() common.DataSourceRef {
	return common.DataSourceRef{Type: new("prometheus"), Uid: new("${datasource}")}
}

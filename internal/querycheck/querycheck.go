// Package querycheck reads expressions as they are written, with the parser of
// another product, and says which names in them do not exist. Rules and dashboards
// cannot name anything else by their construction; their tests look at the text.
package querycheck

import (
	"fmt"
	"slices"

	"github.com/VictoriaMetrics/metricsql"
	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules"
)

// Names are the names that an expression may select, each with its labels.
type Names map[string][]metric.Label

// Known are the names of the catalogue, of the recording rules and of what
// Prometheus says of alerts.
func Known() Names {
	all := Names{rules.Alerting.Name(): rules.Alerting.Labels(), rules.Since.Name(): rules.Since.Labels()}
	for _, m := range metric.All() {
		switch m.Type() {
		case dto.MetricType_HISTOGRAM:
			all[m.Name()+"_bucket"] = append([]metric.Label{"le"}, m.Labels()...)
			all[m.Name()+"_count"], all[m.Name()+"_sum"] = m.Labels(), m.Labels()
		case dto.MetricType_SUMMARY:
			all[m.Name()+"_count"], all[m.Name()+"_sum"] = m.Labels(), m.Labels()
		default:
			all[m.Name()] = m.Labels()
		}
	}
	for _, r := range rules.Recordings() {
		all[r.Name()] = r.Labels()
	}
	return all
}

// Mistakes are the names of an expression that do not exist, and selectors that
// are not limited to a job. An expression that cannot be read is a mistake, too.
func (n Names) Mistakes(text string) []string {
	expr, err := metricsql.Parse(text)
	if err != nil {
		return []string{fmt.Sprintf("%v: %s", err, text)}
	}
	var found []string
	metricsql.VisitAll(expr, func(e metricsql.Expr) { found = append(found, n.mistakes(e)...) })
	return found
}

// mistakes are those of one part of an expression.
func (n Names) mistakes(e metricsql.Expr) []string {
	switch e := e.(type) {
	case *metricsql.MetricExpr:
		var found []string
		for _, filters := range e.LabelFilterss {
			found = append(found, n.selector(filters)...)
		}
		return found
	case *metricsql.AggrFuncExpr:
		return n.labels(e.Modifier.Args)
	case *metricsql.BinaryOpExpr:
		return append(n.labels(e.GroupModifier.Args), n.labels(e.JoinModifier.Args)...)
	}
	return nil
}

func (n Names) selector(filters []metricsql.LabelFilter) []string {
	name := filters[0].Value
	labels, ok := n[name]
	if filters[0].Label != "__name__" || !ok {
		return []string{"no metric " + name}
	}
	var found []string
	for _, f := range filters[1:] {
		if !slices.Contains(slices.Concat(labels, metric.TargetLabels()), metric.Label(f.Label)) {
			found = append(found, name+" has no label "+f.Label)
		}
	}
	if !slices.ContainsFunc(filters, func(f metricsql.LabelFilter) bool { return f.Label == "job" }) {
		found = append(found, name+" is not limited to a job")
	}
	return found
}

// labels are those of a list that no metric has.
func (n Names) labels(names []string) []string {
	all := append(metric.TargetLabels(), "le")
	for _, of := range n {
		all = append(all, of...)
	}
	var found []string
	for _, l := range names {
		if !slices.Contains(all, metric.Label(l)) {
			found = append(found, "no metric has a label "+l)
		}
	}
	return found
}

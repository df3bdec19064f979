package grafana

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules/promql"
)

// variables are the same on all dashboards, so that a link can pass them on.
func (p *Painter) variables(d Dashboard) []cog.Builder[dashboard.VariableModel] {
	up, queue := metric.TargetUp.Name(), metric.QueueLength.Name() // up is there when the exporter is not
	job := fmt.Sprintf("label_values(%s{job=~%q}, job)", up, promql.AnyOf(p.alerts.Jobs))
	instance := fmt.Sprintf("label_values(%s{job=~\"$job\"}, instance)", up)
	queues := fmt.Sprintf("label_values(%s{job=~\"$job\", instance=~\"$instance\"}, queue)", queue)
	return []cog.Builder[dashboard.VariableModel]{
		dashboard.NewDatasourceVariableBuilder("datasource").Label("Data source").Type("prometheus"),
		choice("job", "Job", job).AllValue(promql.AnyOf(p.alerts.Jobs)), // another job may be of anything
		choice("instance", "Instance", instance),
		queueChoice(d.Queues, choice("queue", "Queue", queues)),
	}
}

func queueChoice(q Queues, b *dashboard.QueryVariableBuilder) *dashboard.QueryVariableBuilder {
	none := dashboard.StringOrArrayOfString{String: new("")}
	switch q {
	case NoQueues:
		return b.Hide(dashboard.VariableHideHideVariable)
	case OneQueue:
		return b.Multi(false).IncludeAll(false).Current(dashboard.VariableOption{Text: none, Value: none}) // the first one
	case AnyQueues:
	}
	return b
}

// choice lets one, several or all values of a label be chosen.
func choice(name, label, query string) *dashboard.QueryVariableBuilder {
	all := dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}}
	return dashboard.NewQueryVariableBuilder(name).Label(label).Datasource(source()).
		Query(dashboard.StringOrMap{Map: map[string]any{
			"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery", "qryType": 1,
		}}).
		Definition(query).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortNaturalAsc).
		Multi(true).IncludeAll(true).AllValue(".+").
		Current(dashboard.VariableOption{
			Selected: new(true), Text: dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}}, Value: all,
		})
}

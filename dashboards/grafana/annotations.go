package grafana

import (
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/prometheus/common/model"

	"valkey-exporter/rules/promql"
)

// Event is something that happened, marked on all graphs of all dashboards.
type Event struct {
	Name   string
	Colour string
	Expr   promql.Expr // has a series while it happens
	Title  string      // with labels in double braces
	Text   string
	Off    bool // until somebody wants to see it
}

// eventStep is how finely events are looked for. The windows of their expressions
// are twice as long, so that none falls between two looks.
const eventStep = time.Minute

func (p *Painter) annotations(events []Event) []cog.Builder[dashboard.AnnotationQuery] {
	step := model.Duration(eventStep / time.Duration(p.config.Pace())).String()
	var all []cog.Builder[dashboard.AnnotationQuery]
	for _, e := range events {
		all = append(all, dashboard.NewAnnotationQueryBuilder().Name(e.Name).Datasource(source()).
			Enable(!e.Off).IconColor(e.Colour).Expr(p.text(e.Expr)).Step(step).TitleFormat(e.Title).TextFormat(e.Text))
	}
	return all
}

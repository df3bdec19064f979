package grafana

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"

	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// Options are what the configuration leaves to a dashboard.
type Options struct {
	Refresh string // how often it is drawn anew, such as 30s
	Events  []Event
}

// Build makes a dashboard. Equal descriptions give equal
// dashboards.
func (p *Painter) Build(d Dashboard, o Options) (dashboard.Dashboard, error) {
	if problems := d.problems(); len(problems) > 0 {
		return dashboard.Dashboard{}, errors.Join(problems...)
	}
	made, err := dashboard.NewDashboardBuilder(d.Title).Uid(d.UID).Description(d.About).
		Tags([]string{Tag}).Timezone("browser").Readonly().
		Refresh(o.Refresh).Time(d.From, "now").
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Variables(p.variables(d)).
		Annotations(p.annotations(o.Events)).
		Build()
	if err != nil {
		return dashboard.Dashboard{}, fmt.Errorf("dashboard %s: %w", d.UID, err)
	}
	made.Links = p.menu()
	for i := range made.Annotations.List {
		made.Annotations.List[i].Placement = nil
	}
	made.Panels = p.layout(d)
	return made, nil
}

// panel is a panel in its place.
func (p *Painter) panel(panel Panel, row string, at dashboard.GridPos) dashboard.Panel {
	drawn := panel.draw(p)
	made, h := drawn.panel, panel.head()
	made.Id = new(panelID(row, h.Title))
	made.Title, made.Description = new(h.Title), new(p.description(panel))
	made.GridPos, made.Datasource = &at, new(source())
	made.FieldConfig.Defaults.NoValue = new(h.NoValue)
	if made.FieldConfig.Overrides == nil {
		made.FieldConfig.Overrides = []dashboard.DashboardFieldConfigSourceOverrides{}
	}
	for i, q := range panel.queries() {
		made.Targets = append(made.Targets, p.target(q, refID(i), drawn))
	}
	return made
}

// target is a query as the data source gets it.
func (p *Painter) target(q Query, ref string, d drawing) variants.Dataquery {
	b := prometheus.NewDataqueryBuilder().RefId(ref).Datasource(source()).Expr(p.text(q.Expr)).EditorMode(prometheus.QueryEditorModeCode)
	if q.Legend != "" {
		b.LegendFormat(q.Legend)
	}
	if d.format != "" {
		b.Format(prometheus.PromQueryFormat(d.format))
	}
	if d.instant {
		b.Instant()
	} else {
		b.Range()
	}
	made, err := b.Build()
	must(err)
	return made
}

// refID is the reference of a query.
func refID(i int) string { return string(rune('A' + i)) }

// panelID stays the same when panels before it come and go.
func panelID(row, title string) uint32 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s\n%s", row, title)
	return h.Sum32()%1_000_000 + 1
}

// JSON is a dashboard as a file, in which links and expressions can be read.
func JSON(d any) ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	return append(escaped.ReplaceAllFunc(text, readable), '\n'), err
}

// escaped are characters that the SDK's own marshalling makes safe for HTML, after
// any backslashes that belong to others.
var escaped = regexp.MustCompile(`\\(?:\\|u00(?:26|3c|3e))`)

func readable(b []byte) []byte {
	switch string(b) {
	case `\u0026`:
		return []byte("&")
	case `\u003c`:
		return []byte("<")
	case `\u003e`:
		return []byte(">")
	}
	return b
}

// must is for builders that fail only by a mistake in this package, which tests
// exclude.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("grafana: %v", err))
	}
}

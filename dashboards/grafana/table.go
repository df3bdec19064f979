package grafana

import (
	"cmp"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/table"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules"
)

// Table has a row for each thing that some labels tell apart, and a column for
// each quantity of it, all the latest.
type Table struct {
	Head

	By      []Key // which labels tell the rows apart
	Columns []Column
	SortBy  []string // titles of columns, the highest values first
}

// Key is a column with the value of a label.
type Key struct {
	Label metric.Label
	Title string
	Width float64 // in pixels; 0: what is left
	None  string  // of a row without the label; a dash if empty
}

// Column is a quantity. Its expression has the labels of the keys; others are
// combined, the highest value counting.
type Column struct {
	Query

	Title string
	Unit  string
	Marks []Mark
	Words Words
	Bar   bool   // drawn as a bar from 0 to 1
	None  string // of a row that has no value
	Texts []Key  // labels to show instead of the value, such as a version
	Width float64
}

func (t Table) head() Head { return t.Head }

func (t Table) marks() []Mark {
	var all []Mark
	for _, c := range t.Columns {
		all = append(all, c.Marks...)
	}
	return all
}

func (t Table) queries() []Query {
	var all []Query
	for _, c := range t.Columns {
		labels := t.labels()
		for _, text := range c.Texts {
			labels = append(labels, text.Label)
		}
		all = append(all, Query{Expr: c.Expr.Only(labels...)})
	}
	return all
}

func (t Table) labels() []metric.Label {
	var all []metric.Label
	for _, k := range t.By {
		all = append(all, k.Label)
	}
	return all
}

func (t Table) draw(p *Painter) drawing {
	b := table.NewPanelBuilder().ShowHeader(true).CellHeight(common.TableCellHeightSm).
		Thresholds(thresholds([]dashboard.Threshold{{Color: neutral}})).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds)).
		Mappings([]dashboard.ValueMapping{}).
		WithTransformation(dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}}).
		WithTransformation(dashboard.DataTransformerConfig{Id: "organize", Options: t.organize()})
	t.overrides(p, b)
	var order []cog.Builder[common.TableSortByFieldState]
	for _, column := range t.SortBy {
		order = append(order, common.NewTableSortByFieldStateBuilder().DisplayName(column).Desc(true))
	}
	b.SortBy(order)
	panel, err := b.Build()
	must(err)
	return drawing{panel: panel, instant: true, format: "table"}
}

// organize names and orders the columns, and leaves out what says nothing.
func (t Table) organize() map[string]any {
	hide, order, names := map[string]any{"Time": true}, map[string]any{}, map[string]any{}
	add := func(field, title string) {
		order[field], names[field] = len(order), title
	}
	for _, k := range t.By {
		add(string(k.Label), k.Title)
	}
	for i, c := range t.Columns {
		for _, text := range c.Texts {
			add(string(text.Label), text.Title)
		}
		if field := valueField(i, len(t.Columns)); len(c.Texts) > 0 {
			hide[field] = true
		} else {
			add(field, c.Title)
		}
	}
	// When a single query has an answer, Grafana leaves out which: as a rule that is
	// the first, of what is there at all.
	if _, named := names["Value"]; !named {
		names["Value"] = names[valueField(0, len(t.Columns))]
	}
	return map[string]any{"excludeByName": hide, "indexByName": order, "renameByName": names}
}

// valueField is how Grafana names the values of a query.
func valueField(query, of int) string {
	if of == 1 {
		return "Value"
	}
	return "Value #" + refID(query)
}

func (t Table) overrides(p *Painter, b *table.PanelBuilder) {
	for i, k := range t.By {
		properties := k.properties()
		if links := t.rowLinks(p); i == 0 && len(links) > 0 {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "links", Value: links})
		}
		b.OverrideByName(k.Title, properties)
	}
	for _, c := range t.Columns {
		for _, text := range c.Texts {
			b.OverrideByName(text.Title, text.properties())
		}
		if len(c.Texts) == 0 {
			b.OverrideByName(c.Title, c.properties(p))
		}
	}
}

// rowLinks are where a click on a row leads.
func (t Table) rowLinks(p *Painter) []dashboard.DashboardLink {
	links := t.Link.links(ofRow)
	if t.Book && strings.Contains(p.alerts.RunbookURL, "://") {
		book := *dashboard.NewDashboardLink()
		book.Title, book.TargetBlank = "Runbook", true
		book.Url = new(strings.ReplaceAll(p.alerts.RunbookURL, "{name}", "${"+ofRow+"."+string(rules.LabelAlertName)+":percentencode}"))
		links = append(links, bare(book))
	}
	return links
}

// properties of a column with text: what is empty would have the panel's own text
// for no value.
func (k Key) properties() []dashboard.DynamicConfigValue {
	return append(width(k.Width), dashboard.DynamicConfigValue{Id: "noValue", Value: cmp.Or(k.None, "–")})
}

func width(pixels float64) []dashboard.DynamicConfigValue {
	if pixels == 0 {
		return nil
	}
	return []dashboard.DynamicConfigValue{{Id: "custom.width", Value: pixels}}
}

// properties of a column: judged values are coloured, the others are not.
func (c Column) properties(p *Painter) []dashboard.DynamicConfigValue {
	all := append(width(c.Width), dashboard.DynamicConfigValue{Id: "unit", Value: c.Unit})
	steps := p.steps(c.Marks, calm)
	cell := map[string]any{"type": "auto"}
	switch {
	case c.Bar:
		cell = map[string]any{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
		all = append(all, dashboard.DynamicConfigValue{Id: "min", Value: 0}, dashboard.DynamicConfigValue{Id: "max", Value: 1},
			dashboard.DynamicConfigValue{Id: "decimals", Value: 0})
	case len(steps) > 1 || len(c.Words) > 0:
		cell = map[string]any{"type": "color-text"}
	}
	all = append(all, dashboard.DynamicConfigValue{Id: "custom.cellOptions", Value: cell})
	if mappings := c.Words.mappings(c.None, muted); len(mappings) > 0 {
		all = append(all, dashboard.DynamicConfigValue{Id: "mappings", Value: mappings})
	}
	if len(steps) == 1 && !c.Bar {
		return all
	}
	return append(all, dashboard.DynamicConfigValue{
		Id: "thresholds", Value: map[string]any{"mode": "absolute", "steps": steps},
	})
}

package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"valkey-exporter/config"
)

// Graph is the course of one or more quantities.
type Graph struct {
	Head

	Unit  string
	Lines []Query
	Marks []Mark // drawn as dashed lines in the colour of the alert

	Below  []Query // drawn downwards from zero, such as what leaves
	Limits []Limit // limits that are series themselves
	Before []Query // the same at an earlier time, drawn dashed and grey

	Stacked bool
	Share   bool // of 1: the axis reaches it
	Far     bool // values are usually so far below the mark that an axis up to it would hide them
	Signed  bool // may fall below zero
}

// Limit is a limit that each series has of its own, drawn dashed in the colour of
// the severity that passing it has.
type Limit struct {
	Query

	Severity config.Severity
}

func (g Graph) head() Head    { return g.Head }
func (g Graph) marks() []Mark { return g.Marks }

func (g Graph) queries() []Query {
	var all []Query
	all = append(all, g.Lines...)
	all = append(all, g.Below...)
	for _, l := range g.Limits {
		all = append(all, l.Query)
	}
	return append(all, g.Before...)
}

func (g Graph) draw(p *Painter) drawing {
	b := timeseries.NewPanelBuilder().Unit(g.Unit).
		DrawStyle(common.GraphDrawStyleLine).LineWidth(2).FillOpacity(8).GradientMode(common.GraphGradientModeNone).
		ShowPoints(common.VisibilityModeNever).LineInterpolation(common.LineInterpolationLinear).
		SpanNulls(common.BoolOrFloat64{Bool: new(false)}).
		AxisPlacement(common.AxisPlacementAuto).AxisBorderShow(false).
		Mappings([]dashboard.ValueMapping{}).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdPaletteClassicByName)).
		Legend(g.legend()).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending))
	if g.Stacked {
		b.FillOpacity(30).Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal).Group("A"))
	}
	if len(g.Below) == 0 && !g.Signed {
		b.Min(0)
	}
	if g.Share {
		b.AxisSoftMax(1)
	}
	g.thresholds(p, b)
	g.styles(b)
	panel, err := b.Build()
	must(err)
	panel.FieldConfig.Defaults.Links = g.Link.links(ofSeries)
	return drawing{panel: panel}
}

// thresholds are lines in the graph; as a rule the axis reaches the lowest of them,
// so that one sees how far away it is.
func (g Graph) thresholds(p *Painter, b *timeseries.PanelBuilder) {
	steps := p.steps(g.Marks, unmarked)
	style := common.GraphThresholdsStyleModeOff
	if len(steps) > 1 {
		style = common.GraphThresholdsStyleModeDashed
		if !g.Share && !g.Far {
			b.AxisSoftMax(*steps[1].Value)
		}
	}
	b.Thresholds(thresholds(steps)).ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(style))
}

// styles are those of queries that are not ordinary lines.
func (g Graph) styles(b *timeseries.PanelBuilder) {
	n := len(g.Lines)
	for range g.Below {
		b.OverrideByQuery(refID(n), []dashboard.DynamicConfigValue{{Id: "custom.transform", Value: "negative-Y"}})
		n++
	}
	for _, l := range g.Limits {
		b.OverrideByQuery(refID(n), dashed(severityColour[l.Severity]))
		n++
	}
	for range g.Before {
		b.OverrideByQuery(refID(n), dashed(muted))
		n++
	}
}

// dashed is a line of one colour that stands by itself.
func dashed(colour string) []dashboard.DynamicConfigValue {
	return []dashboard.DynamicConfigValue{
		{Id: "color", Value: map[string]any{"mode": "fixed", "fixedColor": colour}},
		{Id: "custom.lineStyle", Value: map[string]any{"fill": "dash", "dash": []int{8, 6}}},
		{Id: "custom.fillOpacity", Value: 0},
		{Id: "custom.stacking", Value: map[string]any{"mode": "none", "group": "A"}},
	}
}

// wide panels have room for the legend beside the graph.
const wide = 12

// legend tells the latest and the highest value of each series.
func (g Graph) legend() *common.VizLegendOptionsBuilder {
	place := common.LegendPlacementBottom
	if g.Width >= wide {
		place = common.LegendPlacementRight
	}
	return common.NewVizLegendOptionsBuilder().ShowLegend(true).
		DisplayMode(common.LegendDisplayModeTable).Placement(place).
		Calcs([]string{"lastNotNull", "max"}).SortBy("Last *").SortDesc(true)
}

func thresholds(steps []dashboard.Threshold) cog.Builder[dashboard.ThresholdsConfig] {
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(steps)
}

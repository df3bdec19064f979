package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
)

// Timeline is the course of states, a bar for each series.
type Timeline struct {
	Head

	States []Query
	Words  Words // what each state is called, and its colour
}

func (t Timeline) head() Head       { return t.Head }
func (t Timeline) queries() []Query { return t.States }
func (t Timeline) marks() []Mark    { return nil }

func (t Timeline) draw(*Painter) drawing {
	panel, err := statetimeline.NewPanelBuilder().
		Mappings(t.Words.mappings("", "")).
		Thresholds(thresholds([]dashboard.Threshold{{Color: plain}})).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds)).
		ShowValue(common.VisibilityModeAuto).MergeValues(true).RowHeight(0.8).FillOpacity(80).LineWidth(0).
		Legend(common.NewVizLegendOptionsBuilder().ShowLegend(false).DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom).Calcs([]string{})).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeSingle).Sort(common.SortOrderNone)).
		Build()
	must(err)
	panel.FieldConfig.Defaults.Links = t.Link.links(ofSeries)
	return drawing{panel: panel}
}

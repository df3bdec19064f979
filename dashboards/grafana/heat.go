package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
)

// Heat is how the observations of a histogram are spread, as they change. Its
// query is made by promql.Buckets.
type Heat struct {
	Head

	Unit    string
	Buckets Query
}

func (h Heat) head() Head       { return h.Head }
func (h Heat) queries() []Query { return []Query{h.Buckets} }
func (h Heat) marks() []Mark    { return nil }

func (h Heat) draw(*Painter) drawing {
	panel, err := heatmap.NewPanelBuilder().
		Calculate(false).
		YAxis(heatmap.NewYAxisConfigBuilder().Unit(h.Unit).AxisPlacement(common.AxisPlacementLeft)).
		Color(heatmap.NewHeatmapColorOptionsBuilder().Mode(heatmap.HeatmapColorModeScheme).Scheme("Blues").Steps(32)).
		CellGap(1).ShowLegend().
		FilterValues(heatmap.NewFilterValueRangeBuilder().Le(1e-9)).
		Tooltip(heatmap.NewHeatmapTooltipBuilder().Mode(common.TooltipDisplayModeSingle).YHistogram(true)).
		Thresholds(thresholds([]dashboard.Threshold{{Color: neutral}})).
		Build()
	must(err)
	return drawing{panel: panel, format: "heatmap"}
}

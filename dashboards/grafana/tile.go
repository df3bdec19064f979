package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
)

// Tile is one number, or a few: the latest. It is asked for anew and not taken
// from a course of values, whose last one would stay when the source is gone.
type Tile struct {
	Head

	Unit  string
	Value []Query
	Marks []Mark
	Words Words // for values that are not numbers to people
	Label bool  // shows the legend instead of the value
	Named bool  // shows the legend beside the value: which is the worst
	Whole bool  // without decimals: what is counted by rates
}

func (t Tile) head() Head       { return t.Head }
func (t Tile) queries() []Query { return t.Value }
func (t Tile) marks() []Mark    { return t.Marks }

func (t Tile) draw(p *Painter) drawing {
	text, colour := common.BigValueTextModeAuto, common.BigValueColorModeBackgroundSolid
	steps := p.steps(t.Marks, calm)
	switch {
	case t.Label:
		text = common.BigValueTextModeName
	case t.Named:
		text = common.BigValueTextModeValueAndName
	case len(t.Value) == 1:
		text = common.BigValueTextModeValue
	}
	// A number that nobody judges has no colour to look at.
	if len(steps) == 1 {
		colour = common.BigValueColorModeNone
	}
	b := stat.NewPanelBuilder().Unit(t.Unit).
		Thresholds(thresholds(steps)).ColorMode(colour).TextMode(text).
		GraphMode(common.BigValueGraphModeNone).JustifyMode(common.BigValueJustifyModeAuto).
		Orientation(common.VizOrientationAuto).WideLayout(true).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"})).
		Mappings(t.Words.mappings(t.NoValue, unknown)).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds))
	if t.Whole {
		b.Decimals(0)
	}
	panel, err := b.Build()
	must(err)
	panel.FieldConfig.Defaults.Links = t.Link.links(ofSeries)
	return drawing{panel: panel, instant: true}
}

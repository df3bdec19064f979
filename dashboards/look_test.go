package dashboards_test

import (
	"slices"
	"strings"
	"testing"
)

// unitless are kinds of panels whose units, if any, are those of their columns or axes.
var unitless = map[string]bool{"table": true, "state-timeline": true, "heatmap": true}

func TestEveryPanelExplainsItself(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		for _, p := range b.all() {
			d := p.FieldConfig.Defaults
			switch {
			case p.Title == "" || len(p.Description) < 30:
				t.Errorf("%q: no title or no description", p.Title)
			case d.NoValue == "":
				t.Errorf("%q: says No data instead of what that means", p.Title)
			case d.Unit == "" && !unitless[p.Type]:
				t.Errorf("%q has no unit", p.Title)
			case len(d.Thresholds.Steps) == 0 || d.Thresholds.Steps[0]["value"] != nil:
				t.Errorf("%q has no thresholds of its own, and Grafana's are red above 80", p.Title)
			}
			if strings.Contains(p.Description, "{") && !strings.Contains(p.Description, "`") {
				t.Errorf("%q: a placeholder is left in %q", p.Title, p.Description)
			}
			if strings.Contains(p.Type, "pie") {
				t.Errorf("%q is a pie", p.Title)
			}
		}
	})
}

func TestGraphsStartAtZeroAndHaveLegends(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		for _, p := range b.all() {
			if p.Type != "timeseries" {
				continue
			}
			legend, _ := p.Options["legend"].(map[string]any)
			calcs, _ := legend["calcs"].([]any)
			if legend["showLegend"] != true || len(calcs) == 0 {
				t.Errorf("%q: no legend with values", p.Title)
			}
			if p.FieldConfig.Defaults.Color.Mode != "palette-classic-by-name" {
				t.Errorf("%q: an instance has another colour than elsewhere", p.Title)
			}
			if least := p.FieldConfig.Defaults.Min; (least == nil || *least != 0) && !draws(p, "custom.transform") {
				t.Errorf("%q: the axis does not start at 0", p.Title)
			}
		}
	})
}

// What nobody judges has one colour, and it is not one that judges.
func TestWhatIsNotJudgedIsNotGreen(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		for _, p := range b.all() {
			steps := p.FieldConfig.Defaults.Thresholds.Steps
			if len(steps) == 1 && slices.Contains([]any{"green", "red", "orange", "yellow"}, steps[0]["color"]) {
				t.Errorf("%q: nothing is judged, and it is %v", p.Title, steps[0]["color"])
			}
			if p.Type == "stat" && len(steps) == 1 && p.Options["colorMode"] != "none" {
				t.Errorf("%q: coloured, and nothing judged", p.Title)
			}
		}
	})
}

package grafana

import (
	"strconv"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Words are what numbers mean.
type Words []Word

// Word is what a number means, and its colour. The colour may be left out.
type Word struct {
	Value  float64
	Text   string
	Colour string
}

// Words for what is often shown.
var (
	// UpDown is for gauges that are 1 when all is well.
	UpDown = Words{{1, "up", calm}, {0, "down", "red"}}
	// OKFailed is for gauges that say how something ended.
	OKFailed = Words{{1, "ok", calm}, {0, "failed", "red"}}
	// YesNo is for gauges that are not judged.
	YesNo = Words{{1, "yes", plain}, {0, "no", "transparent"}}
	// ByRank is for alerts: 2 critical, 1 warning.
	ByRank = Words{{2, "critical", "red"}, {1, "warning", "orange"}}
)

// mappings are what numbers mean, and what it means that there is none. Without
// the latter Grafana takes the colour of the lowest values.
func (w Words) mappings(none, colour string) []dashboard.ValueMapping {
	all := []dashboard.ValueMapping{}
	if len(w) > 0 {
		all = append(all, w.values())
	}
	if none == "" {
		return all
	}
	return append(all, dashboard.ValueMapping{SpecialValueMap: &dashboard.SpecialValueMap{
		Type: dashboard.MappingTypeSpecialValue,
		Options: dashboard.DashboardSpecialValueMapOptions{
			Match: dashboard.SpecialValueMatchNullAndNan, Result: dashboard.ValueMappingResult{Text: new(none), Color: new(colour)},
		},
	}})
}

func (w Words) values() dashboard.ValueMapping {
	options := map[string]dashboard.ValueMappingResult{}
	for i, word := range w {
		result := dashboard.ValueMappingResult{Text: new(word.Text), Index: new(int32(i))}
		if word.Colour != "" {
			result.Color = new(word.Colour)
		}
		options[strconv.FormatFloat(word.Value, 'f', -1, 64)] = result
	}
	return dashboard.ValueMapping{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: options}}
}

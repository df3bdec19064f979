package grafana

import (
	"cmp"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// Mark is a number beyond which a value is bad, and the alert that says so: its
// severity is the colour. An alert that is off leaves no mark.
type Mark struct {
	alert     alert.Name
	severity  config.Severity // of a mark that is no alert's
	most      config.Severity // the worst that it can be; empty: no matter
	threshold config.Threshold
	number    float64
	fixed     bool // number instead of the threshold
	below     bool // bad is what is below
}

// Above marks values above a threshold.
func Above(a alert.Name, t config.Threshold) Mark { return Mark{alert: a, threshold: t} }

// Below marks values below a threshold.
func Below(a alert.Name, t config.Threshold) Mark {
	return Mark{alert: a, threshold: t, below: true}
}

// From marks a number and what is above it.
func From(a alert.Name, n float64) Mark { return Mark{alert: a, number: n, fixed: true} }

// Under marks what is below a number.
func Under(a alert.Name, n float64) Mark {
	return Mark{alert: a, number: n, fixed: true, below: true}
}

// Judged marks a number and what is above it, as bad as a severity says, without
// an alert: of what counts alerts, for example.
func Judged(s config.Severity, n float64) Mark {
	return Mark{severity: s, number: n, fixed: true}
}

// AtMost is the mark in the colour of a severity, where the alert may have a worse
// one: of what is judged for several queues at once.
func (m Mark) AtMost(s config.Severity) Mark {
	m.most = s
	return m
}

// Colours. Those of severities judge; the others say nothing.
const (
	calm    = "green"   // judged, and good
	neutral = "blue"    // not judged
	muted   = "text"    // limits without a judgement, days before
	plain   = "#808080" // a state that is neither good nor bad
	unknown = "#5a6070" // nothing to judge

	// unmarked is what is good in a graph. Grafana draws the line between it and
	// something bad in the colour of what is bad, also if that is below.
	unmarked = "transparent"
)

var severityColour = map[config.Severity]string{config.Critical: "red", config.Warning: "orange", config.Info: "yellow"}

// colourRank says which of two colours is worse.
var colourRank = map[string]int{calm: 0, unmarked: 0, "yellow": 1, "orange": 2, "red": 3}

// at is where a mark is and its colour; false when the configuration has none.
func (p *Painter) at(m Mark) (value float64, colour string, ok bool) {
	severity, on := m.severity, true
	if m.alert != "" {
		severity, on = p.severity(m.alert)
	}
	colour, told := severityColour[severity]
	if worst, limited := severityColour[m.most]; limited && colourRank[colour] > colourRank[worst] {
		colour = worst
	}
	if !on || !told {
		return 0, "", false
	}
	if m.fixed {
		return m.number, colour, true
	}
	value, on = p.thresholds.Get(m.threshold)
	return value, colour, on
}

// steps are the colours of a scale that the marks divide; good is that of values
// which no mark speaks against. Without marks nothing is judged.
func (p *Painter) steps(marks []Mark, good string) []dashboard.Threshold {
	borders := []*float64{nil}
	for _, m := range marks {
		if v, _, ok := p.at(m); ok && !slices.ContainsFunc(borders, func(b *float64) bool { return b != nil && *b == v }) {
			borders = append(borders, &v)
		}
	}
	if len(borders) == 1 {
		return []dashboard.Threshold{{Color: neutral}}
	}
	slices.SortFunc(borders[1:], func(a, b *float64) int { return cmp.Compare(*a, *b) })
	steps := make([]dashboard.Threshold, len(borders))
	for i, b := range borders {
		steps[i] = dashboard.Threshold{Value: b, Color: p.colourFrom(b, marks, good)}
	}
	return steps
}

// colourFrom is the worst colour of what begins at a border.
func (p *Painter) colourFrom(border *float64, marks []Mark, good string) string {
	worst := good
	for _, m := range marks {
		at, colour, ok := p.at(m)
		bad := m.below && (border == nil || *border < at) || !m.below && border != nil && *border >= at
		if ok && bad && colourRank[colour] > colourRank[worst] {
			worst = colour
		}
	}
	return worst
}

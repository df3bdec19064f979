package grafana

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// description is what a person reads who asks what a panel shows.
func (p *Painter) description(panel Panel) string {
	h := panel.head()
	m := mainMetric(panel)
	parts := []string{m.Help()}
	switch {
	case h.Counts:
		parts = []string{h.What, fmt.Sprintf("Counted by `%s`: %s", m.Name(), m.Help())}
	case h.What != "":
		parts = append(parts, h.What)
	}
	if h.Bad != "" {
		parts = append(parts, "**Bad:** "+h.Bad)
	}
	if h.First != "" {
		parts = append(parts, "**First:** "+h.First)
	}
	var names []alert.Name
	for _, m := range panel.marks() {
		names = append(names, m.alert)
	}
	var lines []string
	for _, name := range slices.Concat(names, h.Alerts) {
		line := p.alertLine(name)
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

// alertLine names an alert with its threshold and its runbook; empty when it is off.
func (p *Painter) alertLine(name alert.Name) string {
	severity, on := p.severity(name)
	if !on {
		return ""
	}
	rule, a := p.rules[name][0], p.meanings[name]
	wait := "at once"
	if rule.For > 0 {
		wait = "after " + model.Duration(rule.For).String()
	}
	meaning := rules.Sayer{Thresholds: p.thresholds, For: rule.For}.Say(firstSentence(a.Runbook.Meaning))
	return fmt.Sprintf("- %s (%s, %s): %s", runbookLink(name, rule.RunbookURL), severity, wait, meaning)
}

// runbookLink is a link, or the path of the page when there is no address yet.
func runbookLink(name alert.Name, url string) string {
	if !strings.Contains(url, "://") {
		return fmt.Sprintf("**%s**, `%s`", name, url)
	}
	return fmt.Sprintf("[%s](%s)", name, url)
}

// firstSentence ends with a full stop before a space.
func firstSentence(text string) string {
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}

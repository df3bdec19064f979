package alertmanager

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/firststeps"
	"valkey-exporter/rules"
)

// Actions is the file of templates that defines valkey.action, the first thing to
// do about an alert: the first mitigation of its runbook, as plain text.
func Actions(c config.Validated) ([]byte, error) {
	var all []action
	first := firstRules(c)
	for _, a := range rules.Alerts() {
		r, wanted := first[a.Name]
		if !wanted {
			continue
		}
		if len(a.Runbook.Mitigation) == 0 {
			return nil, fmt.Errorf("rules: the runbook of %s has no mitigation", a.Name)
		}
		all = append(all, actions(a, rules.Sayer{Thresholds: c.Alerts().Thresholds, For: r.For})...)
	}
	var b bytes.Buffer
	b.WriteString(`{{ define "valkey.action" }}` + "\n")
	for i, a := range all {
		// A constant, not text of the template, so that each kind of message escapes it.
		fmt.Fprintf(&b, "{{- %sif %s }}{{ %s }}\n", strings.Repeat("else ", min(i, 1)), a.condition, strconv.Quote(a.text))
	}
	b.WriteString(actionsEnd(len(all) > 0))
	return b.Bytes(), nil
}

// actionsEnd ends the template with what is said about alerts of somebody else.
func actionsEnd(others bool) string {
	const advice = "See the runbook."
	if !others {
		return "{{- \"" + advice + "\" }}{{ end }}\n"
	}
	return "{{- else }}" + advice + "\n{{- end }}{{ end }}\n"
}

// action is what to do first when a condition of the template holds.
type action struct{ condition, text string }

// actions are those of one alert: one, unless its runbook begins with a list of
// what to do for each value of a label.
func actions(a *rules.Alert, say rules.Sayer) []action {
	name := fmt.Sprintf("eq .Labels.alertname %q", string(a.Name))
	var byReason []action
	for _, m := range a.Runbook.Mitigation {
		step := firststeps.Parse(say.Say(m))
		for _, r := range step.Reasons {
			byReason = append(byReason, action{fmt.Sprintf("and (%s) (eq .Labels.%s %q)", name, reasonLabel(a.Name), r), step.Text})
		}
	}
	if len(byReason) > 0 {
		return byReason
	}
	return []action{{name, firststeps.Parse(say.Say(a.Runbook.Mitigation[0])).Text}}
}

// reasonLabel is the label that says which steps of an alert's runbook are to be taken.
func reasonLabel(name alert.Name) string {
	if name == alert.Insecure {
		return "check"
	}
	return "reason"
}

// firstRules are the first rule of each alert that the configuration asks for.
func firstRules(c config.Validated) map[alert.Name]rules.Rule {
	first := map[alert.Name]rules.Rule{}
	for _, g := range rules.Build(c) {
		for _, r := range g.Rules {
			if _, known := first[r.Alert]; r.Alert != "" && !known {
				first[r.Alert] = r
			}
		}
	}
	return first
}

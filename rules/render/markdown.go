package render

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/common/model"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

//go:embed runbook.md.tmpl
var runbookText string

//go:embed alerts.md.tmpl
var indexText string

var (
	functions    = template.FuncMap{"inc": func(i int) int { return i + 1 }}
	runbookPage  = template.Must(template.New("runbook").Funcs(functions).Parse(runbookText))
	indexPage    = template.Must(template.New("alerts").Funcs(functions).Parse(indexText))
	tableEscapes = strings.NewReplacer("|", `\|`, "\n", " ")
)

// page is what a runbook shows of an alert.
type page struct {
	Name      alert.Name
	Component alert.Component
	Summary   string
	rules.Runbook
	NamesKeys  bool // commands name keys, for which those of the alert stand
	Rules      []ruleRow
	Thresholds []thresholdRow
}

type ruleRow struct{ Severity, Window, For, KeepFiring, Expr string }

type thresholdRow struct{ Name, Value, Off, UsedBy string }

// Runbooks are the pages of the alerts that the configuration asks for.
func Runbooks(c config.Validated) (map[alert.Name][]byte, error) {
	pages := map[alert.Name][]byte{}
	built := byAlert(rules.Build(c))
	for _, a := range rules.Alerts() {
		if len(built[a.Name]) == 0 {
			continue
		}
		var b bytes.Buffer
		if err := runbookPage.Execute(&b, newPage(c, a, built[a.Name])); err != nil {
			return nil, fmt.Errorf("runbook of %s: %w", a.Name, err)
		}
		pages[a.Name] = b.Bytes()
	}
	return pages, nil
}

func byAlert(groups []rules.RuleGroup) map[alert.Name][]rules.Rule {
	built := map[alert.Name][]rules.Rule{}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert != "" {
				built[r.Alert] = append(built[r.Alert], r)
			}
		}
	}
	return built
}

func newPage(c config.Validated, a *rules.Alert, built []rules.Rule) page {
	say := rules.Sayer{Thresholds: c.Alerts().Thresholds, For: built[0].For}
	p := page{
		Name: a.Name, Component: a.Component, Runbook: said(a.Runbook, say),
		Summary: "_" + plainTemplate(say.Say(a.Summary)) + "_",
	}
	p.NamesKeys = slices.Contains(a.Labels(c), metric.LabelQueue)
	for _, r := range built {
		p.Rules = append(p.Rules, ruleRow{r.Labels["severity"], r.Labels["window"], duration(r.For), duration(r.KeepFiring), r.Expr})
	}
	for _, t := range a.Thresholds(c) {
		p.Thresholds = append(p.Thresholds, thresholdRow{Name: t.String(), Value: say.Value(t)})
	}
	return p
}

// said puts the thresholds into all texts of a runbook.
func said(r rules.Runbook, say rules.Sayer) rules.Runbook {
	r.Diagnosis, r.Mitigation = slices.Clone(r.Diagnosis), slices.Clone(r.Mitigation)
	for i := range r.Diagnosis {
		r.Diagnosis[i].Look = say.Say(r.Diagnosis[i].Look)
	}
	for i := range r.Mitigation {
		r.Mitigation[i] = say.Say(r.Mitigation[i])
	}
	for _, text := range []*string{&r.Meaning, &r.Impact, &r.Why, &r.Blind} {
		*text = say.Say(*text)
	}
	return r
}

// plainTemplate shows what a template fills in as a word.
func plainTemplate(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{ ")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		action, after, _ := strings.Cut(rest, " }}")
		name, _, _ := strings.Cut(action, " ")
		b.WriteString("`" + strings.TrimPrefix(strings.TrimPrefix(name, "$labels."), "$") + "`")
		text = after
	}
}

func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return model.Duration(d).String()
}

// Index is the page that lists all alerts, recording rules and thresholds.
func Index(c config.Validated) ([]byte, error) {
	built := byAlert(rules.Build(c))
	data := struct {
		Alerts     int
		Groups     []indexGroup
		Thresholds []thresholdRow
	}{Alerts: len(built), Thresholds: thresholdRows(c, built)}
	for _, g := range rules.Groups() {
		data.Groups = append(data.Groups, newIndexGroup(c, g, built))
	}
	var b bytes.Buffer
	if err := indexPage.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("list of alerts: %w", err)
	}
	return b.Bytes(), nil
}

type indexGroup struct {
	Name, Title string
	Alerts      []alertRow
	Records     []*rules.Recording
}

type alertRow struct {
	Name                   alert.Name
	Severity, For, Meaning string
}

func newIndexGroup(c config.Validated, g rules.Group, built map[alert.Name][]rules.Rule) indexGroup {
	row := indexGroup{Name: g.Name, Title: g.Title, Records: g.Records}
	for _, a := range g.Alerts {
		all := built[a.Name]
		if len(all) == 0 {
			continue
		}
		say := rules.Sayer{Thresholds: c.Alerts().Thresholds, For: all[0].For}
		row.Alerts = append(row.Alerts, alertRow{
			Name:     a.Name,
			Severity: each(all, func(r rules.Rule) string { return r.Labels["severity"] }),
			For:      each(all, func(r rules.Rule) string { return duration(r.For) }),
			Meaning:  tableEscapes.Replace(say.Say(a.Runbook.Meaning)),
		})
	}
	return row
}

// each lists what the rules of an alert have, once each.
func each(all []rules.Rule, of func(rules.Rule) string) string {
	var list []string
	for _, r := range all {
		if text := of(r); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return strings.Join(list, ", ")
}

func thresholdRows(c config.Validated, built map[alert.Name][]rules.Rule) []thresholdRow {
	say := rules.Sayer{Thresholds: c.Alerts().Thresholds}
	var rows []thresholdRow
	for _, t := range config.AllThresholds() {
		row := thresholdRow{Name: t.String(), Value: say.Value(t), Off: "yes"}
		if t.Guard() {
			row.Off = "no"
		}
		var users []string
		for _, a := range rules.Alerts() {
			if len(built[a.Name]) > 0 && slices.Contains(a.Thresholds(c), t) {
				users = append(users, fmt.Sprintf("[%s](runbooks/%s.md)", a.Name, a.Name))
			}
		}
		row.UsedBy = strings.Join(users, ", ")
		rows = append(rows, row)
	}
	return rows
}

package alertmanager

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/common/model"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

//go:embed routes.md.tmpl
var pageText string

var pageTemplate = template.Must(template.New("routes").Parse(pageText))

// page is what docs/alerting-routes.md says of a configuration.
type page struct {
	Teams       []string
	Severities  []severityRow
	Hours       string // empty: there are none
	Fallback    string
	Inhibitions []inhibitionRow

	Watchdog, WatchdogRepeat    string
	WatchdogTold                bool
	ByQueue, ByRole, ByInstance string
}

type severityRow struct {
	Severity                            config.Severity
	Teams                               []string
	Usual, When, Wait, Interval, Repeat string
}

type inhibitionRow struct{ Causes, Effects, Same, Why string }

// Page is a page about routes and inhibitions, in Markdown.
func Page(c config.Validated) ([]byte, error) {
	t := tree{c.Alertmanager(), c.Alerts()}
	root := RouteTree(c)
	_, told := t.Routes.Watchdog.Receiver()
	p := page{
		Teams: slices.Sorted(maps.Keys(t.Teams)), Severities: t.rows(), Hours: spoken(t.WorkingHours),
		Fallback: code(root.Receiver), Inhibitions: inhibitionRows(c),
		Watchdog: code(receiverName(t.Routes.Watchdog)), WatchdogRepeat: human(t.RepeatWatchdog), WatchdogTold: told,
		ByQueue:    codes(t.identity(metric.LabelInstance, metric.LabelDB, metric.LabelQueue)),
		ByRole:     codes(t.identity(metric.LabelInstance, metric.LabelDB)),
		ByInstance: codes(t.identity(metric.LabelInstance)),
	}
	for i, team := range p.Teams {
		p.Teams[i] = tableEscapes.Replace(team)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("page of the routes: %w", err)
	}
	return b.Bytes(), nil
}

// rows are the severities.
func (t tree) rows() []severityRow {
	var rows []severityRow
	for _, s := range worstFirst {
		row := severityRow{Severity: s, Usual: code(receiverName(t.Routes.Of(s)))}
		told := row.Usual != code(nobody)
		for _, team := range slices.Sorted(maps.Keys(t.Teams)) {
			to := receiverName(t.destination(team, s))
			row.Teams, told = append(row.Teams, code(to)), told || to != nobody
		}
		if told {
			row.times(t, s)
		}
		rows = append(rows, row)
	}
	return rows
}

// times are when somebody is told, and how often.
func (r *severityRow) times(t tree, s config.Severity) {
	r.When, r.Wait, r.Interval, r.Repeat = "at any hour", human(t.GroupWait), human(t.GroupInterval), human(t.RepeatWarning)
	switch {
	case s == config.Critical:
		r.Wait, r.Interval, r.Repeat = human(t.CriticalGroupWait), human(t.CriticalGroupInterval), human(t.RepeatCritical)
	case t.WorkingHours != nil:
		r.When = "in working hours"
	}
}

// inhibitionRows are those of the table whose causes the configuration has.
func inhibitionRows(c config.Validated) []inhibitionRow {
	b := inhibitor{tree{c.Alertmanager(), c.Alerts()}, severities(c)}
	var rows []inhibitionRow
	for _, i := range inhibitions {
		causes := b.existing(i.Causes)
		if len(causes) == 0 || len(b.existing(i.Effects.all())) == 0 {
			continue
		}
		rows = append(rows, inhibitionRow{
			Causes: alertLinks(causes), Effects: b.spoken(i.Effects), Same: codes(identity(b.alerts, i.Same...)), Why: i.Why,
		})
	}
	return append(rows, inhibitionRow{
		"an alert", "the same with a lesser severity", "labels, but for `severity` and `window`", "The same about the same thing, and worse.",
	})
}

// existing are the alerts that are not off.
func (b inhibitor) existing(names []alert.Name) []alert.Name {
	return slices.DeleteFunc(slices.Clone(names), func(n alert.Name) bool { return len(b.severities[n]) == 0 })
}

// spoken lists effects for people.
func (b inhibitor) spoken(e Effects) string {
	switch {
	case len(e.Components) == 0:
		return codes(b.existing(e.Names))
	case len(e.Components) == len(measured):
		return "everything but " + codes(b.existing(e.But))
	}
	return "every alert of the component " + codes(e.Components) + " but " + codes(b.existing(e.But))
}

func alertLinks(names []alert.Name) string {
	links := make([]string, len(names))
	for i, n := range names {
		links[i] = fmt.Sprintf("[%s](runbooks/%[1]s.md)", n)
	}
	return strings.Join(links, ", ")
}

// spoken are working hours as people say them.
func spoken(h *config.WorkingHours) string {
	if h == nil {
		return ""
	}
	days := strings.ReplaceAll(strings.Join(h.Days, ", "), ":", " to ")
	return fmt.Sprintf("%s, %s to %s, %s", days, h.From, h.To, h.TimeZone)
}

var tableEscapes = strings.NewReplacer("|", `\|`, "\n", " ")

func code(s string) string { return "`" + tableEscapes.Replace(s) + "`" }

func codes[W ~string](all []W) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = code(string(s))
	}
	return strings.Join(quoted, ", ")
}

func human(d time.Duration) string { return model.Duration(d).String() }

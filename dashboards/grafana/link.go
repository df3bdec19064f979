package grafana

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"valkey-exporter/collector/metric"
)

// Link leads to a dashboard, with the time and the variables of this one. Of are
// the labels of the clicked series or row whose values are chosen there instead.
type Link struct {
	Title string
	UID   string
	Of    []metric.Label
}

// linked are the variables that a link passes on.
var linked = []metric.Label{metric.LabelJob, metric.LabelInstance, metric.LabelQueue}

// url is the address; of is how the values of the clicked thing are written.
func (l Link) url(of string) string {
	query := []string{"${datasource:queryparam}"}
	for _, v := range linked {
		part := "${" + string(v) + ":queryparam}"
		for _, label := range l.Of {
			if label == v {
				part = "var-" + string(v) + "=${" + of + "." + string(v) + ":percentencode}"
			}
		}
		query = append(query, part)
	}
	return "/d/" + l.UID + "?" + strings.Join(append(query, "${__url_time_range}"), "&")
}

// The places that a link takes labels from.
const (
	ofSeries = "__field.labels"
	ofRow    = "__data.fields"
)

// links of a panel's values, or none.
func (l Link) links(of string) []dashboard.DashboardLink {
	if l.UID == "" {
		return nil
	}
	link := *dashboard.NewDashboardLink()
	link.Title, link.Url = l.Title, new(l.url(of))
	return []dashboard.DashboardLink{bare(link)}
}

// bare leaves out where a link is placed: newer Grafana hides what the SDK's
// default says.
func bare(l dashboard.DashboardLink) dashboard.DashboardLink {
	l.Placement = nil
	return l
}

// menu are the links on top of each dashboard: to all of them, and to the runbooks.
func (p *Painter) menu() []dashboard.DashboardLink {
	all := *dashboard.NewDashboardLink()
	all.Title, all.Type, all.Tags = "Valkey dashboards", dashboard.DashboardLinkTypeDashboards, []string{Tag}
	all.IncludeVars, all.KeepTime, all.AsDropdown = true, true, true
	links := []dashboard.DashboardLink{bare(all)}
	if strings.Contains(p.alerts.RunbookURL, "://") {
		books := *dashboard.NewDashboardLink()
		books.Title, books.Type, books.Icon = "Runbooks", dashboard.DashboardLinkTypeLink, "doc"
		books.Url, books.TargetBlank = new(strings.TrimRight(strings.ReplaceAll(p.alerts.RunbookURL, "{name}", ""), "/")), true
		links = append(links, bare(books))
	}
	return links
}

// Tag is that of all our dashboards, by which they link to each other.
const Tag = "valkey"

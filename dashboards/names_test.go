package dashboards_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/dashboards"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/internal/querycheck"
	"valkey-exporter/rules"
)

func TestQueriesNameOnlyWhatExists(t *testing.T) {
	names := querycheck.Known()
	everywhere(t, func(t *testing.T, b board) {
		for where, expr := range b.queries() {
			for _, mistake := range names.Mistakes(variable.Replace(expr)) {
				t.Errorf("%s: %s", where, mistake)
			}
		}
		for _, v := range b.Templating.List {
			if v.Type != "query" {
				continue
			}
			m := regexp.MustCompile(`label_values\((.+), (\w+)\)`).FindStringSubmatch(string(v.Query))
			if m == nil || len(names.Mistakes(strings.ReplaceAll(m[1], `\"`, `"`))) > 0 || m[2] != v.Name {
				t.Errorf("variable %s: %s", v.Name, v.Query)
			}
		}
	})
}

var label = regexp.MustCompile(`{{(\w+)}}`)

// A label that a query does not yield is empty in the legend.
func TestLegendsNameOnlyLabelsOfTheResult(t *testing.T) {
	for _, c := range configurations(t) {
		for _, d := range dashboards.All(c) {
			for _, p := range d.Panels() {
				for _, q := range grafana.Queries(p) {
					for _, m := range label.FindAllStringSubmatch(q.Legend, -1) {
						if l := metric.Label(m[1]); l != "le" && !slices.Contains(q.Expr.Labels(), l) {
							t.Errorf("%s, %q: no label %s in %q", d.UID, grafana.HeadOf(p).Title, l, q.Expr.Labels())
						}
					}
				}
				linksNameLabels(t, d.UID, p)
			}
		}
	}
}

// linksNameLabels wants each label that a link passes on in the first query, which
// decides what is clicked.
func linksNameLabels(t *testing.T, uid string, p grafana.Panel) {
	t.Helper()
	head := grafana.HeadOf(p)
	for _, l := range head.Link.Of {
		if !slices.Contains(grafana.Queries(p)[0].Expr.Labels(), l) {
			t.Errorf("%s, %q: a link passes on %s, which is not in the result", uid, head.Title, l)
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		for _, p := range b.all() {
			links := p.FieldConfig.Defaults.Links
			for _, o := range p.FieldConfig.Overrides {
				for _, prop := range o.Properties {
					if all, ok := prop.Value.([]any); ok && prop.ID == "links" {
						for _, one := range all {
							links = append(links, one.(map[string]any))
						}
					}
				}
			}
			for _, l := range links {
				url := fmt.Sprint(l["url"])
				if l["title"] == "Runbook" && strings.HasPrefix(url, "https://wiki.example/${__data.fields.alertname") {
					continue
				}
				if !strings.HasPrefix(url, "/d/valkey-") || !strings.HasSuffix(url, "&${__url_time_range}") ||
					!strings.Contains(url, "${datasource:queryparam}") || !strings.Contains(url, "${job:queryparam}") && !strings.Contains(url, "var-job=") {
					t.Errorf("%q: a link loses the time or the variables: %s", p.Title, url)
				}
			}
		}
		for _, l := range b.Links {
			if l["type"] == "dashboards" && (l["includeVars"] != true || l["keepTime"] != true) || l["placement"] != nil {
				t.Errorf("the menu loses the time or the variables, or is hidden: %v", l)
			}
		}
	})
}

// A metric that nobody uses is either for reference, and marked so, or forgotten.
func TestEveryMetricIsReadOrMarkedAsReference(t *testing.T) {
	c := config.Default()
	marked := map[*metric.Metric]bool{}
	for _, f := range metric.ReferenceOnly() {
		if marked[f.Base()] {
			t.Errorf("%s is marked twice", f.Base())
		}
		marked[f.Base()] = true
	}
	shown := map[*metric.Metric]bool{}
	for _, d := range dashboards.All(c) {
		for _, p := range d.Panels() {
			for _, q := range grafana.Queries(p) {
				for _, m := range q.Expr.Metrics() {
					shown[m] = true
				}
			}
		}
	}
	for _, e := range dashboards.Events() {
		for _, m := range e.Expr.Metrics() {
			shown[m] = true
		}
	}
	readers, recorded := rules.Readers(c), rules.Recorded()
	for _, m := range metric.All() {
		switch read := len(readers[m]) > 0 || recorded[m] || shown[m]; {
		case read && marked[m]:
			t.Errorf("%s is marked as reference only, and is read: take it off the list", m)
		case !read && !marked[m]:
			t.Errorf("nothing reads %s: use it, or mark it in collector/metric/reference.go", m)
		}
	}
}

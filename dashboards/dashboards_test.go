package dashboards_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/dashboards"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/internal/querycheck"
	"valkey-exporter/rules"
)

// configurations are those that dashboards are looked at for.
func configurations(t *testing.T) map[string]config.Validated {
	t.Helper()
	return map[string]config.Validated{
		"the default":    config.Default(),
		"no queues":      parsed(t, "queues: []"),
		"no limits":      parsed(t, "queues: [{key: a, max_length: off, max_age: off}]"),
		"all kinds":      parsed(t, "queues: [{key: a}, {key: 'b\"c', db: 3}, {pattern: 'p:*', role: processing}, {key: d, role: dead_letter}]\nalerts: {jobs: [eu, u.s], runbook_url: 'https://wiki.example/{name}'}"),
		"alerts are off": parsed(t, "alerts: {severity: {ValkeyHighMemory: off, ValkeyMemoryCritical: off, QueueBackup: off, ValkeyDown: off}, thresholds: {hit_rate_low: off}}"),
	}
}

func parsed(t *testing.T, text string) config.Validated {
	t.Helper()
	c, err := config.Parse("test.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// built are the dashboards of a configuration as Grafana gets them.
func built(t *testing.T, c config.Validated) []board {
	t.Helper()
	files, err := dashboards.Files(c, dashboards.Kubernetes{})
	if err != nil {
		t.Fatal(err)
	}
	var all []board
	for _, d := range dashboards.All(c) {
		var b board
		if err := json.Unmarshal(files["provisioning/"+d.UID+".json"], &b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// board is a dashboard as it stands in the file.
type board struct {
	UID         string
	Title       string
	Description string
	Tags        []string
	Editable    *bool
	Time        struct{ From, To string }
	Panels      []boardPanel
	Templating  struct {
		List []struct {
			Name, Label, Type, AllValue string
			Hide, Refresh               int
			Multi, IncludeAll           bool
			Datasource                  *struct{ UID string }
			Query                       json.RawMessage
			Current                     json.RawMessage
		}
	}
	Annotations struct {
		List []map[string]any
	}
	Links []map[string]any
}

type boardPanel struct {
	ID                       int
	Type, Title, Description string
	Collapsed                bool
	GridPos                  dashboard.GridPos
	Datasource               *struct{ Type, UID string }
	Panels                   []boardPanel
	Targets                  []boardTarget
	FieldConfig              struct {
		Defaults struct {
			Unit, NoValue string
			Min           *float64
			Links         []map[string]any
			Mappings      []any
			Thresholds    struct{ Steps []map[string]any }
			Color         struct{ Mode string }
			Custom        map[string]any
		}
		Overrides []struct {
			Matcher    struct{ ID, Options string }
			Properties []struct {
				ID    string
				Value any
			}
		}
	}
	Options map[string]any
}

type boardTarget struct {
	RefID, Expr, LegendFormat, Format string
	Instant, Range                    bool
	Datasource                        *struct{ UID string }
}

// all are the panels of a dashboard, those of folded rows included.
func (b board) all() []boardPanel {
	var all []boardPanel
	for _, p := range b.Panels {
		if p.Type != "row" {
			all = append(all, p)
		}
		all = append(all, p.Panels...)
	}
	return all
}

// everywhere runs a test on each dashboard of each configuration.
func everywhere(t *testing.T, check func(t *testing.T, b board)) {
	t.Helper()
	for name, c := range configurations(t) {
		for _, b := range built(t, c) {
			t.Run(name+"/"+b.UID, func(t *testing.T) { check(t, b) })
		}
	}
}

// The links of alerts lead to these addresses, see rules/link.go.
func TestTheAddressesAreStable(t *testing.T) {
	var uids, titles []string
	for _, b := range built(t, config.Default()) {
		uids, titles = append(uids, b.UID), append(titles, b.Title)
	}
	want := []string{"valkey-overview", "valkey-server", "valkey-cache", "valkey-queues", "valkey-queue", "valkey-exporter"}
	if !slices.Equal(uids, want) {
		t.Errorf("uids %q, want %q", uids, want)
	}
	slices.Sort(titles)
	if len(slices.Compact(titles)) != len(want) {
		t.Errorf("two dashboards have the same title: %q", titles)
	}
	for _, g := range rules.Build(config.Default()) {
		for _, r := range g.Rules {
			uid, _, _ := strings.Cut(r.GrafanaURL[strings.LastIndex(r.GrafanaURL, "/")+1:], "?")
			if r.Record == "" && !slices.Contains(want, uid) {
				t.Errorf("%s leads to the dashboard %q, which does not exist", r.Alert, uid)
			}
		}
	}
}

func TestPanelsFillTheirLinesAndDoNotOverlap(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		taken := map[[2]uint32]string{}
		for _, p := range b.Panels {
			if p.Type == "row" && p.Collapsed != (len(p.Panels) > 0) {
				t.Errorf("row %q: collapsed %t with %d panels in it", p.Title, p.Collapsed, len(p.Panels))
			}
			occupy(t, taken, p)
		}
		full(t, b.UID, taken)
		for _, row := range b.Panels {
			inside := map[[2]uint32]string{}
			for _, p := range row.Panels {
				occupy(t, inside, p)
			}
			full(t, row.Title, inside)
		}
	})
}

func occupy(t *testing.T, taken map[[2]uint32]string, p boardPanel) {
	t.Helper()
	g := p.GridPos
	if g.H == 0 || g.W == 0 || g.X+g.W > 24 {
		t.Errorf("%q does not fit: %+v", p.Title, g)
	}
	for x := g.X; x < g.X+g.W; x++ {
		for y := g.Y; y < g.Y+g.H; y++ {
			if other, ok := taken[[2]uint32{x, y}]; ok {
				t.Fatalf("%q and %q overlap", p.Title, other)
			}
			taken[[2]uint32{x, y}] = p.Title
		}
	}
}

// full wants no gaps: each line is 24 wide, and none is missing.
func full(t *testing.T, where string, taken map[[2]uint32]string) {
	t.Helper()
	perLine := map[uint32]int{}
	for at := range taken {
		perLine[at[1]]++
	}
	for y, n := range perLine {
		if n != 24 {
			t.Errorf("%s: line %d is %d wide", where, y, n)
		}
	}
}

func TestIdsAndReferencesAreUnique(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		ids := map[int]string{}
		take := func(p boardPanel) {
			if other, ok := ids[p.ID]; ok || p.ID == 0 {
				t.Errorf("%q has the id %d, as %q", p.Title, p.ID, other)
			}
			ids[p.ID] = p.Title
			for i, target := range p.Targets {
				if want := string(rune('A' + i)); target.RefID != want {
					t.Errorf("%q: query %d is called %q", p.Title, i, target.RefID)
				}
			}
		}
		for _, p := range b.Panels {
			take(p)
			for _, inside := range p.Panels {
				take(inside)
			}
		}
	})
}

// A panel keeps its id when others come and go: people link to panels.
func TestIdsComeFromTheTitle(t *testing.T) {
	c := config.Default()
	d := dashboards.All(c)[1]
	before := idOf(t, c, d, "Average time of a command")
	d.Rows[0].Lines[0].Panels = slices.Clone(d.Rows[0].Lines[0].Panels)
	slices.Reverse(d.Rows[0].Lines[0].Panels)
	if after := idOf(t, c, d, "Average time of a command"); after != before {
		t.Errorf("the id was %d and is %d", before, after)
	}
}

func idOf(t *testing.T, c config.Validated, d grafana.Dashboard, title string) uint32 {
	t.Helper()
	made, err := grafana.For(c).Build(d, grafana.Options{Refresh: "30s"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range made.Panels {
		if p.Panel != nil && *p.Panel.Title == title {
			return *p.Panel.Id
		}
	}
	t.Fatalf("no panel %q", title)
	return 0
}

// judged are units that need no number format: text.
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

// draws says whether an override of a panel sets a property.
func draws(p boardPanel, property string) bool {
	for _, o := range p.FieldConfig.Overrides {
		for _, prop := range o.Properties {
			if prop.ID == property {
				return true
			}
		}
	}
	return false
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

var variable = strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h")

// ofDashboard are all queries of a dashboard with the titles of their panels,
// annotations included.
func (b board) queries() map[string]string {
	all := map[string]string{}
	for _, p := range b.all() {
		for _, target := range p.Targets {
			all[fmt.Sprintf("%s, %s", p.Title, target.RefID)] = target.Expr
		}
	}
	for _, a := range b.Annotations.List {
		if expr, ok := a["expr"].(string); ok {
			all[fmt.Sprintf("annotation %v", a["name"])] = expr
		}
	}
	return all
}

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

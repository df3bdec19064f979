package dashboards_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"valkey-exporter/config"
	"valkey-exporter/dashboards"
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

package rules_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/config"
	"valkey-exporter/rules"
	"valkey-exporter/rules/render"
)

// ruleFile is a rule file as Prometheus reads it.
type ruleFile struct{ Groups []fileGroup }

type fileGroup struct {
	Name  string
	Rules []fileRule
}

type fileRule struct {
	Record        string `yaml:",omitempty"`
	Alert         string `yaml:",omitempty"`
	Expr          string
	For           string            `yaml:",omitempty"`
	KeepFiringFor string            `yaml:"keep_firing_for,omitempty"`
	Labels        map[string]string `yaml:",omitempty"`
	Annotations   map[string]string `yaml:",omitempty"`
}

// written are the rules of a configuration after they were written and read
// again.
func written(t *testing.T, c config.Validated) []fileRule {
	t.Helper()
	var f ruleFile
	if err := yaml.Unmarshal(prometheusFile(t, c), &f); err != nil {
		t.Fatal(err)
	}
	var all []fileRule
	for _, g := range f.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func prometheusFile(t *testing.T, c config.Validated) []byte {
	t.Helper()
	text, err := render.Prometheus(rules.Build(c))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// parsed is a configuration.
func parsed(t *testing.T, text string) config.Validated {
	t.Helper()
	c, err := config.Parse("test.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// testFile is a file of tests for promtool.
type testFile struct {
	Tests []ruleTest
}

type ruleTest struct {
	Name        string
	InputSeries []struct{ Series, Values string } `yaml:"input_series"`
	Alerts      []alertTest                       `yaml:"alert_rule_test"`
	Queries     []struct{ Expr string }           `yaml:"promql_expr_test"`
}

type alertTest struct {
	At     string `yaml:"eval_time"`
	Name   string `yaml:"alertname"`
	Expect []struct {
		Labels      map[string]string `yaml:"exp_labels"`
		Annotations map[string]string `yaml:"exp_annotations"`
	} `yaml:"exp_alerts"`
}

// testFiles are the tests written by hand, by path.
func testFiles(t *testing.T) map[string]testFile {
	t.Helper()
	paths, err := filepath.Glob("tests/*.yml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no test files", err)
	}
	all := map[string]testFile{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var f testFile
		if err := yaml.Unmarshal(text, &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[path] = f
	}
	return all
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
)

func TestAConfigurationMakesItsOwnRules(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "exporter.yml")
	save(t, file, `
queues:
  - {key: mail, max_length: 7, severity: critical}
alerts:
  jobs: shop
  team: shopkeepers
  labels: {cluster: east}
  runbook_url: https://wiki.example/{name}
  grafana_url: https://grafana.example/
  thresholds: {memory_high: off}
`)
	if _, err := bundle(t, "--config.file", file, "--out", root); err != nil {
		t.Fatal(err)
	}
	rules := read(t, filepath.Join(root, "rules/generated/valkey.rules.yml"))
	for _, want := range []string{
		`job="shop"`, `queue="mail"`, "> 7\n", "team: shopkeepers", "cluster: east",
		"runbook_url: https://wiki.example/ValkeyDown\n", "https://grafana.example/d/valkey-server?",
	} {
		if !strings.Contains(rules, want) {
			t.Errorf("the rules lack %q", want)
		}
	}
	for _, not := range []string{"ValkeyHighMemory", "queue:high", `job="valkey"`} {
		if strings.Contains(rules, not) {
			t.Errorf("the rules contain %q", not)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "docs/runbooks/ValkeyHighMemory.md")); err == nil {
		t.Error("an alert that is off has a runbook")
	}
	if page := read(t, filepath.Join(root, "docs/metrics.md")); strings.Contains(page, "ValkeyHighMemory.md") || !strings.Contains(page, "ValkeyDown.md") {
		t.Error("docs/metrics.md links to the runbook of an alert that is off, or to none")
	}
	if out, err := bundle(t, "--config.file", file, "--out", root, "--check"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestABadConfigurationWritesNothing(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(t.TempDir(), "exporter.yml")
	save(t, file, "alerts: {thresholds: {memory_hihg: 0.8}, severity: {ValkeyDwn: off}}")
	_, err := bundle(t, "--config.file", file, "--out", root)
	if err == nil || !strings.Contains(err.Error(), ":1:") || !strings.Contains(err.Error(), "memory_high") || !strings.Contains(err.Error(), "ValkeyDown") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(root); len(left) > 0 {
		t.Errorf("something was written: %v", left)
	}
}

func TestAFormatAloneWritesNoOther(t *testing.T) {
	root := t.TempDir()
	if _, err := bundle(t, "--format", "operator", "--operator.name", "cache", "--operator.namespace", "monitoring",
		"--operator.label", "release=kube-prometheus-stack", "--out", root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "rules/generated/valkey.rules.yml")); err == nil {
		t.Error("rules for Prometheus were written too")
	}
	var resource struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct {
			Name, Namespace string
			Labels          map[string]string
		}
		Spec map[string]any
	}
	load(t, filepath.Join(root, "rules/generated/valkey.prometheusrule.yml"), &resource)
	m := resource.Metadata
	if resource.APIVersion != "monitoring.coreos.com/v1" || resource.Kind != "PrometheusRule" || m.Name != "cache" || m.Namespace != "monitoring" || m.Labels["release"] != "kube-prometheus-stack" {
		t.Errorf("got %+v", resource)
	}

	// What the operator hands to Prometheus is the spec, as it is.
	other := t.TempDir()
	if _, err := bundle(t, "--format", "prometheus", "--out", other); err != nil {
		t.Fatal(err)
	}
	var rules map[string]any
	load(t, filepath.Join(other, "rules/generated/valkey.rules.yml"), &rules)
	if marshal(t, resource.Spec) != marshal(t, rules) {
		t.Error("the two formats have different rules")
	}
}

func load(t *testing.T, path string, into any) {
	t.Helper()
	if err := yamlv3.Unmarshal([]byte(read(t, path)), into); err != nil {
		t.Fatal(err)
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := yamlv3.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLinksThatLeadNowhereAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "exporter.yml")
	for text, want := range map[string]int{
		"queues: []": 3,
		"alerts: {grafana_url: 'https://grafana.example'}":                                               2,
		"alerts: {grafana_url: 'https://grafana.example', runbook_url: 'https://wiki.example/r/{name}'}": 1,
		"alerts: {grafana_url: 'https://grafana.example', runbook_url: 'https://wiki.example/r/{name}'}\n" +
			"alertmanager: {receivers: {a: {webhook: {url: 'http://localhost/'}}, b: {webhook: {url: 'https://hook.example/'}}}, routes: {critical: a, warning: b, watchdog: off}}": 1,
		"alerts: {grafana_url: 'https://grafana.example', runbook_url: 'https://wiki.example/r/{name}'}\n" +
			"alertmanager: {receivers: {b: {webhook: {url: 'https://hook.example/'}}}, routes: {critical: b, warning: b, watchdog: off}}": 0,
	} {
		save(t, file, text)
		out, err := bundle(t, "--config.file", file, "--out", t.TempDir())
		if err != nil || strings.Count(out, "note: ") != want {
			t.Errorf("%s: want %d notes, got %v\n%s", text, want, err, out)
		}
	}
}

func TestAConfigurationMakesItsOwnRoutes(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "exporter.yml")
	save(t, file, `
alerts: {teams: {queue: jobs}}
alertmanager:
  receivers:
    phone: {pagerduty: {routing_key_file: /etc/am/pagerduty}}
    chat: {slack: {channel: "#jobs", api_url_file: /etc/am/slack}}
  routes: {critical: phone, warning: chat, watchdog: off}
  teams: {jobs: {critical: chat}}
`)
	if _, err := bundle(t, "--config.file", file, "--out", root, "--format", "operator"); err != nil {
		t.Fatal(err)
	}
	var made struct {
		Templates []string
		Route     struct{ Routes []struct{ Receiver string } }
		Receivers []struct{ Name string }
	}
	load(t, filepath.Join(root, "alertmanager/generated/alertmanager.yml"), &made)
	if len(made.Receivers) != 3 || len(made.Route.Routes) < 4 || made.Route.Routes[1].Receiver != "phone" {
		t.Errorf("got %+v", made)
	}
	// What the file names lies beside it.
	if found, err := filepath.Glob(filepath.Join(root, "alertmanager/generated", made.Templates[0])); err != nil || len(found) != 2 {
		t.Errorf("%v: found %v, %v", made.Templates, found, err)
	}
	if page := read(t, filepath.Join(root, "docs/alerting-routes.md")); !strings.Contains(page, "| `critical` | `chat` | `phone` | at any hour |") {
		t.Errorf("docs/alerting-routes.md does not say whom alerts reach:\n%s", page)
	}
	save(t, filepath.Join(root, "alertmanager/generated/templates/old.tmpl"), "{{/* of another version */}}\n")
	out, err := bundle(t, "--config.file", file, "--out", root, "--check")
	if err == nil || !strings.Contains(out, "templates/old.tmpl: is an orphan") {
		t.Errorf("%v\n%s", err, out)
	}
}

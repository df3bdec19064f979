//go:build unix

package alertmanager_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// programs are the versions of a program that the files are proved with: AMTOOL or
// ALERTMANAGER.
func programs(t *testing.T, name string) map[string]string {
	t.Helper()
	all := map[string]string{"newest": os.Getenv(name), "oldest": os.Getenv(name + "_OLDEST")}
	for version, path := range all {
		switch {
		case path == "none" && version == "oldest" && os.Getenv("CI") == "":
			delete(all, version) // this platform has no package of it
		case path == "" || path == "none":
			t.Fatalf("%s and %[1]s_OLDEST are not set: run make test", name)
		}
	}
	return all
}

// configurations are those that the routes and inhibitions are proved with. The file
// of each version has all that this version knows.
func configurations(t *testing.T, version string) map[string]config.Validated {
	t.Helper()
	full := map[string]string{"newest": "testdata/full.yml", "oldest": "testdata/oldest.yml"}[version]
	return map[string]config.Validated{
		"default": config.Default(), "full": loaded(t, full), "odd": loaded(t, "testdata/odd.yml"),
	}
}

func loaded(t *testing.T, path string) config.Validated {
	t.Helper()
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// written puts the files of a configuration into a folder, and returns the path of
// alertmanager.yml.
func written(t *testing.T, c config.Validated) string {
	t.Helper()
	files, err := alertmanager.Files(c)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for path, text := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "alertmanager.yml")
}

// amFile is alertmanager.yml as far as the tests read it.
type amFile struct {
	Route        routeNode
	InhibitRules []struct {
		Source []string `yaml:"source_matchers"`
		Target []string `yaml:"target_matchers"`
		Equal  []string
	} `yaml:"inhibit_rules"`
	Receivers []struct {
		Name string
		Ways map[string][]map[string]any `yaml:",inline"`
	}
}

type routeNode struct {
	Matchers []string
	Receiver string
	Active   []string `yaml:"active_time_intervals"`
	Mute     []string `yaml:"mute_time_intervals"`
	Routes   []routeNode
}

func read(t *testing.T, c config.Validated) amFile {
	t.Helper()
	text, err := alertmanager.File(c)
	if err != nil {
		t.Fatal(err)
	}
	var f amFile
	if err := yaml.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// node is an alert with one of its severities.
type node = alertmanager.Node

// nodes are all alerts of a configuration with each of their severities, in the order
// of the rules.
func nodes(c config.Validated) []node {
	var all []node
	seen := map[node]bool{}
	for _, g := range rules.Build(c) {
		for _, r := range g.Rules {
			n := node{Name: r.Alert, Severity: config.Severity(r.Labels["severity"])}
			if r.Alert != "" && !seen[n] {
				seen[n] = true
				all = append(all, n)
			}
		}
	}
	return all
}

// byName are the alerts.
var byName = func() map[alert.Name]*rules.Alert {
	all := map[alert.Name]*rules.Alert{}
	for _, a := range rules.Alerts() {
		all[a.Name] = a
	}
	return all
}()

// labelsOf are the labels of an alert that fires. Those that say what it is about have
// the value that is given for them, or else.
func labelsOf(c config.Validated, n node, value func(label string) string) map[string]string {
	a, alerts := byName[n.Name], c.Alerts()
	all := map[string]string{}
	for _, l := range a.Labels(c) {
		all[string(l)] = value(string(l))
	}
	for l := range alerts.Labels {
		all[l] = value(l)
	}
	all["alertname"], all["severity"] = string(n.Name), string(n.Severity)
	all["component"], all["team"] = string(a.Component), alerts.TeamOf(a.Component)
	return all
}

// matches evaluates the matchers of a file, independently of Alertmanager.
func matches(t *testing.T, matchers []string, labels map[string]string) bool {
	t.Helper()
	for _, m := range matchers {
		parts := regexp.MustCompile(`^([a-z_]+)(=~|!~|!=|=)"(.*)"$`).FindStringSubmatch(m)
		if parts == nil {
			t.Fatalf("matcher %s: not of the form label=\"value\"", m)
		}
		value := regexp.MustCompile(`\\(.)`).ReplaceAllString(parts[3], "$1")
		equal := labels[parts[1]] == value
		like := false
		if parts[2] == "=~" || parts[2] == "!~" {
			like = regexp.MustCompile("^(?:" + value + ")$").MatchString(labels[parts[1]])
		}
		if map[string]bool{"=": equal, "!=": !equal, "=~": like, "!~": !like}[parts[2]] {
			continue
		}
		return false
	}
	return true
}

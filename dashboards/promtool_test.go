package dashboards_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/config"
)

// Prometheus itself reads all queries, the oldest and the newest one.
func TestPrometheusReadsAllQueries(t *testing.T) {
	type rule struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	var all []rule
	for _, b := range built(t, config.Default()) {
		queries := b.queries()
		for _, where := range slices.Sorted(maps.Keys(queries)) {
			all = append(all, rule{fmt.Sprintf("query:%d", len(all)), "# " + where + "\n" + variable.Replace(queries[where])})
		}
	}
	file := filepath.Join(t.TempDir(), "queries.yml")
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "queries", "rules": all}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tool := range promtools(t) {
		out, err := exec.CommandContext(t.Context(), tool, "check", "rules", file).CombinedOutput()
		if err != nil || !strings.Contains(string(out), fmt.Sprintf("SUCCESS: %d rules found", len(all))) {
			t.Errorf("%s: %v\n%s", tool, err, out)
		}
	}
}

// promtools are the newest, and the oldest where there is one.
func promtools(t *testing.T) []string {
	t.Helper()
	newest, oldest := os.Getenv("PROMTOOL"), os.Getenv("PROMTOOL_OLDEST")
	switch {
	case newest == "" || oldest == "":
		t.Fatal("PROMTOOL and PROMTOOL_OLDEST are not set: run make test")
	case oldest != "none":
		return []string{newest, oldest}
	case os.Getenv("CI") != "":
		t.Fatal("no oldest promtool, which CI wants")
	}
	return []string{newest}
}

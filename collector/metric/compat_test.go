package metric_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

// beyondCompat are labels that redis_exporter adds on newer servers than the
// Valkey 8.0 of the list.
var beyondCompat = []string{"valkey_release_stage"}

// Dashboards and alerts written for redis_exporter keep working only while
// each of its families is here with the same type and labels.
func TestCatalogueHasWhatRedisExporterHas(t *testing.T) {
	ours := map[string]*metric.Metric{}
	for _, m := range metric.All() {
		ours[m.Name()] = m
	}
	families := compatFamilies(t)
	if len(families) != 187 {
		t.Errorf("testdata/compat.tsv: %d families, want 187", len(families))
	}
	for _, want := range families {
		m := ours[want.name]
		if m == nil {
			t.Errorf("%s: missing", want.name)
			continue
		}
		if got := strings.ToLower(m.Type().String()); got != want.kind {
			t.Errorf("%s: type %s, want %s", want.name, got, want.kind)
		}
		if got := labelNames(m); !slices.Equal(got, want.labels) {
			t.Errorf("%s: labels %q, want %q", want.name, got, want.labels)
		}
	}
}

type family struct {
	name, kind string
	labels     []string
}

func compatFamilies(t *testing.T) []family {
	t.Helper()
	text, err := os.ReadFile("testdata/compat.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var families []family
	for line := range strings.Lines(string(text)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(columns) != 4 {
			continue
		}
		f := family{name: columns[0], kind: columns[1]}
		if columns[2] != "" {
			f.labels = strings.Split(columns[2], ",")
		}
		families = append(families, f)
	}
	return families
}

func labelNames(m *metric.Metric) []string {
	var names []string
	for _, l := range m.Labels() {
		if !slices.Contains(beyondCompat, string(l)) {
			names = append(names, string(l))
		}
	}
	return names
}

package metric_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

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

// redis_exporter has these with --check-streams. All of them are gauges there,
// also what only grows.
func TestStreamsAreNamedAsInRedisExporter(t *testing.T) {
	stream, group := []string{"db", "stream"}, []string{"db", "group", "stream"}
	for _, want := range []struct {
		name   string
		labels []string
	}{
		{"redis_stream_length", stream},
		{"redis_stream_groups", stream},
		{"redis_stream_group_consumers", group},
		{"redis_stream_group_entries_read", group},
		{"redis_stream_group_lag", group},
		{"redis_stream_group_messages_pending", group},
	} {
		i := slices.IndexFunc(metric.All(), func(m *metric.Metric) bool { return m.Name() == want.name })
		if i < 0 {
			t.Errorf("%s: missing", want.name)
			continue
		}
		if m := metric.All()[i]; m.Type() != dto.MetricType_GAUGE || !slices.Equal(labelNames(m), want.labels) {
			t.Errorf("%s: labels %q, want a gauge with %q", m, labelNames(m), want.labels)
		}
	}
}

//go:build unix

package collector_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"valkey-exporter/collector/metric"
)

// findings are what a linter says of names that are fixed. Whatever else it
// finds is a mistake.
func findings() []finding {
	const (
		spec   = "the specification fixes the name"
		compat = "redis_exporter has this name and type"

		abbreviated = "metric names should not contain abbreviated units"
		noTotal     = `counter metrics should have "_total" suffix`
		total       = `non-counter metrics should not have "_total" suffix`
	)
	return []finding{
		{"redis_aof_current_rewrite_duration_sec", abbreviated, compat},
		{"redis_aof_delayed_fsync", noTotal, "redis_exporter has this name, as a gauge; it only grows"},
		{"redis_aof_last_rewrite_duration_sec", abbreviated, spec},
		{"redis_current_eviction_exceeded_time_ms", abbreviated, compat},
		{"redis_dump_payload_sanitizations", noTotal, compat},
		{"redis_eviction_exceeded_time_ms_total", abbreviated, compat},
		{"redis_expire_cycle_cpu_time_ms_total", abbreviated, compat},
		{"redis_instantaneous_eventloop_cycles_per_sec", abbreviated, compat},
		{"redis_instantaneous_ops_per_sec", abbreviated, spec},
		{"redis_io_threaded_reads_processed", noTotal, compat},
		{"redis_io_threaded_writes_processed", noTotal, compat},
		{"redis_last_key_groups_scrape_duration_milliseconds", `use base unit "seconds" instead of "milliseconds"`, compat},
		{"redis_memory_used_vm_total", total, compat},
		{"redis_migrate_cached_sockets_total", total, compat},
		{"redis_rdb_current_bgsave_duration_sec", abbreviated, compat},
		{"redis_rdb_last_bgsave_duration_sec", abbreviated, compat},
		{"redis_rdb_saves_total", total, compat},
		{"redis_total_error_replies", noTotal, compat},
		{"redis_total_reads_processed", noTotal, compat},
		{"redis_total_writes_processed", noTotal, compat},
		{"redis_unexpected_error_replies", noTotal, compat},
	}
}

type finding struct{ name, text, reason string }

func (f finding) String() string { return f.name + " " + f.text }

// wanted are the findings about families that are in a scrape, sorted.
func wanted(list []*dto.MetricFamily) []string {
	here := exposed(list)
	var lines []string
	for _, f := range findings() {
		if _, ok := here[f.name]; ok {
			lines = append(lines, f.String())
		}
	}
	slices.Sort(lines)
	return lines
}

func TestEveryFindingHasAReasonAndAMetric(t *testing.T) {
	names := map[string]bool{}
	for _, m := range metric.All() {
		names[m.Name()] = true
	}
	for _, f := range findings() {
		if !names[f.name] || f.reason == "" {
			t.Errorf("%s: not in the catalogue, or no reason", f.name)
		}
	}
}

func TestLinterFindsOnlyNamesThatAreFixed(t *testing.T) {
	for _, version := range versions() {
		list := families(t, scrapeOf(t, version))
		problems, err := promlint.New(bytes.NewReader(exposition(t, list))).Lint()
		if err != nil {
			t.Errorf("%s: %v", version, err)
		}
		var got []string
		for _, p := range problems {
			got = append(got, p.Metric+" "+p.Text)
		}
		slices.Sort(got)
		if diff := cmp.Diff(wanted(list), got); diff != "" {
			t.Errorf("%s: -want +got\n%s", version, diff)
		}
	}
}

func TestPromtoolFindsOnlyNamesThatAreFixed(t *testing.T) {
	promtool := findPromtool(t)
	for _, version := range versions() {
		text, err := os.ReadFile(filepath.Join(golden, version+".prom"))
		if err != nil {
			t.Fatal(err)
		}
		check := exec.CommandContext(t.Context(), promtool, "check", "metrics")
		check.Stdin = bytes.NewReader(text)
		out, err := check.CombinedOutput()
		if err != nil && check.ProcessState.ExitCode() != 3 { // 3: it has findings
			t.Errorf("%s: %v\n%s", version, err, out)
		}
		got := strings.Split(strings.TrimSpace(string(out)), "\n")
		slices.Sort(got)
		if diff := cmp.Diff(wanted(families(t, scrapeOf(t, version))), got); diff != "" {
			t.Errorf("%s: -want +got\n%s", version, diff)
		}
	}
}

// findPromtool takes what make test has prepared. In CI nothing else will do.
func findPromtool(t *testing.T) string {
	t.Helper()
	candidates := []string{"promtool", "../.cache/bin/promtool"}
	if path := os.Getenv("PROMTOOL"); path != "" {
		candidates = []string{path}
	} else if os.Getenv("CI") != "" {
		t.Fatal("PROMTOOL is not set: run make test")
	}
	for _, candidate := range candidates {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	t.Fatalf("promtool is in none of %q: run make test", candidates)
	return ""
}

func TestExpositionIsReadAsItWasMeant(t *testing.T) {
	for _, version := range versions() {
		list := families(t, scrapeOf(t, version))
		parser := expfmt.NewTextParser(model.LegacyValidation)
		parsed, err := parser.TextToMetricFamilies(bytes.NewReader(exposition(t, list)))
		if err != nil {
			t.Errorf("%s: %v", version, err)
			continue
		}
		var again []*dto.MetricFamily
		for _, name := range slices.Sorted(maps.Keys(parsed)) {
			again = append(again, parsed[name])
		}
		if diff := cmp.Diff(string(exposition(t, list)), string(exposition(t, again))); diff != "" {
			t.Errorf("%s: families are not sorted by name, or do not survive: -want +got\n%s", version, diff)
		}
	}
}

// Gatherers refuse what Prometheus would: two series with equal labels, labels
// that are not UTF-8, a family of two types.
func TestClientLibraryAcceptsEveryScrape(t *testing.T) {
	for _, version := range versions() {
		list := families(t, scrapeOf(t, version))
		gatherer := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return list, nil })
		if _, err := (prometheus.Gatherers{gatherer}).Gather(); err != nil {
			t.Errorf("%s: %v", version, err)
		}
		for _, f := range list {
			for _, m := range f.GetMetric() {
				if !slices.IsSortedFunc(m.GetLabel(), func(a, b *dto.LabelPair) int { return strings.Compare(a.GetName(), b.GetName()) }) {
					t.Errorf("%s: %s: labels are not sorted: %s", version, f.GetName(), m)
				}
			}
		}
	}
}

// A histogram's buckets grow, up to its count.
func TestHistogramsAreConsistent(t *testing.T) {
	for _, version := range versions() {
		for _, f := range families(t, scrapeOf(t, version)) {
			for _, m := range f.GetMetric() {
				h, last := m.GetHistogram(), uint64(0)
				for _, b := range h.GetBucket() {
					if b.GetCumulativeCount() < last || b.GetCumulativeCount() > h.GetSampleCount() {
						t.Errorf("%s: %s: %v", version, f.GetName(), h)
					}
					last = b.GetCumulativeCount()
				}
			}
		}
	}
}

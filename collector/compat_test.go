//go:build unix

package collector_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
	"valkey-exporter/internal/testserver"
)

// family is what dashboards and alerts rely on: name, type and labels.
type family struct {
	name, kind string
	labels     []string
}

// compatFamilies are those of redis_exporter on Valkey 8.0, without those of
// the exporter's own process.
func compatFamilies(t *testing.T) []family {
	t.Helper()
	text, err := os.ReadFile("metric/testdata/compat.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var list []family
	for line := range strings.Lines(string(text)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 4 || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "process_") {
			continue
		}
		f := family{name: columns[0], kind: columns[1]}
		if columns[2] != "" {
			f.labels = strings.Split(columns[2], ",")
		}
		list = append(list, f)
	}
	return list
}

// exposed are the families of a scrape, by name, with all labels that any of
// their samples has.
func exposed(list []*dto.MetricFamily) map[string]family {
	byName := map[string]family{}
	for _, f := range list {
		labels := map[string]bool{}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = true
			}
		}
		byName[f.GetName()] = family{f.GetName(), strings.ToLower(f.GetType().String()), slices.Sorted(maps.Keys(labels))}
	}
	return byName
}

func TestScrapeOfValkey80HasAllThatRedisExporterHas(t *testing.T) {
	got := exposed(families(t, scrapeOf(t, "valkey-8.0.1")))
	want := compatFamilies(t)
	if len(want) != 187-9 {
		t.Errorf("%d families to compare, want 187 less 9 of the process", len(want))
	}
	for _, f := range want {
		if diff := cmp.Diff(f, got[f.name], cmp.AllowUnexported(family{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", f.name, diff)
		}
	}
}

// An older server does not send every field. A family must be there exactly
// when what it is read from is.
func TestScrapeOfRedis70LacksOnlyWhatTheServerDoesNotSend(t *testing.T) {
	snap := scrapeOf(t, "redis-7.0.15")
	got := exposed(families(t, snap))
	sources := map[string]metric.Source{}
	for _, m := range metric.All() {
		sources[m.Name()] = m.Source()
	}
	missing := 0
	for _, f := range compatFamilies(t) {
		field, plain := sources[f.name].(metric.Field)
		_, sent := snap.Info.Fields[field.Key]
		_, here := got[f.name]
		if here != (sent || !plain) {
			t.Errorf("%s: in the scrape: %v, %s sent: %v", f.name, here, sources[f.name], sent)
		}
		if !here {
			missing++
			t.Logf("%s: Redis 7.0 does not send %s", f.name, field)
		}
	}
	if missing != 19 {
		t.Errorf("%d families are missing, want the 19 that Redis 7.0 does not send", missing)
	}
}

// emitted collects every family that any of the scrapes of this test has.
func emitted(t *testing.T) map[string]family {
	t.Helper()
	all := map[string]family{}
	for _, version := range versions() {
		maps.Copy(all, exposed(families(t, scrapeOf(t, version))))
	}
	primary := testserver.Valkey(t, "--min-replicas-to-write", "1")
	replica := testserver.Replica(t, primary)
	primary.WaitForInfo(fmt.Sprintf("slave0:ip=%s,port=%d,state=online", replica.Host, replica.Port))
	for _, server := range []*testserver.Server{primary, replica} {
		maps.Copy(all, exposed(families(t, scrape(t, server.Addr))))
	}
	replica.Must(t, "ACL", "SETUSER", "default", "-slowlog", "-acl")
	maps.Copy(all, exposed(families(t, scrape(t, replica.Addr))))
	primary.Stop()
	replica.WaitForInfo("master_link_down_since_seconds:")
	maps.Copy(all, exposed(families(t, scrape(t, replica.Addr))))
	return all
}

// rare are the metrics that none of those scrapes has, by circumstance. They
// are described in TestRareStatesAreDescribed.
func rare() map[string][]string {
	return map[string][]string{
		"while the server loads its data set": {
			"redis_loading_start_time_seconds", "redis_loading_total_bytes", "redis_loading_rdb_used_mem_bytes", "redis_loading_loaded_bytes",
			"redis_loading_loaded_ratio", "redis_loading_eta_seconds",
		},
		"while the server shuts down": {"redis_shutdown_remaining_seconds"},
		"on a replica during a full synchronisation": {
			"redis_master_sync_total_bytes", "redis_master_sync_read_bytes", "redis_master_sync_left_bytes", "redis_master_sync_ratio",
			"redis_master_sync_last_io_seconds",
		},
		"on Valkey 9.1 with I/O threads": {"redis_active_time_io_thread_seconds_total"},
		"on Valkey 9.1 with certificates": {
			"redis_tls_server_cert_expires_in_seconds", "redis_tls_client_cert_expires_in_seconds", "redis_tls_ca_cert_expires_in_seconds",
		},
	}
}

func TestEveryMetricIsSeenAndEverySeenOneIsInTheCatalogue(t *testing.T) {
	got := emitted(t)
	expected := map[string]string{} // circumstance by name
	for when, names := range rare() {
		for _, name := range names {
			expected[name] = when
		}
	}
	for _, m := range metric.All() {
		if _, library := m.Source().(metric.Library); library {
			continue
		}
		f, seen := got[m.Name()]
		when, excused := expected[m.Name()]
		switch {
		case seen && excused:
			t.Errorf("%s was seen, and is on the list of what occurs only %s", m, when)
		case !seen && !excused:
			t.Errorf("%s was in no scrape", m)
		case seen:
			compareWithCatalogue(t, m, f)
		}
		delete(got, m.Name())
		delete(expected, m.Name())
	}
	if len(got)+len(expected) > 0 {
		t.Errorf("not in the catalogue: %v, %v", got, expected)
	}
}

// compareWithCatalogue allows labels to be missing: one without a value is
// left out.
func compareWithCatalogue(t *testing.T, m *metric.Metric, f family) {
	t.Helper()
	if f.kind != strings.ToLower(m.Type().String()) {
		t.Errorf("%s: exposed as %s", m, f.kind)
	}
	for _, l := range f.labels {
		if !slices.Contains(m.Labels(), metric.Label(l)) {
			t.Errorf("%s: has label %s, which the catalogue does not know", m, l)
		}
	}
}

package collector_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
)

// described are the samples of a snapshot as "name{labels} value".
func described(t *testing.T, s valkey.Snapshot) []string {
	t.Helper()
	return samplesOf(t, s, collector.State{})
}

func samplesOf(t *testing.T, s valkey.Snapshot, state collector.State) []string {
	t.Helper()
	page, err := collector.Describe(s, state)
	list := page.Families
	if err != nil {
		t.Error(err)
	}
	var text bytes.Buffer
	for _, f := range list {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			t.Fatal(err)
		}
	}
	var samples []string
	for line := range strings.Lines(text.String()) {
		if !strings.HasPrefix(line, "#") {
			samples = append(samples, strings.TrimSuffix(line, "\n"))
		}
	}
	return samples
}

// snapshotWith is a snapshot of a server that sent these lines of INFO.
func snapshotWith(t *testing.T, lines ...string) valkey.Snapshot {
	t.Helper()
	info, err := valkey.ParseInfo("# Test\n" + strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return valkey.Snapshot{Up: true, At: time.Unix(1000, 0), Info: info, Slowlog: valkey.Slowlog{Length: valkey.NotSent}}
}

func TestRareStatesAreDescribed(t *testing.T) {
	for name, tc := range map[string]struct{ info, want string }{
		"loading": {
			"loading:1 loading_start_time:1795399139 loading_total_bytes:2000 loading_rdb_used_mem:3000 loading_loaded_bytes:500 loading_loaded_perc:25.00 loading_eta_seconds:7",
			"redis_loading_dump_file 1|redis_loading_start_time_seconds 1.795399139e+09|redis_loading_total_bytes 2000|redis_loading_rdb_used_mem_bytes 3000|" +
				"redis_loading_loaded_bytes 500|redis_loading_loaded_ratio 0.25|redis_loading_eta_seconds 7",
		},
		"shutting down": {"shutdown_in_milliseconds:1500", "redis_shutdown_remaining_seconds 1.5"},
		"replica in a full synchronisation": {
			"role:slave master_host:10.0.0.1 master_port:6379 master_link_status:down master_last_io_seconds_ago:-1 master_sync_in_progress:1 slave_repl_offset:5 slave_read_only:1 " +
				"master_sync_total_bytes:400 master_sync_read_bytes:100 master_sync_left_bytes:300 master_sync_perc:25.00 master_sync_last_io_seconds_ago:2 master_link_down_since_seconds:9",
			`redis_master_link_up{master_host="10.0.0.1",master_port="6379"} 0|redis_master_sync_in_progress{master_host="10.0.0.1",master_port="6379"} 1|` +
				`redis_slave_info{master_host="10.0.0.1",master_port="6379",read_only="1"} 1|redis_slave_repl_offset{master_host="10.0.0.1",master_port="6379"} 5|` +
				"redis_master_sync_total_bytes 400|redis_master_sync_read_bytes 100|redis_master_sync_left_bytes 300|redis_master_sync_ratio 0.25|redis_master_sync_last_io_seconds 2",
		},
		"primary with replicas": {
			"slave0:ip=10.0.0.7,port=6380,state=online,offset=1234,lag=1,type=replica connected_slaves:1",
			`redis_connected_slave_lag_seconds{slave_ip="10.0.0.7",slave_port="6380",slave_state="online"} 1|` +
				`redis_connected_slave_offset_bytes{slave_ip="10.0.0.7",slave_port="6380",slave_state="online"} 1234|redis_connected_slaves 1`,
		},
		"I/O threads":  {"used_active_time_io_thread_1:0.25", `redis_active_time_io_thread_seconds_total{thread="1"} 0.25`},
		"certificates": {"tls_server_cert_expires_in_seconds:86400 tls_client_cert_expires_in_seconds:0", "redis_tls_server_cert_expires_in_seconds 86400"},
		"failures": {
			"rdb_last_bgsave_status:err aof_last_write_status:err aof_last_bgrewrite_status:ok",
			"redis_rdb_last_bgsave_status 0|redis_aof_last_write_status 0|redis_aof_last_bgrewrite_status 1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := described(t, snapshotWith(t, strings.Fields(tc.info)...))
			for sample := range strings.SplitSeq(tc.want, "|") {
				if !slices.Contains(got, sample) {
					t.Errorf("%s is missing from\n%s", sample, strings.Join(got, "\n"))
				}
			}
			if strings.Contains(strings.Join(got, "\n"), "client_cert_expires") {
				t.Error("a certificate that is not there expires")
			}
		})
	}
}

func TestWithoutAServerNothingIsMadeUp(t *testing.T) {
	never := valkey.Share(func(ctx context.Context) valkey.Snapshot { <-ctx.Done(); return valkey.Snapshot{} })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, sample := range described(t, never.Snapshot(ctx)) {
		name, _, _ := strings.Cut(strings.ReplaceAll(sample, "{", " "), " ")
		ours := strings.HasPrefix(name, "redis_exporter_") && !strings.Contains(name, "probe")
		known := []string{"redis_up", "redis_last_key_groups_scrape_duration_milliseconds", "redis_target_scrape_request_errors_total"}
		if !ours && !slices.Contains(known, name) {
			t.Errorf("%s, although nothing is known", sample)
		}
	}
}

func TestWordThatTheCatalogueDoesNotKnowCostsItsMetricAndFailsTheSource(t *testing.T) {
	s := snapshotWith(t, "rdb_last_bgsave_status:maybe", "used_memory:1", "hz:"+strings.Repeat("9", 1<<20))
	s.Sources[valkey.SourceInfo].Asked = true
	page, err := collector.Describe(s, collector.State{})
	list := page.Families
	if err == nil || !strings.Contains(err.Error(), `INFO persistence: rdb_last_bgsave_status: want ok or err, got "maybe"`) || len(err.Error()) > 2000 {
		t.Errorf("got an error of %d bytes: %.200v", len(err.Error()), err)
	}
	names := map[string]float64{}
	for _, f := range list {
		names[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	if _, ok := names["redis_rdb_last_bgsave_status"]; ok || names["redis_memory_used_bytes"] != 1 || names["redis_exporter_source_success"] != 0 {
		t.Errorf("got %v", names)
	}
}

func TestHitRateIsThatOfTheApplication(t *testing.T) {
	for name, tc := range map[string]struct {
		hits, misses string
		own          valkey.Lookups
		want         string
	}{
		"no exporter look-ups": {"90", "10", valkey.Lookups{}, "redis_hit_rate 0.9"},
		"with them":            {"190", "110", valkey.Lookups{Hits: 100, Misses: 100}, "redis_hit_rate 0.9"},
		"all missed":           {"100", "10", valkey.Lookups{Hits: 100}, "redis_hit_rate 0"},
		"none but ours":        {"100", "50", valkey.Lookups{Hits: 100, Misses: 50}, ""},
		"none at all":          {"0", "0", valkey.Lookups{}, ""},
		"not known":            {"10", "10", valkey.Lookups{Hits: valkey.NotSent, Misses: valkey.NotSent}, ""},
	} {
		s := snapshotWith(t, "keyspace_hits:"+tc.hits, "keyspace_misses:"+tc.misses)
		s.Probes = tc.own
		got := ""
		for _, sample := range described(t, s) {
			if strings.HasPrefix(sample, "redis_hit_rate") {
				got = sample
			}
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

package main

import (
	"slices"
	"strings"
	"testing"

	"valkey-exporter/internal/testserver"
)

// passing are the families that may change although nobody uses the server: by
// the passing of time, or because a scrape is some work for both. A star
// stands for the rest of a name.
var passing = map[string][]string{
	"clocks": {
		"redis_uptime_in_seconds", "redis_server_time_seconds", "redis_exporter_discovery_age_seconds",
		"redis_db_avg_ttl_seconds", "redis_queue_oldest_message_age_seconds", "redis_queue_stalled_seconds",
		"redis_queue_processing_oldest_age_seconds", "redis_exporter_queue_look_age_seconds", "redis_exporter_class_walk_age_seconds",
		"redis_exporter_client_list_*",
	},
	"processor time": {"redis_cpu_*", "redis_eventloop_*", "redis_instantaneous_*", "redis_expire_cycle_cpu_time_ms_total"},
	"our own commands": {
		"redis_commands_total", "redis_commands_processed_total", "redis_commands_duration_seconds_total", "redis_commands_latencies_usec_*",
		"redis_latency_percentiles_usec*", "redis_net_input_bytes_total", "redis_net_output_bytes_total",
		"redis_total_reads_processed", "redis_total_writes_processed", "redis_keyspace_hits_total", "redis_keyspace_misses_total",
		"redis_exporter_probe_keyspace_hits_total", "redis_exporter_probe_keyspace_misses_total",
	},
	"our own duration": {
		"redis_exporter_last_scrape_duration_seconds", "redis_exporter_scrape_duration_seconds_*", "redis_exporter_scrapes_total",
		"redis_exporter_source_duration_seconds", "redis_exporter_queue_look_duration_seconds_*", "redis_exporter_queue_look_server_seconds_total",
	},
	"memory of buffers": {
		"redis_memory_used_*", "redis_memory_fragmentation_ratio", "redis_mem_*", "redis_allocator_*", "redis_rss_overhead_*",
		"redis_client_recent_max_*", "redis_reply_buffer_*",
	},
	"our own process": {"go_*", "process_*"},
}

// may reports whether a family is one of the passing ones.
func may(family string) bool {
	for _, names := range passing {
		if slices.ContainsFunc(names, func(name string) bool {
			prefix, open := strings.CutSuffix(name, "*")
			return family == name || open && strings.HasPrefix(family, prefix)
		}) {
			return true
		}
	}
	return false
}

func TestTwoScrapesOfAnIdleServerDifferOnlyInWhatTimeChanges(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--slowlog-log-slower-than", "-1")
		server.Must(t, "LPUSH", "queue:high", "1", "2")
		server.Must(t, "SADD", "queue:processing:worker1", "a")
		server.Must(t, "SET", "text", "1", "EX", "3600")
		s := start(t, nil, "--valkey.addr="+server.Addr)
		wantFound(t, s, 1)
		eventually(t, "each queue was looked into", func() bool {
			got := s.scrape(t) // the first knows no types
			return got["redis_exporter_queues_observed"] == 6 && got["redis_exporter_queue_look_duration_seconds_count"] >= 1
		})
		before, after := s.scrape(t), s.scrape(t)
		for _, pair := range [][2]series{{before, after}, {after, before}} {
			for id, v := range pair[0] {
				if w, ok := pair[1][id]; (!ok || w != v) && !may(familyOf(id)) {
					t.Errorf("%s changes from %v to %v (there: %v)", id, v, w, ok)
				}
			}
		}
		after.want(t, length("queue:high"), 2)
	})
}

package metric_test

import (
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

// suffixes are the ends of a name (without _total) and the units they promise.
// The first that fits counts.
var suffixes = []struct {
	suffix string
	units  []metric.Unit
}{
	{"_timestamp_seconds", []metric.Unit{metric.Timestamp}},
	{"_time_seconds", []metric.Unit{metric.Timestamp, metric.Seconds}},
	{"_seconds", []metric.Unit{metric.Seconds}},
	{"_bytes", []metric.Unit{metric.Bytes}},
	{"_ratio", []metric.Unit{metric.Ratio}},
	{"_percentage", []metric.Unit{metric.Percent}},
	{"_milliseconds", []metric.Unit{metric.Milliseconds}},
	{"_ms", []metric.Unit{metric.Milliseconds}},
	{"_usec", []metric.Unit{metric.Microseconds}},
	{"_sec", []metric.Unit{metric.Seconds, metric.PerSecond}},
	{"_kbps", []metric.Unit{metric.KiBPerSecond}},
	{"_info", []metric.Unit{metric.Info}},
}

// unitWithoutSuffix are names that do not tell their unit.
var unitWithoutSuffix = []struct {
	reason string
	names  []string
}{
	{"the specification fixes the name", []string{"redis_hit_rate"}},
	{"redis_exporter has this name", []string{
		"redis_active_defrag_running",
		"redis_aof_buffer_length",
		"redis_config_maxmemory",
		"redis_config_repl_backlog_size",
		"redis_configured_hz",
		"redis_hz",
		"redis_latency_spike_last",
		"redis_master_last_io_seconds_ago",
		"redis_master_repl_offset",
		"redis_mem_clients_normal",
		"redis_mem_clients_slaves",
		"redis_memory_used_vm_total",
		"redis_module_fork_last_cow_size",
		"redis_repl_backlog_first_byte_offset",
		"redis_second_repl_offset",
		"redis_slave_repl_offset",
		"redis_uptime_in_seconds",
	}},
	{"named like its neighbour that redis_exporter has", []string{"redis_clients_hz", "redis_slave_read_repl_offset"}},
	{"the labels are the message and the series goes when it is no longer true", []string{
		"redis_exporter_command_unavailable", "redis_exporter_queue_unreadable",
	}},
}

func TestUnitAgreesWithName(t *testing.T) {
	for _, m := range metric.All() {
		units, promised := promise(m.Name())
		switch {
		case promised && !slices.Contains(units, m.Unit()):
			t.Errorf("%s: unit %q, but its name promises %q", m, m.Unit(), units)
		case !promised && tellsInName(m.Unit()) && !excepted(m.Name()):
			t.Errorf("%s: unit %q does not show in the name", m, m.Unit())
		}
	}
}

func TestUnitExceptionsAreNeeded(t *testing.T) {
	byName := map[string]*metric.Metric{}
	for _, m := range metric.All() {
		byName[m.Name()] = m
	}
	for _, e := range unitWithoutSuffix {
		for _, name := range e.names {
			if m := byName[name]; m == nil || !tellsInName(m.Unit()) {
				t.Errorf("%s (%s): no such metric, or it has no unit to tell", name, e.reason)
			}
		}
	}
}

func promise(name string) ([]metric.Unit, bool) {
	name = strings.TrimSuffix(name, "_total")
	for _, s := range suffixes {
		if strings.HasSuffix(name, s.suffix) {
			return s.units, true
		}
	}
	return nil, false
}

func tellsInName(u metric.Unit) bool { return u != metric.None && u != metric.Bool }

func excepted(name string) bool {
	for _, e := range unitWithoutSuffix {
		if slices.Contains(e.names, name) {
			return true
		}
	}
	return false
}

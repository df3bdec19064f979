package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// Each command of a scrape may be forbidden by itself. It costs its own
// source; it is named; and it is asked once, because each attempt is an entry
// in the server's ACL LOG.
func TestCommandThatTheUserMayNotRun(t *testing.T) {
	for _, c := range []struct {
		denied  string
		command string // as the metric names it
		source  valkey.Source
		lost    string // a family that is missing
	}{
		{"config|get", "CONFIG GET", valkey.SourceConfig, "redis_config_maxmemory"},
		{"latency|histogram", "LATENCY HISTOGRAM", valkey.SourceLatencyHistogram, "redis_commands_latencies_usec_count"},
		{"latency|latest", "LATENCY LATEST", valkey.SourceLatencyLatest, "redis_latency_spike_last"},
		{"slowlog|len", "SLOWLOG LEN", valkey.SourceSlowlog, "redis_slowlog_length"},
		{"slowlog|get", "SLOWLOG GET", valkey.SourceSlowlog, "redis_slowlog_last_id"},
		{"llen", "LLEN", valkey.SourceQueues, "redis_list_length"},
		{"type", "TYPE", valkey.SourceQueues, "redis_queue_length"},
	} {
		t.Run(c.denied, func(t *testing.T) {
			server := testserver.Valkey(t)
			server.Must(t, "LPUSH", "jobs", "1")
			server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-"+c.denied)
			s := watchingAs(t, server)
			for range 4 {
				got := s.scrape(t)
				got.want(t, "redis_up", 1)
				got.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
				got.wantSources(t, c.source)
				got.want(t, fmt.Sprintf("redis_exporter_command_unavailable{command=%q,reason=\"denied\"}", c.command), 1)
				if n := len(got.of("redis_exporter_command_unavailable")); n != 1 {
					t.Errorf("%d commands are named, want 1", n)
				}
				got.wantNone(t, c.lost)
			}
			wantDenied(t, server, 1)
			s.log.wantLines(t, 1, "level=WARN", "part="+c.source.String(), "docs/acl.md")
			s.log.wantLines(t, 1, "level=WARN")
		})
	}
}

func TestUserWhoMayNotRunInfo(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "LPUSH", "jobs", "1")
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-info")
	s := watchingAs(t, server)
	for range 4 {
		got := s.scrape(t)
		got.want(t, "redis_up", 1)
		got.wantError(t, valkey.KindDenied)
		got.wantSources(t, valkey.SourceInfo)
		got.want(t, `redis_exporter_command_unavailable{command="INFO",reason="denied"}`, 1)
		got.want(t, "redis_config_maxmemory", 0)
		got.want(t, `redis_list_length{db="db0",list="jobs"}`, 1)
		got.wantNone(t, "redis_memory_used_bytes")
	}
	wantDenied(t, server, 2) // once in the handshake, once in the scrape
	s.log.wantLines(t, 1, "level=WARN", "reason=denied", "docs/acl.md")
}

func TestUserWhoMayNotScan(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-scan")
	s := watchingAs(t, server, "queues: [{pattern: 'jobs:*'}]", "discovery: {interval: 1s}")
	eventually(t, "SCAN is named", func() bool {
		return s.scrape(t)[`redis_exporter_command_unavailable{command="SCAN",reason="denied"}`] == 1
	})
	got := s.scrape(t)
	got.wantUp(t)
	got.want(t, `redis_exporter_discovery_complete{db="db0"}`, 0)
	got.wantNone(t, "redis_exporter_discovery_age_seconds")
	wantDenied(t, server, 1)
	s.log.wantLines(t, 1, "level=WARN", "walking over the keys failed", "reason=denied")
}

func TestUserWhoMayNotReadAKey(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "LPUSH", "jobs", "1")
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "%R~jobs", "+@all")
		s := watchingAs(t, server, "queues: [{key: jobs}, {key: private}]")
		for range 3 {
			got := s.scrape(t)
			got.wantUp(t)
			got.want(t, `redis_list_length{db="db0",list="jobs"}`, 1)
			got.want(t, `redis_exporter_queue_unreadable{db="db0",queue="private",reason="denied"}`, 1)
			got.want(t, `redis_exporter_queue_errors_total{reason="denied"}`, 1)
			got.wantNone(t, `redis_list_length{db="db0",list="private"}`)
			got.wantNone(t, "redis_exporter_command_unavailable")
		}
		if log := server.Must(t, "ACL", "LOG").([]any); len(log) != 1 {
			t.Errorf("%d refusals, want 1", len(log))
		}
	})
}

// A right that is granted later is used without a restart.
func TestDeniedCommandIsAskedAgainNowAndThen(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-config|get")
	s := watchingAs(t, server, "queues: []", "scrape: {retry_denied_after: 1s}")
	s.scrape(t).wantSources(t, valkey.SourceConfig)
	server.Must(t, "ACL", "SETUSER", "watcher", "+config|get")
	eventually(t, "CONFIG GET works", func() bool {
		time.Sleep(50 * time.Millisecond)
		return s.scrape(t)[`redis_exporter_source_success{source="config"}`] == 1
	})
	got := s.scrape(t)
	got.want(t, "redis_config_maxmemory", 0)
	got.wantNone(t, "redis_exporter_command_unavailable")
	s.log.wantLines(t, 1, "part of the scrape works again", "part=config")
}

// The specification disables CONFIG in production.
func TestServerWithoutConfig(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--rename-command", "CONFIG", "")
		server.Must(t, "SET", "a", "1")
		s := watching(t, server.Addr)
		for range 3 {
			got := s.scrape(t)
			got.want(t, "redis_up", 1)
			got.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
			got.wantSources(t, valkey.SourceConfig)
			got.want(t, `redis_exporter_command_unavailable{command="CONFIG GET",reason="unknown"}`, 1)
			got.want(t, `redis_db_keys{db="db0"}`, 1)
			got.want(t, "redis_slowlog_length", 0)
			got.want(t, `redis_list_length{db="db0",list="jobs"}`, 0)
		}
		info := server.Must(t, "INFO", "errorstats").(string)
		if !strings.Contains(info, "errorstat_ERR:count=1\r") {
			t.Errorf("want one error on the server, got %q", info)
		}
		s.log.wantLines(t, 1, "level=WARN", "part=config", `hint="the command was renamed or disabled`)
		s.log.wantLines(t, 1, "level=WARN")
	})
}

// watchingAs runs an exporter as the user watcher.
func watchingAs(t *testing.T, server *testserver.Server, yaml ...string) *subject {
	t.Helper()
	if len(yaml) == 0 {
		yaml = []string{"queues: [{key: jobs}]"}
	}
	if !slices.ContainsFunc(yaml, func(line string) bool { return strings.HasPrefix(line, "observe:") }) {
		yaml = append(yaml, "observe: {interval: off}") // one story at a time
	}
	if !slices.ContainsFunc(yaml, func(line string) bool { return strings.Contains(line, "classes:") }) {
		yaml = append(yaml, "classes: {interval: off}")
	}
	if !slices.ContainsFunc(yaml, func(line string) bool { return strings.Contains(line, "clients:") }) {
		yaml = append(yaml, "clients: {interval: off}")
	}
	if !slices.ContainsFunc(yaml, func(line string) bool { return strings.Contains(line, "latency:") }) {
		yaml = append(yaml, "latency: {interval: off}")
	}
	return start(t, environment{"VALKEY_USER": "watcher", "VALKEY_PASSWORD": "secret"},
		"--valkey.addr="+server.Addr, "--config.file="+configFile(t, strings.Join(yaml, "\n")))
}

// wantDenied checks how many commands the server has refused.
func wantDenied(t *testing.T, server *testserver.Server, n int) {
	t.Helper()
	info := server.Must(t, "INFO", "stats").(string)
	line := fmt.Sprintf("acl_access_denied_cmd:%d\r", n)
	if !slices.Contains(strings.SplitAfter(info, "\r"), "\n"+line) {
		t.Errorf("want %s, got %q\n%v", line, info, server.Must(t, "ACL", "LOG"))
	}
}

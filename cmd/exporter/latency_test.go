package main

import (
	"net/http"
	"strings"
	"testing"

	"valkey-exporter/internal/testserver"
)

// closely looks every second, and does nothing else by itself.
const closely = "queues: [{key: jobs}]\nobserve: {interval: off}\nclasses: {interval: off}\nlatency: {interval: 1s}"

// What was slow is counted by its command; what the application sent is nowhere.
func TestSlowCommandsAreCountedAndNotRepeated(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		const secret = "s3cr3t-in-an-argument"
		server := startServer("--slowlog-log-slower-than", "5000", "--enable-debug-command", "yes")
		server.Must(t, "DEBUG", "SLEEP", "0.006")
		s := watching(t, server.Addr, "--config.file="+configFile(t, closely))
		eventually(t, "the slow log was looked into", func() bool { return len(s.scrape(t).of("redis_slowlog_lost_entries_total")) == 1 })
		got := s.scrape(t)
		got.wantNone(t, "redis_slowlog_entries_total")
		got.want(t, "redis_slowlog_duration_seconds_count", 0)
		for range 2 {
			server.Must(t, "EVAL", "for i = 1, 3000000 do end return redis.call('ECHO', ARGV[1])", "1", secret, secret)
		}
		server.Must(t, "DEBUG", "SLEEP", "0.006")
		eventually(t, "the slow commands were counted", func() bool { return s.scrape(t)["redis_slowlog_duration_seconds_count"] == 3 })
		got = s.scrape(t)
		got.want(t, `redis_slowlog_entries_total{cmd="eval"}`, 2)
		got.want(t, `redis_slowlog_entries_total{cmd="debug"}`, 1)
		got.want(t, "redis_slowlog_lost_entries_total", 0)
		got.want(t, `redis_slowlog_duration_seconds_bucket{le="0.005"}`, 0)
		for _, path := range []string{"/", "/metrics"} {
			if text := request(t, http.MethodGet, s.url+path).body; strings.Contains(text, secret) || !strings.Contains(text, "debug") {
				t.Errorf("%s tells the argument of a command, or not its name", path)
			}
		}
		if log := s.log.String(); strings.Contains(log, secret) {
			t.Errorf("the log has it: %s", log)
		}
		if n := got["redis_exporter_ping_duration_seconds_count"]; n < 2 {
			t.Errorf("%v round trips were timed", n)
		}
	})
}

func TestObjectivesStandBesideWhatMissesThem(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--enable-debug-command", "yes")
		s := watching(t, server.Addr, "--config.file="+configFile(t, `
observe: {interval: off}
classes: {interval: off}
latency: {interval: off, objectives: [{command: debug, p50: 1ms, p99: 100ms}, {command: get, p99: 1s}, {command: set, p50: 0.2ms}]}`))
		server.Must(t, "DEBUG", "SLEEP", "0.005")
		server.Must(t, "GET", "a")
		server.Must(t, "GET", "a")
		got := s.scrape(t)
		got.want(t, `redis_latency_objective_seconds{cmd="debug",percentile="50"}`, 0.001)
		got.want(t, `redis_latency_objective_exceeded_total{cmd="debug",percentile="50"}`, 1)
		got.want(t, `redis_latency_objective_exceeded_total{cmd="debug",percentile="99"}`, 0)
		got.want(t, `redis_latency_objective_exceeded_total{cmd="get",percentile="99"}`, 0)
		got.want(t, `redis_commands_latencies_usec_count{cmd="get"}`, 2)
		got.wantNone(t, `redis_latency_objective_exceeded_total{cmd="set",percentile="50"}`) // nobody has sent one
		got.wantNone(t, "redis_exporter_ping_duration_seconds_count")
		got.wantNone(t, "redis_slowlog_lost_entries_total")
		server.Must(t, "ACL", "SETUSER", "default", "-latency")
		got = s.scrape(t)
		got.want(t, `redis_latency_objective_seconds{cmd="debug",percentile="50"}`, 0.001)
		got.wantNone(t, "redis_latency_objective_exceeded_total") // unknown, not met
		got.want(t, `redis_exporter_command_unavailable{command="LATENCY HISTOGRAM",reason="denied"}`, 1)
	})
}

// The counters go on when the configuration changes; other objectives are other series.
func TestLatencyIsReconfigured(t *testing.T) {
	server := testserver.Valkey(t, "--slowlog-log-slower-than", "5000", "--enable-debug-command", "yes")
	path := configFile(t, closely)
	s := watching(t, server.Addr, "--config.file="+path)
	eventually(t, "the slow log was looked into", func() bool { return len(s.scrape(t).of("redis_slowlog_lost_entries_total")) == 1 })
	server.Must(t, "DEBUG", "SLEEP", "0.006")
	eventually(t, "the slow command was counted", func() bool { return s.scrape(t)["redis_slowlog_duration_seconds_count"] == 1 })
	rewrite(t, path, strings.Replace(closely, "1s}", "2s, objectives: []}", 1))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	got := s.scrape(t)
	got.want(t, "redis_slowlog_duration_seconds_count", 1)
	got.wantNone(t, "redis_latency_objective_seconds")
	rewrite(t, path, strings.Replace(closely, "1s}", "off}", 1))
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	s.scrape(t).wantNone(t, "redis_slowlog_duration_seconds_count")
}

// What the exporter may not ask is unknown, and named once.
func TestUserWhoMayNotReadTheSlowLog(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-slowlog", "-latency")
		s := watchingAs(t, server, strings.Split(closely, "\n")...)
		eventually(t, "round trips are timed", func() bool { return s.scrape(t)["redis_exporter_ping_duration_seconds_count"] >= 2 })
		got := s.scrape(t)
		for _, family := range []string{"redis_slowlog_entries_total", "redis_slowlog_lost_entries_total", "redis_slowlog_duration_seconds_count", "redis_latency_objective_exceeded_total"} {
			got.wantNone(t, family)
		}
		got.want(t, `redis_exporter_command_unavailable{command="SLOWLOG GET",reason="denied"}`, 1)
		// Four commands of a scrape, and the one of the loop, once each.
		if errors := server.Must(t, "INFO", "errorstats").(string); !strings.Contains(errors, "errorstat_NOPERM:count=5\r") {
			t.Errorf("want five refusals, got %q", errors)
		}
	})
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/config/audit"
	"valkey-exporter/internal/testserver"
)

// specified are the flags of a server as in the specification, which all versions
// know.
var specified = []string{
	"--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru", "--lazyfree-lazy-eviction", "yes",
	"--appendonly", "yes", "--save", "", "--io-threads", "4", "--io-threads-do-reads", "yes", "--tcp-keepalive", "300",
}

func compliant(parameter string) string {
	return fmt.Sprintf("redis_config_compliant{parameter=%q}", parameter)
}

func finding(c audit.Check) string { return fmt.Sprintf("redis_config_finding{finding=%q}", c) }
func check(c audit.Check) string   { return fmt.Sprintf("redis_security_check{check=%q}", c) }

func unknownCheck(c audit.Check, reason string) string {
	return fmt.Sprintf("redis_security_check_unknown{check=%q,reason=%q}", c, reason)
}

// wantValues checks series that differ in a label only.
func wantValues[K any](t *testing.T, s series, series func(K) string, want float64, of ...K) {
	t.Helper()
	for _, k := range of {
		s.want(t, series(k), want)
	}
}

var (
	findings = audit.Checks()[:4]
	checks   = audit.Checks()[4:]
)

// A change at the server is in the next scrape.
func TestAChangeOfTheConfigurationIsSeenByTheNextScrape(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(specified...)
		s := watching(t, server.Addr)
		got := s.scrape(t)
		for _, id := range got.of("redis_config_compliant") {
			got.want(t, id, 1)
		}
		if n := len(got.of("redis_config_compliant")); n != 17 {
			t.Errorf("%d settings are judged, want 17", n)
		}
		for _, c := range []struct{ parameter, drifted, shown, expected, before string }{
			{"maxmemory-policy", "noeviction", "noeviction", "allkeys-lru", "allkeys-lru"},
			{"maxmemory", "0", "0", "> 0", "256mb"},
			{"timeout", "60", "60", "0", "0"},
			{"save", "3600 1", "3600 1", `""`, ""},
			{"client-output-buffer-limit", "pubsub 0 0 0", "normal 0 0 0 slave 268435456 67108864 60 pubsub 0 0 0", "normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60", "pubsub 32mb 8mb 60"},
			{"appendonly", "no", "no", "yes", "yes"},
		} {
			server.Must(t, "CONFIG", "SET", c.parameter, c.drifted)
			got := s.scrape(t)
			got.want(t, compliant(c.parameter), 0)
			got.want(t, fmt.Sprintf("redis_config_parameter_info{actual=%q,expected=%q,parameter=%q}", c.shown, c.expected, c.parameter), 1)
			server.Must(t, "CONFIG", "SET", c.parameter, c.before)
			s.scrape(t).want(t, compliant(c.parameter), 1)
		}
	})
}

// A parameter that the server does not have is not judged.
func TestAnUnknownParameterIsAbsent(t *testing.T) {
	server := scripted(t, nil) // Valkey 8.0
	s := watching(t, server.Addr)
	s.scrape(t).want(t, compliant("io-threads-do-reads"), 1)
	server.Reply("CONFIG GET", []byte("*2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n"))
	got := s.scrape(t)
	if all := got.of("redis_config_compliant"); !slices.Equal(all, []string{compliant("timeout")}) {
		t.Errorf("the server knows one parameter, and judged are %q", all)
	}
	got.wantNone(t, "redis_config_finding")
	got.want(t, unknownCheck(audit.TLS, "not_told"), 1)
	got.want(t, unknownCheck(audit.ProtectedMode, "not_told"), 1)
	got.wantNone(t, "redis_security_exposed")
}

func TestSettingsThatAreWrongTogether(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer(specified...)
		s := watching(t, server.Addr)
		wantValues(t, s.scrape(t), finding, 0, findings...)
		server.Must(t, "LPUSH", "jobs", "1")
		s.scrape(t).want(t, finding(audit.QueuesEvictable), 1)
		server.Must(t, "DEL", "jobs")
		s.scrape(t).want(t, finding(audit.QueuesEvictable), 1) // a worker was quick
		server.Must(t, "CONFIG", "SET", "maxmemory-policy", "noeviction")
		s.scrape(t).want(t, finding(audit.QueuesEvictable), 0)
		server.Must(t, "CONFIG", "SET", "appendonly", "no")
		server.Must(t, "CONFIG", "SET", "maxmemory", "0")
		got := s.scrape(t)
		wantValues(t, got, finding, 1, audit.QueuesNotPersisted, audit.NothingPersisted, audit.MemoryUnlimited)
		server.Must(t, "CONFIG", "SET", "save", "3600 1")
		wantValues(t, s.scrape(t), finding, 0, audit.QueuesNotPersisted, audit.NothingPersisted)
	})
}

// Queues count as used for an hour.
func TestQueuesThatNobodyUsesHaveNothingToLose(t *testing.T) {
	server := testserver.Valkey(t)
	s := watching(t, server.Addr)
	s.scrape(t).want(t, finding(audit.QueuesNotPersisted), 0)
	server.Must(t, "LPUSH", "jobs", "1")
	s.scrape(t).want(t, finding(audit.QueuesNotPersisted), 1)
	server.Must(t, "DEL", "jobs")
	s.mu.Lock()
	s.queuesUsed = time.Now().Add(-usedFor)
	s.mu.Unlock()
	s.scrape(t).want(t, finding(audit.QueuesNotPersisted), 0)
}

// A server as it comes: anybody on its host may do anything, others nothing.
func TestADefaultServerIsNotSecure(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		got := watching(t, startServer("--bind", "* -::*", "--enable-debug-command", "no").Addr).scrape(t)
		got.want(t, "redis_security_exposed", 1)
		wantValues(t, got, check, 0, audit.DefaultUserPassword, audit.TLS, audit.CommandFlushall, audit.CommandFlushdb, audit.CommandConfig, audit.CommandKeys)
		wantValues(t, got, check, 1, audit.ProtectedMode, audit.CommandDebug)
		got.wantNone(t, "redis_security_check_unknown")
	})
	t.Run("on loopback", func(t *testing.T) {
		got := watching(t, testserver.Valkey(t, "--protected-mode", "no").Addr).scrape(t)
		got.want(t, "redis_security_exposed", 0)
		wantValues(t, got, check, 1, audit.ProtectedMode, audit.TLS)
		wantValues(t, got, check, 0, audit.CommandDebug, audit.DefaultUserPassword)
	})
	t.Run("without protection", func(t *testing.T) {
		got := watching(t, testserver.Valkey(t, "--bind", "*", "--protected-mode", "no").Addr).scrape(t)
		wantValues(t, got, check, 0, audit.ProtectedMode, audit.TLS, audit.DefaultUserPassword)
	})
}

func TestAHardenedServerPassesEveryCheck(t *testing.T) {
	ways := map[string][]string{
		"rights":   {"--user", "default", "on", ">PASSWORD", "~*", "&*", "+@all", "-@dangerous", "+info", "+config|get", "+acl|getuser", "+slowlog", "+latency"},
		"renaming": {"--requirepass", "PASSWORD", "--rename-command", "FLUSHALL", "", "--rename-command", "FLUSHDB", "", "--rename-command", "KEYS", "x", "--rename-command", "DEBUG", ""},
	}
	for way, flags := range ways {
		t.Run(way, func(t *testing.T) {
			testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
				args := append([]string{"--enable-debug-command", "no"}, flags...)
				server := startServer(args...)
				s := start(t, environment{"VALKEY_PASSWORD": "PASSWORD"}, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, "queues: []"))
				got := s.scrape(t)
				want := slices.Clone(checks)
				if way == "renaming" {
					got.want(t, check(audit.CommandConfig), 0) // the exporter itself needs CONFIG
					want = slices.DeleteFunc(want, func(c audit.Check) bool { return c == audit.CommandConfig })
				}
				wantValues(t, got, check, 1, want...)
				got.wantNone(t, "redis_security_check_unknown")
			})
		})
	}
}

// What the exporter may not ask is unknown, and never fine.
func TestWhatIsHiddenFromTheExporterIsUnknown(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--protected-mode", "no", "--bind", "*")
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-acl", "-config", "-latency", "-slowlog|len", "-command")
		s := watchingAs(t, server)
		for range 3 {
			got := s.scrape(t)
			got.want(t, "redis_up", 1)
			wantValues(t, got, func(c audit.Check) string { return unknownCheck(c, "denied") }, 1, checks...)
			for _, family := range []string{"redis_security_check", "redis_config_compliant", "redis_config_parameter_info", "redis_config_finding", "redis_security_exposed"} {
				got.wantNone(t, family)
			}
			for _, command := range []string{"ACL GETUSER", "COMMAND INFO", "CONFIG GET"} {
				got.want(t, fmt.Sprintf("redis_exporter_command_unavailable{command=%q,reason=\"denied\"}", command), 1)
			}
		}
		s.log.wantLines(t, 1, "level=WARN", "part=acl", "docs/acl.md")
	})
}

// Part of it may be told.
func TestWhatIsHiddenInPartIsUnknownInPart(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">secret", "~*", "+@all", "-command")
	got := watchingAs(t, server).scrape(t)
	wantValues(t, got, check, 0, audit.DefaultUserPassword)
	wantValues(t, got, check, 1, audit.TLS, audit.ProtectedMode)
	got.want(t, unknownCheck(audit.CommandKeys, "denied"), 1)
	got.want(t, compliant("timeout"), 1)
}

func TestTheAuditCanBeTurnedOff(t *testing.T) {
	server := testserver.Valkey(t)
	var checks, baseline []string
	for _, c := range audit.Checks() {
		checks = append(checks, c.String()+": off")
	}
	for _, p := range audit.Parameters() {
		baseline = append(baseline, p.String()+": any")
	}
	yaml := fmt.Sprintf("queues: []\naudit: {interval: off, checks: {%s}, baseline: {%s}}", strings.Join(checks, ", "), strings.Join(baseline, ", "))
	got := watching(t, server.Addr, "--config.file="+configFile(t, yaml)).scrape(t)
	for _, family := range []string{"redis_security_check", "redis_security_check_unknown", "redis_config_compliant", "redis_config_parameter_info", "redis_config_finding"} {
		got.wantNone(t, family)
	}
	got.wantNone(t, `redis_exporter_source_success{source="acl"}`)
	if stats := server.Must(t, "INFO", "commandstats").(string); strings.Contains(stats, "acl|getuser") {
		t.Error("it is off, and the server was asked")
	}
}

// Nothing that could be a secret is shown, whatever the server has.
func TestTheAuditShowsNoSecret(t *testing.T) {
	const secret = "s3cr3t-of-the-server"
	server := testserver.Valkey(t, "--requirepass", secret, "--masterauth", secret, "--masteruser", secret)
	s := start(t, environment{"VALKEY_PASSWORD": secret}, "--valkey.addr="+server.Addr)
	s.scrape(t)
	r := request(t, "GET", s.url+s.settings.metricsPath)
	for _, hidden := range []string{secret, "requirepass", "masterauth"} {
		if strings.Contains(r.body, hidden) {
			t.Errorf("the metrics hold %q", hidden)
		}
	}
	hash := server.Must(t, "ACL", "GETUSER", "default").([]any)
	for i, name := range hash {
		if name != "passwords" {
			continue
		}
		for _, h := range hash[i+1].([]any) {
			if text := fmt.Sprint(h); len(text) < 64 || strings.Contains(r.body, text) {
				t.Errorf("the metrics hold the hash of a password, or there is none: %q", text)
			}
		}
	}
}

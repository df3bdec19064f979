package collector_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/audit"
)

// hardened is a server without a finding: as the specification has it, with a
// password and TLS, and with users that may do what they need.
func hardened() valkey.Snapshot {
	s := valkey.Snapshot{Up: true, Config: map[string]string{
		"maxmemory": "268435456", "maxmemory-policy": "allkeys-lru", "maxmemory-samples": "5", "lazyfree-lazy-eviction": "yes",
		"appendonly": "yes", "appendfsync": "everysec", "no-appendfsync-on-rewrite": "no", "auto-aof-rewrite-percentage": "100",
		"auto-aof-rewrite-min-size": "67108864", "save": "", "repl-backlog-size": "10485760", "tcp-backlog": "511", "timeout": "0",
		"tcp-keepalive": "300", "io-threads": "4", "io-threads-do-reads": "yes",
		"client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
		"bind":                       "10.0.0.5 -::1", "port": "0", "tls-port": "6379", "protected-mode": "yes", "enable-debug-command": "no",
	}}
	s.Access.User = &valkey.User{On: true, Rules: [][]string{{"+@all", "-@dangerous"}}}
	for _, name := range []string{"flushall", "flushdb", "config|set", "keys", "debug"} {
		s.Access.Commands = append(s.Access.Commands, valkey.ServerCommand{Name: name, Exists: true, Categories: []string{"@dangerous"}})
	}
	return s
}

// judged are the samples of the audit: "finding queues_evictable" is 0 or 1.
func judged(t *testing.T, s valkey.Snapshot, a *collector.Audit) map[string]float64 {
	t.Helper()
	page, err := collector.Describe(s, collector.State{Now: goldenTime, Audit: a})
	if err != nil {
		t.Fatal(err)
	}
	short := map[string]string{
		"redis_config_compliant": "", "redis_config_finding": "finding ", "redis_security_check": "check ",
		"redis_security_check_unknown": "unknown ", "redis_security_exposed": "exposed",
	}
	all := map[string]float64{}
	for _, f := range page.Families {
		prefix, ours := short[f.GetName()]
		for _, m := range f.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, l.GetValue())
			}
			if ours {
				all[prefix+strings.Join(values, " ")] = m.GetGauge().GetValue()
			}
		}
	}
	return all
}

func lookedAt() *collector.Audit {
	a := config.Default().Audit()
	return &collector.Audit{Baseline: a.Baseline, Checks: a.Checks, Rights: true}
}

// bad are the names of what is not as it should be, sorted.
func bad(all map[string]float64) []string {
	maps.DeleteFunc(all, func(name string, v float64) bool {
		finding := strings.HasPrefix(name, "finding ") || name == "exposed"
		unknown := strings.HasPrefix(name, "unknown ")
		return !unknown && finding == (v == 0)
	})
	return slices.Sorted(maps.Keys(all))
}

func TestAHardenedServerHasNoFinding(t *testing.T) {
	all := judged(t, hardened(), lookedAt())
	if n := len(all); n != 17+4+8+1 {
		t.Errorf("%d samples, want one for each setting that is expected, finding and check, and where it listens: %v", n, all)
	}
	if got := bad(all); !slices.Equal(got, []string{"exposed"}) {
		t.Errorf("not as it should be: %q", got)
	}
}

func TestWhatIsWrongIsFound(t *testing.T) {
	set := func(parameter, value string) func(*valkey.Snapshot, *collector.Audit) {
		return func(s *valkey.Snapshot, _ *collector.Audit) { s.Config[parameter] = value }
	}
	queues := func(_ *valkey.Snapshot, a *collector.Audit) { a.QueuesUsed = true }
	user := func(u valkey.User) func(*valkey.Snapshot, *collector.Audit) {
		return func(s *valkey.Snapshot, _ *collector.Audit) { s.Access.User = &u }
	}
	for _, c := range []struct {
		what    string
		changes []func(*valkey.Snapshot, *collector.Audit)
		want    string // beside exposed
	}{
		{"another policy", changes(set("maxmemory-policy", "noeviction")), "maxmemory-policy"},
		{"no limit", changes(set("maxmemory", "0")), "finding memory_unlimited, maxmemory"},
		{"queues may be evicted", changes(queues), "finding queues_evictable"},
		{"they may not without a limit", changes(queues, set("maxmemory", "0")), "finding memory_unlimited, maxmemory"},
		{"queues are lost at a restart", changes(queues, set("appendonly", "no"), set("maxmemory-policy", "noeviction")), "appendonly, finding nothing_persisted, finding queues_not_persisted, maxmemory-policy"},
		{"the cache is lost at a restart", changes(set("appendonly", "no")), "appendonly, finding nothing_persisted"},
		{"snapshots are enough", changes(set("appendonly", "no"), set("save", "3600 1")), "appendonly, save"},
		{"no password", changes(user(valkey.User{On: true, NoPass: true, Rules: [][]string{{"-@all"}}})), "check default_user_password"},
		{"a default user that is off may be anything", changes(user(valkey.User{NoPass: true, Rules: [][]string{{"+@all"}}})), ""},
		{"all commands but those that do not exist", changes(user(valkey.User{On: true, Rules: [][]string{{"+@all"}}}), func(s *valkey.Snapshot, _ *collector.Audit) {
			s.Access.Commands[0].Exists, s.Access.Commands[2].Exists = false, false
		}), "check command_flushdb, check command_keys"},
		{"debugging is enabled", changes(user(valkey.User{On: true, Rules: [][]string{{"-@all", "+debug"}}}), set("enable-debug-command", "local")), "check command_debug"},
		{"protected mode is off", changes(set("protected-mode", "no")), "check protected_mode"},
		{"anybody can read along", changes(set("port", "6379")), "check tls"},
	} {
		s, a := hardened(), lookedAt()
		for _, change := range c.changes {
			change(&s, a)
		}
		got := slices.DeleteFunc(bad(judged(t, s, a)), func(name string) bool { return name == "exposed" })
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s, -want +got\n%s", c.what, diff)
		}
	}
}

func changes(all ...func(*valkey.Snapshot, *collector.Audit)) []func(*valkey.Snapshot, *collector.Audit) {
	return all
}

func TestWhereAServerListens(t *testing.T) {
	for _, c := range []struct {
		bind, port, tlsPort string
		exposed, tls        any // nil: unknown
	}{
		{"* -::*", "6379", "0", 1.0, 0.0},
		{"* -::*", "0", "6379", 1.0, 1.0},
		{"* -::*", "6379", "6380", 1.0, 0.0},
		{"127.0.0.1 -::1", "6379", "0", 0.0, 1.0},
		{"127.0.0.1", "6379", "", 0.0, 1.0},
		{"127.8.8.8 localhost", "6379", "0", 0.0, 1.0},
		{"127.0.0.1 192.168.1.2", "6379", "0", 1.0, 0.0},
		{"valkey.internal", "6379", "0", 1.0, 0.0},
		{"-fe80::1", "6379", "0", 1.0, 0.0},
		{"* -::*", "0", "0", 0.0, 1.0}, // a socket of the host only
		{"", "6379", "0", nil, nil},
		{"*", "", "", nil, nil},
	} {
		s := hardened()
		s.Config["bind"], s.Config["port"], s.Config["tls-port"] = c.bind, c.port, c.tlsPort
		all := judged(t, s, lookedAt())
		for name, want := range map[string]any{"exposed": c.exposed, "check tls": c.tls} {
			if got, known := all[name]; known != (want != nil) || known && got != want {
				t.Errorf("bind %q, port %q, tls-port %q: %s is %v (known: %t), want %v", c.bind, c.port, c.tlsPort, name, got, known, want)
			}
		}
		if _, unknown := all["unknown tls not_told"]; unknown != (c.tls == nil) {
			t.Errorf("bind %q: the check of TLS is unknown: %t", c.bind, unknown)
		}
	}
}

// What the server does not tell is not fine.
func TestWhatIsNotToldIsUnknown(t *testing.T) {
	s := hardened()
	s.Config, s.Access = nil, valkey.Access{}
	s.Unavailable = []valkey.Unavailable{{Command: "ACL GETUSER", Reason: "denied"}, {Command: "CONFIG GET", Reason: "unknown"}}
	var want []string
	for _, c := range audit.Checks()[4:] {
		reason := "denied"
		if c == audit.ProtectedMode || c == audit.TLS {
			reason = "unknown"
		}
		want = append(want, fmt.Sprintf("unknown %s %s", c, reason))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(judged(t, s, lookedAt())))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}

	s.Unavailable = nil
	s.Sources[valkey.SourceACL].Err = fmt.Errorf("cut off")
	if _, ok := judged(t, s, lookedAt())["unknown default_user_password unavailable"]; !ok {
		t.Error("what failed in another way is not unknown")
	}

	s = hardened()
	s.Access.Commands = nil
	s.Unavailable = []valkey.Unavailable{{Command: "COMMAND INFO", Reason: "denied"}}
	all := judged(t, s, lookedAt())
	if _, known := all["unknown command_keys denied"]; !known || all["check default_user_password"] != 1 || all["check command_debug"] != 1 {
		t.Errorf("without COMMAND INFO: %v", all)
	}
}

// Nobody knows whether queues are used that cannot be read.
func TestQueuesThatCannotBeReadAreNotJudged(t *testing.T) {
	s := hardened()
	s.Sources[valkey.SourceQueues].Err = fmt.Errorf("denied")
	all := judged(t, s, lookedAt())
	for name, want := range map[string]bool{"finding queues_evictable": false, "finding queues_not_persisted": false, "finding memory_unlimited": true} {
		if _, got := all[name]; got != want {
			t.Errorf("%s is there: %t", name, got)
		}
	}
}

func TestWhatIsOffIsNotJudged(t *testing.T) {
	a := lookedAt()
	a.Checks, a.Baseline = audit.Switches{}, audit.Baseline{}
	if all := judged(t, hardened(), a); len(all) != 1 {
		t.Errorf("all is off, and there is %v", all)
	}
	a = lookedAt()
	a.Rights = false
	all := judged(t, hardened(), a)
	if _, ok := all["check default_user_password"]; ok || len(all) != 17+4+2+1 {
		t.Errorf("rights are not looked at, and there is %v", all)
	}
	down := hardened()
	down.Up = false
	if all := judged(t, down, lookedAt()); len(all) != 0 {
		t.Errorf("of a server that is down there is %v", all)
	}
}

// The scrape asks for all that is judged.
func TestEveryParameterIsAskedFor(t *testing.T) {
	for _, p := range audit.Parameters() {
		if !slices.Contains(valkey.ConfigParameters, p.String()) {
			t.Errorf("CONFIG GET is not asked for %s", p)
		}
	}
	for _, p := range valkey.ConfigParameters {
		if strings.Contains(p, "pass") || strings.Contains(p, "auth") || strings.HasSuffix(p, "user") {
			t.Errorf("%s may hold a secret", p)
		}
	}
}

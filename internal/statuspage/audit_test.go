package statuspage

import (
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config/audit"
)

// audited is a server as it should be, of which two settings are expected.
func audited(t *testing.T) *scene {
	t.Helper()
	s := play(t, "audit: {baseline: {maxmemory: any, timeout: 0, appendonly: 'yes'}}")
	c := s.state.Settings.Audit()
	s.state.Exporter.Audit = &collector.Audit{Baseline: c.Baseline, Checks: c.Checks, Rights: true, QueuesUsed: true}
	s.config = map[string]string{
		"maxmemory": "1", "maxmemory-policy": "noeviction", "timeout": "0", "appendonly": "yes", "save": "",
		"bind": "*", "port": "0", "tls-port": "6379", "protected-mode": "no", "enable-debug-command": "no",
	}
	delete(s.config, "maxmemory-policy") // the server does not tell
	s.access.User = &valkey.User{On: true, Rules: [][]string{{"-@all"}}}
	for _, name := range []string{"flushall", "flushdb", "config|set", "keys", "debug"} {
		s.access.Commands = append(s.access.Commands, valkey.ServerCommand{Name: name, Exists: true})
	}
	return s
}

func TestTheAuditIsOnThePage(t *testing.T) {
	for what, c := range map[string]struct {
		so   func(*scene)
		want []string
	}{
		"protected mode only": {func(*scene) {}, []string{"note ValkeyInsecure"}},
		"all well":            {func(s *scene) { s.config["protected-mode"] = "yes" }, nil},
		"nobody reaches it":   {func(s *scene) { s.config["bind"] = "127.0.0.1" }, nil},
		"an open door":        {func(s *scene) { s.access.User = &valkey.User{On: true, NoPass: true, Rules: [][]string{{"-@all"}}} }, []string{"warning ValkeyUnprotected", "note ValkeyInsecure"}},
		"nothing is expected": {func(s *scene) { s.state.Exporter.Audit = nil }, nil},
		"another setting":     {func(s *scene) { s.config["protected-mode"], s.config["timeout"] = "yes", "60" }, []string{"note ValkeyConfigDrift"}},
		"jobs are not kept":   {func(s *scene) { s.config["protected-mode"], s.config["appendonly"] = "yes", "no" }, []string{"warning QueuesNotPersisted", "note ValkeyConfigDrift"}},
		"nor by a replica": {func(s *scene) {
			s.config["protected-mode"], s.config["appendonly"] = "yes", "no"
			s.info["role"], s.info["master_link_status"] = "slave", "up"
		}, []string{"note ValkeyConfigDrift"}},
	} {
		s := audited(t)
		c.so(s)
		s.scrape()
		if got := s.alerts(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}

// What is hidden is not known, and what differs is told in one line.
func TestTheAuditSaysWhatItCannotTell(t *testing.T) {
	s := audited(t)
	s.access = valkey.Access{}
	s.config["timeout"], s.config["appendonly"] = "60", "no"
	s.scrape()
	page := s.view()
	if !slices.ContainsFunc(page.Blind, func(text string) bool { return strings.Contains(text, "default_user_password, command_flushall") }) {
		t.Errorf("nothing about what is hidden: %q", page.Blind)
	}
	const want = "2 settings are not as expected: appendonly is no, not yes; timeout is 60, not 0."
	if !slices.ContainsFunc(page.Problems, func(p problem) bool { return p.Text == want }) {
		t.Errorf("%q is missing in %+v", want, page.Problems)
	}
}

// Rights are no help where the command was renamed.
func TestRightsAreNamedWhereTheyHelp(t *testing.T) {
	for reason, helps := range map[string]bool{valkey.ReasonDenied: true, valkey.ReasonUnknown: false} {
		var j judge
		j.security(collector.Audited{Checks: []collector.Check{{Check: audit.TLS, Answer: collector.Answer{Reason: reason}}}})
		if len(j.blind) != 1 || strings.Contains(j.blind[0], "docs/acl.md") != helps {
			t.Errorf("%s: %q", reason, j.blind)
		}
	}
}

// Only the latest scrape is kept as a whole.
func TestTheAuditKeepsOneScrape(t *testing.T) {
	s := audited(t)
	s.scrape()
	s.scrape()
	if s.page.scrapes[0].asked.Config != nil || s.page.scrapes[1].asked.Config == nil {
		t.Error("the settings of an older scrape are kept, or not those of the latest")
	}
}

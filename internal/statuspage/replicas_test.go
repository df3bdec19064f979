package statuspage

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

// followed is a primary with one replica, and a backlog of a mebibyte.
func followed(t *testing.T, yaml string, offset, silent float64) *scene {
	t.Helper()
	s := play(t, yaml)
	s.info["master_repl_offset"], s.info["repl_backlog_size"] = "10000000", "1048576"
	s.replicas = []valkey.Replica{{IP: "fd00::1", Port: "6379", State: "online", Offset: offset, Lag: silent}}
	return s
}

// rowOf is the first row of the table of replicas.
func (s *scene) rowOf() string {
	s.t.Helper()
	t := s.view().Replicas
	if t == nil || len(t.Lines) == 0 {
		s.t.Fatal("no replicas on the page")
	}
	l := t.Lines[0]
	texts := []string{l.Cells[0].Name.Text, l.Level.Word()}
	for _, c := range l.Cells[1:] {
		texts = append(texts, strings.ReplaceAll(c.Text, "\u00a0", " "))
	}
	return strings.Join(append(texts, l.Words...), "|")
}

// Offsets are of 10,000,000; half of the backlog is 524,288.
func TestReplicasAreJudged(t *testing.T) {
	const lag, behind = "warning ValkeyReplicationLag", "warning ValkeyReplicaBehind"
	for what, c := range map[string]struct {
		yaml           string
		offset, silent float64
		row            string
		alerts         []string
	}{
		"it follows":                {"", 9_999_000, 1, "[fd00::1]:6379|ok|online|1 s|0.98 KiB|1.00 MiB", nil},
		"half of the backlog":       {"", 9_475_712, 0, "[fd00::1]:6379|ok|online|0 s|512 KiB|1.00 MiB", nil},
		"a byte more":               {"", 9_475_711, 0, "[fd00::1]:6379|warning|online|0 s|512 KiB|1.00 MiB|behind", []string{behind}},
		"ten seconds":               {"", 9_999_000, 10, "[fd00::1]:6379|ok|online|10 s|0.98 KiB|1.00 MiB", nil},
		"eleven seconds":            {"", 9_999_000, 11, "[fd00::1]:6379|warning|online|11 s|0.98 KiB|1.00 MiB|silent", []string{lag}},
		"silent, and thus behind":   {"", 0, 11, "[fd00::1]:6379|warning|online|11 s|9.54 MiB|1.00 MiB|silent", []string{lag}},
		"silent, which none judges": {"alerts: {severity: {ValkeyReplicationLag: off}}", 0, 11, "[fd00::1]:6379|warning|online|11 s|9.54 MiB|1.00 MiB|behind", []string{behind}},
		"nothing is judged":         {"alerts: {thresholds: {replication_lag: off, replica_backlog: off}}", 0, 11, "[fd00::1]:6379||online|11 s|9.54 MiB|1.00 MiB", nil},
		"nothing is known":          {"", math.NaN(), math.NaN(), "[fd00::1]:6379|unknown|online|unknown|unknown|1.00 MiB", nil},
	} {
		t.Run(what, func(t *testing.T) {
			s := followed(t, c.yaml, c.offset, c.silent)
			s.pass(time.Minute, s.busy)
			if got := s.rowOf(); got != c.row {
				t.Errorf("row %q, want %q", got, c.row)
			}
			if got := s.alerts(); !slices.Equal(got, c.alerts) {
				t.Errorf("told %q, want %q", got, c.alerts)
			}
		})
	}
}

// What one second of writes leaves to be acknowledged is no lag, nor is what one
// scrape saw.
func TestBurstIsNotBehind(t *testing.T) {
	s := followed(t, "", 0, 0)
	s.scrape()
	if got := s.alerts(); len(got) > 0 {
		t.Errorf("after one scrape: %q", got)
	}
	s.replicas[0].Offset = 9_999_999
	s.pass(15*time.Second, s.busy)
	s.replicas[0].Offset = 0
	s.pass(2*time.Minute, s.busy)
	if got := s.alerts(); len(got) > 0 {
		t.Errorf("it had caught up %v ago: %q", 2*time.Minute, got)
	}
	s.pass(time.Minute+15*time.Second, s.busy)
	if got := s.alerts(); !slices.Equal(got, []string{"warning ValkeyReplicaBehind"}) {
		t.Errorf("behind for more than three minutes: %q", got)
	}
}

func TestReplicaThatIsNotOnlineIsNotJudged(t *testing.T) {
	s := followed(t, "", 0, 99)
	s.replicas[0].State = "wait_bgsave"
	s.pass(time.Minute, s.busy)
	if got := s.rowOf(); got != "[fd00::1]:6379||wait_bgsave|–|–|1.00 MiB" || len(s.alerts()) > 0 {
		t.Errorf("row %q, told %q", got, s.alerts())
	}
	s.replicas = nil
	s.scrape()
	if s.view().Replicas != nil || strings.Contains(s.html(), "Replicas") {
		t.Error("replicas of a server without")
	}
}

func TestManyReplicas(t *testing.T) {
	s := followed(t, "", 10_000_000, 0)
	for i := range 30 {
		s.replicas = append(s.replicas, valkey.Replica{IP: "10.0.0.1", Port: fmt.Sprint(i), State: "online", Offset: 1e7})
	}
	s.scrape()
	if r := s.view().Replicas; len(r.Lines) != rowsShown || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "7 more") {
		t.Errorf("%d lines, notes %q", len(r.Lines), r.Notes)
	}
	s.err, s.up = reply("LOADING"), false
	s.scrape()
	if s.view().Replicas != nil {
		t.Error("replicas of a server that is down")
	}
}

package statuspage

import (
	"math"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// What is assessed is what the page shows, and all of it.
func TestAssessmentIsThePage(t *testing.T) {
	s := troubled(t)
	v, a := s.view(), s.page.Assess()
	if len(a.Problems) != len(v.Problems)+v.More || len(a.Problems) == 0 {
		t.Fatalf("%d problems, the page has %d and %d more", len(a.Problems), len(v.Problems), v.More)
	}
	for i, p := range v.Problems {
		if got := a.Problems[i]; got.Text != p.Text || string(got.Alert) != p.Alert || got.Do != p.Do || levels[got.Severity] != p.Level {
			t.Errorf("problem %d is %+v, on the page %+v", i, got, p)
		}
	}
	if len(a.Unknown) != len(v.Blind) {
		t.Errorf("%q, want %q", a.Unknown, v.Blind)
	}
	states, lines := map[string]string{}, 0
	for _, q := range a.Queues {
		states[q.Queue.Key] = q.State
	}
	for _, table := range v.Tables {
		lines += len(table.Lines)
		for _, l := range table.Lines {
			if name := l.Cells[0].Name.Text; states[name] != l.Level.Word() {
				t.Errorf("%s is %q, on the page %q", name, states[name], l.Level.Word())
			}
		}
	}
	if len(a.Queues) != lines {
		t.Errorf("%d queues, want %d", len(a.Queues), lines)
	}
}

// A page that lives for seconds remembers each scrape, and leaves out what the
// exporter itself has sent.
func TestAssessmentOfSeconds(t *testing.T) {
	s := play(t, "queues: []")
	sent := 0.0
	s.page.Closely(func() float64 { return sent })
	s.scrape()
	if a := s.page.Assess(); !math.IsNaN(a.Over) || a.Always.Hits != 500000 {
		t.Errorf("after one scrape: %+v", a)
	}
	s.state.Exporter.Now = s.state.Exporter.Now.Add(2 * time.Second)
	s.add("total_commands_processed", 25000)
	s.add("keyspace_hits", 30)
	s.add("keyspace_misses", 10)
	sent = 24000
	s.scrape()
	a := s.page.Assess()
	if a.Over != 2 || a.Lately.Commands != 1000 || a.Lately.Hits != 30 || a.Lately.Misses != 10 {
		t.Errorf("within %v s: %+v", a.Over, a.Lately)
	}
	for _, p := range a.Problems {
		if p.Severity != config.Info {
			t.Errorf("%+v", p)
		}
	}
}

// A queue that cannot be read is one all the same: a program must not take it for none.
func TestAssessmentHasQueuesThatCannotBeRead(t *testing.T) {
	s := play(t, "queues: [{key: denied}, {key: elsewhere}]")
	s.unlooked("denied", valkey.ReasonDenied, none)
	s.unlooked("elsewhere", valkey.ReasonMoved, none)
	s.scrape()
	a := s.page.Assess()
	if len(a.Queues) != 2 {
		t.Fatalf("%d queues, want 2", len(a.Queues))
	}
	for i, state := range []string{"warning", ""} {
		if q := a.Queues[i]; q.State != state || len(q.Why) != 1 || q.Why[0] != "cannot be read" || !math.IsNaN(q.Depth) || !math.IsNaN(q.Age) || q.Entry.Key == "" {
			t.Errorf("%+v, want it with the state %q", q, state)
		}
	}
}

package statuspage

import (
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/latency"
	"valkey-exporter/collector/valkey"
)

// timed is a scene in which commands are timed.
func timed(t *testing.T, l collector.Latency) *scene {
	t.Helper()
	s := play(t, defaults)
	s.state.Exporter.Latency = &l
	s.pass(time.Minute, s.busy)
	return s
}

func TestWhatMissesItsObjective(t *testing.T) {
	get := latency.Objective{Command: "get", Percentile: latency.P99, Limit: 500 * time.Microsecond}
	half := latency.Objective{Command: "set", Percentile: latency.P50, Limit: 2 * time.Millisecond}
	for name, c := range map[string]struct {
		calls latency.Calls
		wants string
	}{
		"missed":    {latency.Calls{Objective: get, Calls: 1000, Exceeded: 25}, "2.5 % of the calls of get took longer than 500µs, and 1 % may."},
		"met":       {latency.Calls{Objective: get, Calls: 1000, Exceeded: 9}, ""},
		"too few":   {latency.Calls{Objective: get, Calls: 100, Exceeded: 50}, ""},
		"half":      {latency.Calls{Objective: half, Calls: 1000, Exceeded: 600}, "60 % of the calls of set took longer than 2ms, and 50 % may."},
		"just half": {latency.Calls{Objective: half, Calls: 1000, Exceeded: 500}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := timed(t, collector.Latency{Calls: []latency.Calls{c.calls}, Over: 100 * time.Second})
			told := ""
			for _, p := range s.view().Problems {
				told += strings.ReplaceAll(p.Text, "\u00a0", " ")
			}
			if told != c.wants {
				t.Errorf("told %q, want %q", told, c.wants)
			}
			s.err, s.up = reply("LOADING"), false
			s.scrape()
			for _, p := range s.view().Problems {
				if strings.Contains(p.Text, "took longer") {
					t.Error("of a server that is down")
				}
			}
		})
	}
}

func TestSlowCommandsAreShownNewestFirst(t *testing.T) {
	watched := &latency.Status{Slowlog: latency.SlowlogCounts{
		Known: true, Lost: 7, Took: latency.Histogram{Count: 2},
		Recent: []latency.SlowCommand{{Command: "eval", Ended: noon, Took: 15 * time.Millisecond}, {Command: "config|set", Ended: noon.Add(-time.Minute), Took: time.Second}},
	}}
	s := timed(t, collector.Latency{Watched: watched})
	table := s.view().Slow
	if len(table.Lines) != 2 || table.Lines[0].Cells[0].Name.Text != "eval" || table.Lines[0].Cells[2].Text != "15 ms" && table.Lines[0].Cells[2].Text != "15.0 ms" {
		t.Errorf("got %+v", table.Lines)
	}
	html := s.html()
	if !strings.Contains(html, `<h2 id="slow">Slow commands</h2>`) || !strings.Contains(html, "7 more had left the slow log") || strings.Index(html, "eval") > strings.Index(html, "config|set") {
		t.Error("the page does not show them")
	}
	watched.Slowlog = latency.SlowlogCounts{Known: true}
	s.scrape()
	if html := s.html(); !strings.Contains(html, "None since the exporter looks") {
		t.Error("an empty log is not told")
	}
	watched.Slowlog.Known = false
	watched.Unavailable = []valkey.Unavailable{{Command: "SLOWLOG GET", Reason: valkey.ReasonDenied}}
	s.scrape()
	if v := s.view(); v.Slow != nil || len(v.Problems) != 1 {
		t.Errorf("a log that may not be read: %+v", v.Problems)
	}
}

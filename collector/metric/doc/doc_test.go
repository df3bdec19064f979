package doc

import (
	"bytes"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

func noAlerts(*metric.Metric) []string { return nil }

func TestTheAlertsOfAMetricAreLinked(t *testing.T) {
	page := string(Metrics(func(m *metric.Metric) []string {
		if m == metric.Up.Metric {
			return []string{"A", "B"}
		}
		return nil
	}))
	if !strings.Contains(page, "| [A](runbooks/A.md), [B](runbooks/B.md) |\n") {
		t.Error("no links to A and B")
	}
}

func TestMetricsIsDeterministic(t *testing.T) {
	if !bytes.Equal(Metrics(noAlerts), Metrics(noAlerts)) {
		t.Error("two renderings differ")
	}
}

func TestEveryMetricHasItsRow(t *testing.T) {
	page := string(Metrics(noAlerts))
	for _, m := range metric.All() {
		if strings.Count(page, "\n| `"+m.Name()+"` |") != 1 {
			t.Errorf("%s: want one row", m)
		}
	}
}

func TestTablesKeepTheirColumns(t *testing.T) {
	columns := 0
	for line := range strings.Lines(string(Metrics(noAlerts))) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns != 0 && n != columns {
			t.Errorf("want %d columns, got %d: %s", columns-1, n-1, line)
		}
		columns = n
	}
}

func TestLinksLeadToHeadings(t *testing.T) {
	page := string(Metrics(noAlerts))
	headings := map[string]bool{}
	for line := range strings.Lines(page) {
		if title, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok {
			headings[anchor(title)] = true
		}
	}
	for line := range strings.Lines(page) {
		if _, target, ok := strings.Cut(strings.TrimSpace(line), "](#"); ok && !headings[strings.TrimSuffix(target, ")")] {
			t.Errorf("no heading for %s", line)
		}
	}
}

func TestEscape(t *testing.T) {
	if got := escape("`config|get`"); got != "`config\\|get`" {
		t.Errorf("got %s", got)
	}
}

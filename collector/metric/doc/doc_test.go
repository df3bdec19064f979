package doc

import (
	"bytes"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

func TestMetricsIsDeterministic(t *testing.T) {
	if !bytes.Equal(Metrics(), Metrics()) {
		t.Error("two renderings differ")
	}
}

func TestEveryMetricHasItsRow(t *testing.T) {
	page := string(Metrics())
	for _, m := range metric.All() {
		if strings.Count(page, "\n| `"+m.Name()+"` |") != 1 {
			t.Errorf("%s: want one row", m)
		}
	}
}

func TestTablesKeepTheirColumns(t *testing.T) {
	columns := 0
	for line := range strings.Lines(string(Metrics())) {
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
	page := string(Metrics())
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

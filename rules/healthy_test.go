//go:build unix

package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"valkey-exporter/collector/metric"
	"valkey-exporter/internal/healthyday"
)

// hours is how long a recording is played at a scrape interval. At each it comes
// round several times; the longest is for what waits or looks back for long.
var hours = map[time.Duration]time.Duration{
	15 * time.Second: time.Hour,
	30 * time.Second: 90 * time.Minute,
	time.Minute:      3 * time.Hour,
}

// On servers on which nothing is wrong no alert fires, whatever the scrape
// interval.
func TestNothingFiresOnAHealthyServer(t *testing.T) {
	for _, s := range healthyday.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for interval, over := range hours {
				wantQuiet(t, "newest", s, over, interval)
			}
		})
	}
}

// Averages of a day and windows of many hours are full in the end.
func TestNothingFiresInAHealthyDay(t *testing.T) {
	t.Parallel()
	wantQuiet(t, "newest", base, 24*time.Hour, time.Minute)
}

// Ranges of the oldest Prometheus have one sample more.
func TestNothingFiresOnTheOldestPrometheus(t *testing.T) {
	t.Parallel()
	wantQuiet(t, "oldest", base, 3*time.Hour, time.Minute)
}

// base is the server of the specification.
var base = healthyday.Scenarios()[0]

func wantQuiet(t *testing.T, version string, s healthyday.Scenario, over, interval time.Duration) {
	t.Helper()
	tool, ok := promtools(t)[version]
	if !ok {
		t.Skipf("this platform has no %s promtool", version)
	}
	if said, ok := replay(t, tool, s, over, interval, nil); !ok {
		t.Errorf("every %s, %s promtool:\n%s", interval, version, said)
	}
}

// The replay would show an alert if there were one.
func TestAnUnhealthyDayShows(t *testing.T) {
	t.Parallel()
	full := func(s healthyday.Series) {
		if s.Family() != metric.MemoryUsed.Name() {
			return
		}
		for i := range s.Values {
			if i > len(s.Values)/2 {
				s.Values[i] = 250 << 20
			}
		}
	}
	said, ok := replay(t, promtools(t)["newest"], base, time.Hour, time.Minute, full)
	if ok || !strings.Contains(said, "ValkeyHighMemory") {
		t.Errorf("a full memory did not make ValkeyHighMemory fire:\n%s", said)
	}
}

// replay plays a recording through the rules. It reports whether nothing fired
// but the alert that always does, and what promtool had to say.
func replay(t *testing.T, tool string, s healthyday.Scenario, over, interval time.Duration, spoil func(healthyday.Series)) (string, bool) {
	t.Helper()
	c, err := s.Config()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "rules.yml"), prometheusFile(t, c))
	read := metricsRead(c)
	played := recording(t, s).Play(over, interval, func(family string) bool { return read[metricOf(family)] })
	if spoil != nil {
		for _, series := range played {
			spoil(series)
		}
	}
	test := filepath.Join(dir, "test.yml")
	write(t, test, promtoolTest(t, over, interval, played))
	said, err := promtool(t, tool, "test", "rules", test)
	return said, err == nil
}

// promtoolTest asks at the end which alerts have fired.
func promtoolTest(t *testing.T, over, interval time.Duration, played []healthyday.Series) []byte {
	t.Helper()
	type query struct {
		Expr    string           `yaml:"expr"`
		At      model.Duration   `yaml:"eval_time"`
		Samples []map[string]any `yaml:"exp_samples"`
	}
	type group struct {
		Interval model.Duration      `yaml:"interval"`
		Series   []map[string]string `yaml:"input_series"`
		Queries  []query             `yaml:"promql_expr_test"`
	}
	g := group{Interval: model.Duration(interval)}
	for _, s := range played {
		g.Series = append(g.Series, map[string]string{"series": s.Name, "values": s.Notation()})
	}
	window := model.Duration(over + interval)
	g.Queries = []query{
		{
			Expr: fmt.Sprintf(`count by (alertname, severity, instance, queue) (count_over_time(ALERTS{alertstate="firing",alertname!="Watchdog"}[%s]))`, window),
			At:   model.Duration(over),
		},
		{
			Expr: fmt.Sprintf(`count(count_over_time(ALERTS{alertstate="firing",alertname="Watchdog"}[%s]) > 1)`, window),
			At:   model.Duration(over), Samples: []map[string]any{{"labels": "{}", "value": 1}},
		},
	}
	text, err := yaml.Marshal(map[string]any{
		"rule_files": []string{"rules.yml"}, "evaluation_interval": model.Duration(interval), "tests": []group{g},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

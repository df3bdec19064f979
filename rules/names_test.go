package rules_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/querycheck"
	"valkey-exporter/rules"
)

// The expressions cannot name anything else by their construction. This reads
// them as written, with the parser of another product: vmalert loads the rules,
// too.
func TestRulesNameOnlyWhatTheCatalogueDeclares(t *testing.T) {
	names := querycheck.Known()
	for _, r := range written(t, config.Default()) {
		for _, mistake := range names.Mistakes(r.Expr) {
			t.Errorf("%s%s: %s", r.Alert, r.Record, mistake)
		}
	}
}

var labelInTemplate = regexp.MustCompile(`\$labels\.(\w+)`)

// A label that the expression does not yield is empty in a notification.
func TestTextsNameOnlyLabelsOfTheResult(t *testing.T) {
	c := config.Default()
	labels := map[alert.Name][]metric.Label{}
	for _, a := range rules.Alerts() {
		labels[a.Name] = a.Labels(c)
	}
	for _, r := range written(t, c) {
		for _, text := range slices.Sorted(maps.Values(r.Annotations)) {
			for _, m := range labelInTemplate.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(labels[alert.Name(r.Alert)], metric.Label(m[1])) {
					t.Errorf("%s: no label %s in %q", r.Alert, m[1], text)
				}
			}
		}
	}
}

func TestEveryNameHasItsAlertAndEveryAlertIsComplete(t *testing.T) {
	var names []alert.Name
	for _, a := range rules.Alerts() {
		names = append(names, a.Name)
		for part, text := range map[string]string{
			"summary": a.Summary, "description": a.Description, "meaning": a.Runbook.Meaning,
			"impact": a.Runbook.Impact, "why": a.Runbook.Why, "blind": a.Runbook.Blind,
		} {
			last := strings.TrimRight(text, "`)")
			if text == "" || part != "summary" && !strings.HasSuffix(last, ".") && !strings.HasSuffix(last, "?") {
				t.Errorf("%s: the %s is no sentence: %q", a.Name, part, text)
			}
		}
		if len(a.Runbook.Diagnosis) == 0 || len(a.Runbook.Mitigation) == 0 || a.Component == "" || a.Severity == "" {
			t.Errorf("%s is not complete", a.Name)
		}
	}
	if got, want := slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(alert.Names())); !slices.Equal(got, want) {
		t.Errorf("alerts and names differ:\n%q\n%q", got, want)
	}
}

// A page has to be worth getting up for, so there are few.
func TestFewAlertsPage(t *testing.T) {
	pages := map[string]bool{}
	for _, r := range written(t, config.Default()) {
		if r.Labels["severity"] == string(config.Critical) {
			pages[r.Alert] = true
		}
	}
	if len(pages) == 0 || len(pages) > 16 {
		t.Errorf("%d alerts page: %q", len(pages), slices.Sorted(maps.Keys(pages)))
	}
}

func TestEveryThresholdIsUsed(t *testing.T) {
	used := map[config.Threshold]bool{}
	for _, a := range rules.Alerts() {
		for _, threshold := range a.Thresholds(config.Default()) {
			used[threshold] = true
		}
	}
	for _, threshold := range config.AllThresholds() {
		if !used[threshold] {
			t.Errorf("no alert compares with %s", threshold)
		}
	}
}

// Off removes the alerts of a threshold, and nothing else.
func TestAThresholdThatIsOffRemovesItsAlerts(t *testing.T) {
	all := counted(t, config.Default())
	for _, threshold := range config.AllThresholds() {
		if threshold.Guard() {
			continue
		}
		c := parsed(t, "alerts: {thresholds: {"+threshold.String()+": off}}")
		left := counted(t, c)
		for _, a := range rules.Alerts() {
			uses := slices.Contains(a.Thresholds(config.Default()), threshold)
			if uses && left[string(a.Name)] > 0 || !uses && left[string(a.Name)] != all[string(a.Name)] {
				t.Errorf("%s off: %s has %d rules, and had %d", threshold, a.Name, left[string(a.Name)], all[string(a.Name)])
			}
		}
	}
}

// counted is the number of rules by alert.
func counted(t *testing.T, c config.Validated) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, r := range written(t, c) {
		n[r.Alert]++
	}
	return n
}

func TestSeveritiesOfTheConfigurationWin(t *testing.T) {
	c := parsed(t, "alerts: {severity: {ValkeyHighMemory: critical, ValkeyMemoryCritical: off}}")
	for _, r := range written(t, c) {
		switch {
		case r.Alert == string(alert.MemoryCritical):
			t.Error("an alert that is off is there")
		case r.Alert == string(alert.HighMemory) && r.Labels["severity"] != "critical":
			t.Errorf("ValkeyHighMemory is %s", r.Labels["severity"])
		}
	}
}

// A configured label of the same name as one of a series would hide it.
func TestALabelThatAlertsHaveCannotBeConfigured(t *testing.T) {
	for _, a := range rules.Alerts() {
		for _, l := range a.Labels(config.Default()) {
			if _, err := config.Parse("test.yml", []byte("alerts: {labels: {"+string(l)+": x}}")); err == nil {
				t.Errorf("%s has a label %s, which can be configured", a.Name, l)
			}
		}
	}
}

// Mimir refuses groups of more than twenty rules, unless it is told otherwise.
func TestNoGroupIsTooLong(t *testing.T) {
	everySeverity := "queues: [{key: a, severity: critical}, {key: b, severity: warning}, {key: c, severity: info}, {key: d, severity: none}," +
		"{key: e, severity: critical, role: processing}, {key: f, severity: warning, role: processing, max_length: 3}," +
		"{key: g, severity: critical, role: dead_letter}, {key: h, severity: info, role: dead_letter}]"
	for _, text := range []string{"", everySeverity} {
		for _, g := range rules.Build(parsed(t, text)) {
			if len(g.Rules) > 20 {
				t.Errorf("%s has %d rules", g.Name, len(g.Rules))
			}
		}
	}
}

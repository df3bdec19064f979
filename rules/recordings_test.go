package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/healthyday"
	"valkey-exporter/rules"
)

// onlyWhenWrong are metrics that are absent as long as nothing is wrong: without
// them a recording is what rules see of a healthy server.
var onlyWhenWrong = map[string]string{
	metric.CommandUnavailable.Name(): "the server lets the exporter run all its commands",
	metric.QueueUnreadable.Name():    "the queues can be read",
	metric.TimestampFailures.Name():  "all messages have a time",
}

// unseenWhenHealthy are, for each alert, the metrics that its rules read, by way
// of recording rules too, and that no recording of a healthy day has although it
// should: the replay says nothing of an alert that has one.
func unseenWhenHealthy(t *testing.T) map[alert.Name][]string {
	t.Helper()
	recorded := map[string]bool{}
	for _, s := range healthyday.Scenarios() {
		for _, series := range recording(t, s).Series {
			recorded[metricOf(series.Family())] = true
		}
	}
	for name, reason := range onlyWhenWrong {
		if recorded[name] {
			t.Errorf("a recording has %s, although %s", name, reason)
		}
		recorded[name] = true
	}
	unseen := map[alert.Name][]string{}
	for _, name := range alert.Names() {
		unseen[name] = nil
	}
	for m, readers := range rules.Readers(config.Default()) {
		for _, name := range readers {
			if !recorded[m.Name()] {
				unseen[name] = append(unseen[name], m.Name())
			}
		}
	}
	return unseen
}

// metricOf is the metric to which the series of a family belong.
func metricOf(family string) string {
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		name, ok := strings.CutSuffix(family, suffix)
		if ok && slices.ContainsFunc(metric.All(), func(m *metric.Metric) bool { return m.Name() == name }) {
			return name
		}
	}
	return family
}

func recording(t *testing.T, s healthyday.Scenario) healthyday.Recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", healthyday.Dir, s.Name+healthyday.Extension))
	if err != nil {
		t.Fatalf("%v: run make record", err)
	}
	r, err := healthyday.Read(text)
	if err != nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	return r
}

// metricsRead are the metrics of exporters that rules read.
func metricsRead(c config.Validated) map[string]bool {
	all := map[string]bool{}
	for m := range rules.Readers(c) {
		all[m.Name()] = true
	}
	for m := range rules.Recorded() {
		all[m.Name()] = true
	}
	return all
}

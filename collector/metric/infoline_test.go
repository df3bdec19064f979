package metric_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

// infoField is one line of a captured INFO reply.
type infoField struct{ capture, section, key, value string }

// captured are all lines of the INFO replies of six real servers.
func captured(t *testing.T) []infoField {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/captures/*.info")
	if err != nil || len(paths) != 6 {
		t.Fatalf("captures: want 6, got %d (%v)", len(paths), err)
	}
	var fields []infoField
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, readCapture(filepath.Base(path), string(text))...)
	}
	return fields
}

func readCapture(name, text string) []infoField {
	var fields []infoField
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if heading, ok := strings.CutPrefix(line, "# "); ok {
			section = strings.ToLower(heading)
		} else if key, value, ok := strings.Cut(line, ":"); ok {
			fields = append(fields, infoField{name, section, key, value})
		}
	}
	return fields
}

// claim is one of the three ways to account for an INFO line.
type claim struct {
	by, section string
	key         metric.InfoKey
}

func claims() []claim {
	var all []claim
	for _, m := range metric.All() {
		if f, ok := m.Source().(metric.Field); ok {
			all = append(all, claim{"the metric " + m.Name(), f.Section, metric.InfoKey(f.Key)})
		}
	}
	for _, l := range metric.InfoLines() {
		all = append(all, claim{"InfoLines", l.Section, l.Key})
	}
	for _, l := range metric.LeftOut() {
		for _, key := range l.Keys {
			all = append(all, claim{"LeftOut", l.Section, key})
		}
	}
	return all
}

func (c claim) covers(f infoField) bool { return c.section == f.section && c.key.Matches(f.key) }

func TestEveryCapturedFieldIsAccountedFor(t *testing.T) {
	all := claims()
	for _, f := range captured(t) {
		ways := map[string]bool{}
		for _, c := range all {
			if c.covers(f) {
				way, _, _ := strings.Cut(c.by, " ")
				ways[way] = true
			}
		}
		if len(ways) != 1 {
			t.Errorf("%s: %s: %s: want it as a metric, in InfoLines or in LeftOut, got %d of them", f.capture, f.section, f.key, len(ways))
		}
	}
}

func TestEveryAccountedFieldIsReal(t *testing.T) {
	fields, sometimes := captured(t), circumstantial()
	for _, c := range claims() {
		seen := slices.ContainsFunc(fields, c.covers)
		switch {
		case !seen && !slices.Contains(sometimes, c.key):
			t.Errorf("%s: %s: %s: no captured server sends it and Circumstances does not say when one would", c.by, c.section, c.key)
		case seen && slices.Contains(sometimes, c.key):
			t.Errorf("%s: %s: %s: is captured, so it needs no circumstance", c.by, c.section, c.key)
		case !seen && c.by == "LeftOut":
			t.Errorf("LeftOut: %s: %s: no captured server sends it", c.section, c.key)
		}
	}
}

func TestEveryCircumstantialFieldIsUsed(t *testing.T) {
	all := claims()
	for _, key := range circumstantial() {
		if !slices.ContainsFunc(all, func(c claim) bool { return c.key == key }) {
			t.Errorf("Circumstances: %s: nothing reads it", key)
		}
	}
}

func circumstantial() []metric.InfoKey {
	var keys []metric.InfoKey
	for _, c := range metric.Circumstances() {
		keys = append(keys, c.Keys...)
	}
	return keys
}

func TestEveryCapturedValueDecodes(t *testing.T) {
	decoded := 0
	for _, f := range captured(t) {
		for _, m := range metric.All() {
			field, ok := m.Source().(metric.Field)
			if !ok || field.Key != f.key {
				continue
			}
			decoded++
			if _, err := field.Decode(f.value); err != nil && !errors.Is(err, metric.ErrAbsent) {
				t.Errorf("%s: %s: %s: %v", f.capture, m, f.key, err)
			}
		}
	}
	if decoded == 0 {
		t.Error("no captured field is one of the catalogue's")
	}
}

func TestInfoKeyMatchesWholeKeys(t *testing.T) {
	for _, c := range []struct {
		pattern metric.InfoKey
		key     string
		want    bool
	}{
		{"dbN", "db0", true},
		{"dbN", "db15", true},
		{"dbN", "db0_distrib_sets_items", false},
		{"dbN_distrib_*", "db0_distrib_sets_items", true},
		{"cmdstat_*", "cmdstat_config|get", true},
		{"cmdstat_*", "cmdstat_", false},
		{"module", "module_fork_in_progress", false},
		{"slaveN", "slave_priority", false},
	} {
		if got := c.pattern.Matches(c.key); got != c.want {
			t.Errorf("%s matches %s: got %v, want %v", c.pattern, c.key, got, c.want)
		}
	}
}

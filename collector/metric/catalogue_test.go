package metric_test

import (
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
)

// countersWithoutTotal keep a name that is relied upon.
var countersWithoutTotal = []string{
	"redis_aof_delayed_fsync",
	"redis_dump_payload_sanitizations",
	"redis_io_threaded_reads_processed",
	"redis_io_threaded_writes_processed",
	"redis_total_error_replies",
	"redis_total_reads_processed",
	"redis_total_writes_processed",
	"redis_unexpected_error_replies",
}

// gaugesWithTotal keep the type that redis_exporter gave them.
var gaugesWithTotal = []string{
	"redis_memory_used_vm_total",
	"redis_migrate_cached_sockets_total",
	"redis_rdb_saves_total",
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range metric.All() {
		if seen[m.Name()] {
			t.Errorf("%s is declared twice", m)
		}
		seen[m.Name()] = true
	}
}

func TestEveryMetricBelongsToATopicAndToItsID(t *testing.T) {
	inTopics := 0
	for _, topic := range metric.Topics() {
		inTopics += len(topic.Metrics())
		if topic.Title() == "" || !isSentence(strings.ReplaceAll(topic.Intro(), "?", ".")) {
			t.Errorf("topic %q: want a title and sentences as introduction", topic.Title())
		}
		for _, m := range topic.Metrics() {
			if m.Topic() != topic {
				t.Errorf("%s: belongs to %q, listed under %q", m, m.Topic().Title(), topic.Title())
			}
		}
	}
	all := metric.All()
	if inTopics != len(all) {
		t.Errorf("Topics() lead to %d metrics, the catalogue has %d: is a topic missing?", inTopics, len(all))
	}
	for i, m := range all {
		if m.ID() != i {
			t.Errorf("%s: ID %d at position %d", m, m.ID(), i)
		}
	}
}

func TestSortedIDsFollowNames(t *testing.T) {
	all := metric.All()
	var names []string
	for _, id := range metric.SortedIDs() {
		names = append(names, all[id].Name())
	}
	if len(names) != len(all) || !slices.IsSorted(names) {
		t.Errorf("SortedIDs: %d of %d names, sorted: %v", len(names), len(all), slices.IsSorted(names))
	}
}

func TestSuffixTotalMeansCounter(t *testing.T) {
	for _, m := range metric.All() {
		total, counter := strings.HasSuffix(m.Name(), "_total"), m.Type() == dto.MetricType_COUNTER
		switch listed := slices.Contains(slices.Concat(countersWithoutTotal, gaugesWithTotal), m.Name()); {
		case total != counter && !listed:
			t.Errorf("%s: a counter, and only a counter, ends in _total", m)
		case total == counter && listed:
			t.Errorf("%s: is listed as an exception and needs none", m)
		}
	}
}

func TestHelpIsASentenceOfItsOwn(t *testing.T) {
	said := map[string]string{}
	for _, m := range metric.All() {
		if !isSentence(m.Help()) {
			t.Errorf("%s: want a sentence, got %q", m, m.Help())
		}
		if strings.Contains(m.Help(), m.Name()) {
			t.Errorf("%s: help repeats the name", m)
		}
		if strings.ContainsAny(m.Help(), "\n\\") {
			t.Errorf("%s: help needs escaping in an exposition", m)
		}
		if other := said[m.Help()]; other != "" {
			t.Errorf("%s: same help as %s", m, other)
		}
		said[m.Help()] = m.Name()
	}
}

// isSentence accepts several, and a last one that ends in code or brackets.
func isSentence(s string) bool {
	first, last := s[:min(1, len(s))], strings.TrimRight(s, "`)")
	return first != "" && first == strings.ToUpper(first) && strings.HasSuffix(last, ".") && !strings.Contains(s, "  ")
}

func TestLabelsAreExplainedSortedAndUsed(t *testing.T) {
	used := map[metric.Label]bool{}
	for _, m := range metric.All() {
		if !slices.IsSorted(m.Labels()) {
			t.Errorf("%s: labels %q: want them in alphabetical order, as an exposition has them", m, m.Labels())
		}
		for _, l := range m.Labels() {
			used[l] = true
		}
	}
	explained := map[metric.Label]bool{}
	for _, l := range metric.Labels() {
		if !isSentence(strings.TrimLeft(l.Meaning, "`")) && !strings.HasPrefix(l.Meaning, "`") {
			t.Errorf("label %s: want a sentence, got %q", l.Label, l.Meaning)
		}
		if explained[l.Label] || !used[l.Label] {
			t.Errorf("label %s: explained twice or not used", l.Label)
		}
		explained[l.Label] = true
	}
	for l := range used {
		if !explained[l] {
			t.Errorf("label %s: not explained in Labels()", l)
		}
	}
}

func TestEveryMetricNamesItsSource(t *testing.T) {
	for _, m := range metric.All() {
		if m.Source() == nil || m.Source().String() == "" {
			t.Errorf("%s: no source", m)
		}
		if f, ok := m.Source().(metric.Field); ok {
			if f.Decode == nil || f.Section != strings.ToLower(f.Section) {
				t.Errorf("%s: %s: want a decoder and a section in lower case", m, f)
			}
			if len(m.Labels()) > 0 {
				t.Errorf("%s: a plain INFO field carries no labels", m)
			}
		}
	}
}

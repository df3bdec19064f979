package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver/fake"
)

// subject is an exporter in this process, behind a real HTTP server.
type subject struct {
	*exporter
	url string
	log *logbook
}

// start runs an exporter with the given environment and command line.
func start(t *testing.T, env environment, args ...string) *subject {
	t.Helper()
	return startUntil(t.Context(), t, env, args...)
}

// startUntil runs an exporter that stops when ctx ends.
func startUntil(ctx context.Context, t *testing.T, env environment, args ...string) *subject {
	t.Helper()
	s, err := parseFlags(append([]string{"--log.level=debug"}, args...)).settings(env.get)
	if err != nil {
		t.Fatal(err)
	}
	book := &logbook{}
	s.log.Writer = book
	e := newExporter(ctx, s, promslog.New(s.log))
	t.Cleanup(e.close)
	server := httptest.NewServer(e.handler())
	t.Cleanup(server.Close)
	return &subject{e, server.URL, book}
}

// watching runs an exporter for a server of which nothing but the address is
// special. It watches no patterns, counts no keys, lists no clients and does not look between scrapes, so that
// nothing happens by itself.
func watching(t *testing.T, addr string, args ...string) *subject {
	t.Helper()
	args = append(args, "--valkey.addr="+addr)
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--config.file") }) {
		args = append(args, "--config.file="+configFile(t, "queues: [{key: jobs}]\nobserve: {interval: off}\nclasses: {interval: off}\nclients: {interval: off}\nlatency: {interval: off}"))
	}
	return start(t, nil, args...)
}

// configFile writes a configuration file.
func configFile(t *testing.T, yaml string) string {
	t.Helper()
	return file(t, "exporter.yml", yaml)
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// scrape asks for the metrics and expects an answer.
func (s *subject) scrape(t *testing.T, headers ...string) series {
	t.Helper()
	return scrape(t, s.url+s.settings.metricsPath, headers...)
}

func scrape(t *testing.T, url string, headers ...string) series {
	t.Helper()
	r := request(t, http.MethodGet, url, headers...)
	if r.status != http.StatusOK {
		t.Fatalf("GET %s: status %d:\n%s", url, r.status, r.body)
	}
	return parse(t, r.body)
}

// series are the samples of a scrape, by name and sorted labels as in
// `redis_db_keys{db="db0"}`.
type series map[string]float64

func parse(t *testing.T, text string) series {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("the exposition is not valid: %v", err)
	}
	s := series{}
	for name, f := range families {
		for _, m := range f.Metric {
			s.add(t, name, m)
		}
	}
	return s
}

func (s series) add(t *testing.T, name string, m *dto.Metric) {
	t.Helper()
	switch {
	case m.Gauge != nil:
		s.put(t, name, m.Label, m.Gauge.GetValue())
	case m.Counter != nil:
		s.put(t, name, m.Label, m.Counter.GetValue())
	case m.Untyped != nil:
		s.put(t, name, m.Label, m.Untyped.GetValue())
	case m.Summary != nil:
		s.put(t, name+"_count", m.Label, float64(m.Summary.GetSampleCount()))
		s.put(t, name+"_sum", m.Label, m.Summary.GetSampleSum())
		for _, q := range m.Summary.Quantile {
			s.put(t, name, append(slices.Clone(m.Label), pair("quantile", q.GetQuantile())), q.GetValue())
		}
	case m.Histogram != nil:
		s.put(t, name+"_count", m.Label, float64(m.Histogram.GetSampleCount()))
		s.put(t, name+"_sum", m.Label, m.Histogram.GetSampleSum())
		for _, b := range m.Histogram.Bucket {
			s.put(t, name+"_bucket", append(slices.Clone(m.Label), pair("le", b.GetUpperBound())), float64(b.GetCumulativeCount()))
		}
	}
}

func pair(name string, value float64) *dto.LabelPair {
	text := strconv.FormatFloat(value, 'g', -1, 64)
	return &dto.LabelPair{Name: &name, Value: &text}
}

func (s series) put(t *testing.T, name string, labels []*dto.LabelPair, v float64) {
	t.Helper()
	id := name
	if len(labels) > 0 {
		texts := make([]string, len(labels))
		for i, l := range labels {
			texts[i] = fmt.Sprintf("%s=%q", l.GetName(), l.GetValue())
		}
		id += "{" + sorted(texts) + "}"
	}
	if _, twice := s[id]; twice {
		t.Errorf("two samples of %s", id)
	}
	s[id] = v
}

// sorted joins labels in an order of its own.
func sorted(labels []string) string {
	slices.Sort(labels)
	return strings.Join(labels, ",")
}

// want fails the test unless the series has the value.
func (s series) want(t *testing.T, id string, v float64) {
	t.Helper()
	if got, ok := s[id]; !ok {
		t.Errorf("%s is missing; of its family there is %q", id, s.of(familyOf(id)))
	} else if got != v {
		t.Errorf("%s is %v, want %v", id, got, v)
	}
}

// wantNone fails the test if there is a sample of the family, or the series.
func (s series) wantNone(t *testing.T, family string) {
	t.Helper()
	if got := s.of(family); len(got) > 0 {
		t.Errorf("want no %s, got %q", family, got)
	}
}

// of are the series of a family.
func (s series) of(family string) []string {
	var ids []string
	for id := range s {
		if id == family || familyOf(id) == family {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// familyOf is the name of a series without its labels.
func familyOf(id string) string {
	name, _, _ := strings.Cut(id, "{")
	return name
}

// families are the names that occur.
func (s series) families() map[string]bool {
	names := map[string]bool{}
	for id := range s {
		names[familyOf(id)] = true
	}
	return names
}

// wantUp checks a scrape that reached the server and got everything.
func (s series) wantUp(t *testing.T) {
	t.Helper()
	s.want(t, "redis_up", 1)
	s.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
	s.wantSources(t)
	if s["redis_memory_used_bytes"] == 0 {
		t.Error("no redis_memory_used_bytes")
	}
}

// wantSources checks that these sources failed and no others. Without a queue
// there is no source for them.
func (s series) wantSources(t *testing.T, failed ...valkey.Source) {
	t.Helper()
	for i := range valkey.NumSources {
		source := valkey.Source(i)
		success := 1.0
		if slices.Contains(failed, source) {
			success = 0
		}
		if source == valkey.SourceQueues && success == 1 && len(s.of("redis_queue_length")) == 0 {
			continue
		}
		s.want(t, fmt.Sprintf("redis_exporter_source_success{source=%q}", source), success)
	}
}

// wantDown checks a scrape that did not reach the server: it says why in one
// of the fixed words, and holds nothing that only the server can know.
func (s series) wantDown(t *testing.T, kind valkey.Kind) {
	t.Helper()
	s.want(t, "redis_up", 0)
	s.wantError(t, kind)
	if left := s.ofServer(); len(left) > 0 {
		t.Errorf("the server did not answer, and yet there is %q", left)
	}
}

// wantError checks why the scrape failed.
func (s series) wantError(t *testing.T, kind valkey.Kind) {
	t.Helper()
	if !slices.Contains(valkey.Kinds(), kind) {
		t.Errorf("%q is not one of the kinds", kind)
	}
	s.want(t, fmt.Sprintf("redis_exporter_last_scrape_error{err=%q}", kind), 1)
	if got := s.of("redis_exporter_last_scrape_error"); len(got) != 1 {
		t.Errorf("want one kind of error, got %q", got)
	}
}

// ofServer are the series that the exporter cannot know by itself.
func (s series) ofServer() []string {
	own := map[string]bool{}
	for _, m := range metric.All() {
		switch m.Source().(type) {
		case metric.Own, metric.Library:
			for _, suffix := range []string{"", "_sum", "_count", "_bucket"} {
				own[m.Name()+suffix] = m.Name() != "redis_hit_rate"
			}
		}
	}
	var ids []string
	for id := range s {
		name := familyOf(id)
		if !own[name] && !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// missing are the series of s that other lacks.
func (s series) missing(other series) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s)) {
		if _, ok := other[id]; !ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// scripted starts a fake server that answers as Valkey 8.0 and has these keys.
func scripted(t *testing.T, keys fake.Keys) *fake.Server {
	t.Helper()
	return fake.Replay(t, captures, "valkey-8.0.1", keys)
}

const captures = "../../testdata/captures"

// goroutines counts those that run code of the exporter.
func goroutines() int {
	all := make([]byte, 4<<20)
	all = all[:runtime.Stack(all, true)]
	n := 0
	for stack := range strings.SplitSeq(string(all), "\n\n") {
		if strings.Contains(stack, "valkey-exporter/c") || strings.Contains(stack, "redis/go-redis") {
			n++
		}
	}
	return n
}

// noNewGoroutines returns a check that there are no more goroutines than now.
func noNewGoroutines(t *testing.T) (check func()) {
	t.Helper()
	before := goroutines()
	return func() {
		t.Helper()
		eventually(t, fmt.Sprintf("no more than %d goroutines", before), func() bool { return goroutines() <= before })
	}
}

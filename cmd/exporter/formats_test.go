package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"valkey-exporter/internal/testserver"
)

// openMetricsHeader is how Prometheus asks.
const openMetricsHeader = "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"

// wantValidOpenMetrics checks that a scrape is valid in both formats and has
// the same samples under the same names, and returns them. Loops of the exporter may
// add series at any time, so it is compared between two scrapes that have the same.
func wantValidOpenMetrics(t *testing.T, s *subject) series {
	t.Helper()
	var before, open, after series
	eventually(t, "no series come or go between two scrapes", func() bool {
		before = s.scrape(t)
		r := request(t, http.MethodGet, s.url+s.settings.metricsPath, openMetricsHeader)
		if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/openmetrics-text; version=1.0.0") {
			t.Errorf("Content-Type: %s", kind)
		}
		open = parseOpenMetrics(t, r.body)
		after = s.scrape(t)
		return len(before.missing(after)) == 0 && len(after.missing(before)) == 0
	})
	if ids := before.missing(open); len(ids) > 0 {
		t.Errorf("not in OpenMetrics: %q", ids)
	}
	if ids := open.missing(after); len(ids) > 0 {
		t.Errorf("only in OpenMetrics: %q", ids)
	}
	return open
}

// openMetricsText is a strict reader of what we need of the format.
type openMetricsText struct {
	t      *testing.T
	series series
	seen   map[string]bool // families
	family string
	kind   string
}

func parseOpenMetrics(t *testing.T, text string) series {
	t.Helper()
	body, ok := strings.CutSuffix(text, "# EOF\n")
	if !ok {
		t.Fatalf("does not end in # EOF: %q", text[max(0, len(text)-100):])
	}
	if !utf8.ValidString(text) {
		t.Error("not UTF-8")
	}
	p := &openMetricsText{t: t, series: series{}, seen: map[string]bool{}}
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\n"), "\n") {
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			p.comment(comment)
		} else {
			p.sample(line)
		}
	}
	return p.series
}

func (p *openMetricsText) comment(line string) {
	words := strings.SplitN(line, " ", 3)
	if len(words) < 3 {
		p.t.Errorf("comment %q", line)
		return
	}
	if words[1] != p.family {
		if p.seen[words[1]] {
			p.t.Errorf("family %s is in two places", words[1])
		}
		p.family, p.kind = words[1], ""
		p.seen[p.family] = true
	}
	if words[0] == "TYPE" {
		p.kind = words[2]
	}
}

// suffixes are what the names of samples may add to that of their family.
var suffixes = map[string][]string{
	"counter": {"_total", "_created"}, "gauge": {""}, "unknown": {""},
	"summary": {"", "_sum", "_count", "_created"}, "histogram": {"_bucket", "_sum", "_count", "_created"},
}

func (p *openMetricsText) sample(line string) {
	end := strings.IndexAny(line, "{ ")
	if end < 0 {
		p.t.Errorf("sample %q", line)
		return
	}
	name, rest := line[:end], line[end:]
	suffix, ok := strings.CutPrefix(name, p.family)
	if !ok || !slices.Contains(suffixes[p.kind], suffix) {
		p.t.Errorf("%s is no sample of the %s %s", name, p.kind, p.family)
	}
	labels, value, ok := readLabels(rest)
	number, err := strconv.ParseFloat(strings.TrimPrefix(value, " "), 64)
	if !ok || err != nil {
		p.t.Errorf("sample %q", line)
		return
	}
	id := name
	if labels != "" {
		id += "{" + labels + "}"
	}
	if _, twice := p.series[id]; twice {
		p.t.Errorf("two samples of %s", id)
	}
	p.series[id] = number
}

// readLabels reads {a="b",c="d"} and returns it as series writes it.
func readLabels(text string) (labels, rest string, ok bool) {
	if !strings.HasPrefix(text, "{") {
		return "", text, true
	}
	var list []string
	for text = text[1:]; ; {
		name, after, found := strings.Cut(text, `="`)
		if !found {
			return "", "", false
		}
		value, after, found := readValue(after)
		if !found {
			return "", "", false
		}
		if f, err := strconv.ParseFloat(value, 64); err == nil && (name == "le" || name == "quantile") {
			value = strconv.FormatFloat(f, 'g', -1, 64)
		}
		list = append(list, name+"="+strconv.Quote(value))
		if after, found = strings.CutPrefix(after, ","); found {
			text = after
			continue
		}
		rest, found = strings.CutPrefix(after, "}")
		return sorted(list), rest, found
	}
}

// readValue reads to the closing quote.
func readValue(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:], true
		case text[i] == '\\' && i+1 < len(text):
			i++
			unescaped, known := map[byte]byte{'n': '\n', '"': '"', '\\': '\\'}[text[i]]
			if !known {
				return "", "", false
			}
			b.WriteByte(unescaped)
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", false
}

// everyLoopOnce has all that an exporter does between scrapes happen at the start, and
// not again while a test runs: two scrapes can be compared.
const everyLoopOnce = `
queues: [{key: jobs}]
discovery: {interval: 1h, max_server_share: 0.5}
observe: {interval: 1h, max_server_share: 0.5}
classes: {interval: 1h}
clients: {interval: 1h}
latency: {interval: 1h}`

// ranOnce waits until every loop of everyLoopOnce has had its turn.
func (s *subject) ranOnce(t *testing.T) {
	t.Helper()
	eventually(t, "every loop has had its turn", func() bool {
		got := s.scrape(t)
		return got["redis_exporter_queues_observed"] > 0 &&
			len(got.of("redis_exporter_class_walk_complete")) > 0 &&
			len(got.of("redis_exporter_client_list_age_seconds")) > 0 &&
			got["redis_exporter_ping_duration_seconds_count"] > 0 &&
			len(got.of("redis_slowlog_lost_entries_total")) > 0
	})
}

// A dashboard must not break because Prometheus negotiates another format.
func TestFormatsHoldTheSameNames(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--latency-monitor-threshold", "1", "--slowlog-log-slower-than", "0")
		server.Must(t, "LPUSH", "jobs", "1")
		server.Must(t, "DEBUG", "SLEEP", "0.01")
		s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, everyLoopOnce))
		s.ranOnce(t)
		got := wantValidOpenMetrics(t, s)
		for _, name := range []string{
			"redis_cpu_sys_seconds_total", "redis_commands_duration_seconds_total", "go_goroutines", "process_cpu_seconds_total",
			"redis_class_keys_expiring", "redis_client_group_connections", "redis_exporter_ping_duration_seconds_bucket",
		} {
			if len(got.of(name)) == 0 {
				t.Errorf("no %s", name)
			}
		}
		if spikes := got.of("redis_latency_spike_last"); len(spikes) == 0 {
			t.Error("no redis_latency_spike_last")
		}
	})
}

// One that OpenMetrics would rename if it was declared as a counter there.
func TestCounterWithoutTotalKeepsItsName(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr)
	body := request(t, http.MethodGet, s.url+"/metrics").body
	var names []string
	for line := range strings.Lines(body) {
		words := strings.Fields(line)
		if len(words) == 4 && words[1] == "TYPE" && words[3] == "counter" && !strings.HasSuffix(words[2], "_total") {
			names = append(names, words[2])
		}
	}
	if len(names) == 0 {
		t.Fatal("there is no such counter any more: remove withoutRenaming and this test")
	}
	open := request(t, http.MethodGet, s.url+"/metrics", openMetricsHeader).body
	for _, name := range names {
		if !strings.Contains(open, "\n# TYPE "+name+" unknown\n") {
			t.Errorf("%s is not of unknown type in OpenMetrics", name)
		}
		if strings.Contains(open, "\n"+name+"_total") {
			t.Errorf("%s is renamed", name)
		}
	}
}

func TestCompression(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr)
	plain := request(t, http.MethodGet, s.url+"/metrics")
	if encoding := plain.header.Get("Content-Encoding"); encoding != "" {
		t.Errorf("nobody asked, and the answer is %s", encoding)
	}
	zipped := request(t, http.MethodGet, s.url+"/metrics", "Accept-Encoding: gzip")
	if encoding := zipped.header.Get("Content-Encoding"); encoding != "gzip" {
		t.Errorf("Content-Encoding: %s", encoding)
	}
	reader, err := gzip.NewReader(strings.NewReader(zipped.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	parse(t, string(text)).wantUp(t)

	small := request(t, http.MethodGet, s.url+"/metrics", "Accept-Encoding: zstd")
	if encoding := small.header.Get("Content-Encoding"); encoding != "zstd" {
		t.Errorf("Content-Encoding: %s", encoding)
	}
	if !bytes.HasPrefix([]byte(small.body), []byte{0x28, 0xb5, 0x2f, 0xfd}) || len(small.body) > len(plain.body)/2 {
		t.Errorf("%d bytes that begin % x are not zstd of %d", len(small.body), small.body[:min(8, len(small.body))], len(plain.body))
	}
}

//go:build unix

package healthyday

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"valkey-exporter/collector/metric"
)

// tape is what the targets of a scenario said so far.
type tape struct {
	lock    sync.Mutex
	scrapes int
	values  map[string][]float64
	all     bool // also of what is bulky
}

// bulky are families that would make up half of the recordings; the first
// scenario has them.
var bulky = []string{metric.CommandLatencyHistogram.Name(), metric.CommandLatencyPercentiles.Name()}

func (p *tape) scrape(t *testing.T, from target, n int) error {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, from.url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "10")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return err
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.put(from, n, "up", nil, 1)
	for name, f := range families {
		if strings.HasPrefix(name, "go_") || !p.all && slices.Contains(bulky, name) {
			continue // the Go runtime's are not in the catalogue: no rule can read them
		}
		for _, m := range f.Metric {
			p.add(from, n, name, m)
		}
	}
	return nil
}

// add takes down a metric as Prometheus would.
func (p *tape) add(from target, n int, name string, m *dto.Metric) {
	put := func(suffix string, value float64, more ...*dto.LabelPair) {
		p.put(from, n, name+suffix, slices.Concat(m.Label, more), value)
	}
	switch {
	case m.Gauge != nil:
		put("", m.Gauge.GetValue())
	case m.Counter != nil:
		put("", m.Counter.GetValue())
	case m.Untyped != nil:
		put("", m.Untyped.GetValue())
	case m.Summary != nil:
		put("_count", float64(m.Summary.GetSampleCount()))
		put("_sum", m.Summary.GetSampleSum())
		for _, q := range m.Summary.Quantile {
			put("", q.GetValue(), pair("quantile", q.GetQuantile()))
		}
	case m.Histogram != nil:
		put("_count", float64(m.Histogram.GetSampleCount()))
		put("_sum", m.Histogram.GetSampleSum())
		for _, b := range m.Histogram.Bucket {
			put("_bucket", float64(b.GetCumulativeCount()), pair("le", b.GetUpperBound()))
		}
	}
}

func pair(name string, value float64) *dto.LabelPair {
	text := strconv.FormatFloat(value, 'g', -1, 64)
	return &dto.LabelPair{Name: &name, Value: &text}
}

func (p *tape) put(from target, n int, name string, labels []*dto.LabelPair, value float64) {
	words := []string{fmt.Sprintf("instance=%q", from.instance), `job="valkey"`}
	for _, l := range labels {
		words = append(words, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
	}
	slices.Sort(words)
	id := name + "{" + strings.Join(words, ",") + "}"
	values, ok := p.values[id]
	if !ok {
		values = slices.Repeat([]float64{missing}, p.scrapes)
		p.values[id] = values
	}
	values[n] = value
}

// series are those that ever had a value, sorted.
func (p *tape) series() []Series {
	var all []Series
	for id, values := range p.values {
		if slices.ContainsFunc(values, func(v float64) bool { return !math.IsNaN(v) }) {
			all = append(all, Series{id, values})
		}
	}
	slices.SortFunc(all, func(a, b Series) int { return strings.Compare(a.Name, b.Name) })
	return all
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/prometheus/client_golang/prometheus/promhttp/zstd" // lets the handler offer zstd
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/version"

	"valkey-exporter/collector"
)

// metrics answers one scrape: it asks the server, and describes the answer.
// The metrics of the Go runtime and the process come from a registry.
func (e *exporter) metrics() http.HandlerFunc {
	process := processRegistry()
	return func(w http.ResponseWriter, r *http.Request) {
		timeout, err := e.scrapeTimeout(r.Header)
		if err != nil {
			e.requestFailed()
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		page, families, err := e.gather(ctx, process)
		defer page.Release()
		if openMetrics(r.Header) {
			withoutRenaming(families)
		}
		gather := func() ([]*dto.MetricFamily, error) { return families, err }
		buffered := buffer(w)
		defer buffered.release()
		promhttp.HandlerFor(prometheus.GathererFunc(gather), promhttp.HandlerOpts{
			EnableOpenMetrics: true,
			ErrorLog:          encodingLog{e, r},
		}).ServeHTTP(buffered, r)
	}
}

func processRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

// gather is everything that a scrape shows; the page is part of it.
func (e *exporter) gather(ctx context.Context, process prometheus.Gatherer) (collector.Page, []*dto.MetricFamily, error) {
	own := make(chan gathered, 1)
	go func() { own <- gatherFrom(process) }() // while the server is working
	snap := e.shared.Snapshot(ctx)
	page, misunderstood := collector.Describe(snap, e.state())
	e.journal.misunderstood(misunderstood)
	self := <-own
	families := slices.Concat(page.Families, self.families)
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	return page, families, self.err
}

// gathered is what a Gatherer returns.
type gathered struct {
	families []*dto.MetricFamily
	err      error
}

func gatherFrom(g prometheus.Gatherer) gathered {
	families, err := g.Gather()
	return gathered{families, err}
}

// scrapeTimeout is how long the scrape may take: less than Prometheus will
// wait, so that an answer always arrives.
func (e *exporter) scrapeTimeout(h http.Header) (time.Duration, error) {
	timeout := e.settings.timeout
	const header = "X-Prometheus-Scrape-Timeout-Seconds"
	if text := h.Get(header); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || !(seconds > 0) || seconds > 3600 {
			return 0, fmt.Errorf("%s: want seconds, more than 0 and at most 3600, got %q", header, text)
		}
		timeout = time.Duration(seconds * float64(time.Second))
	}
	return max(timeout-e.settings.offset, timeout/2), nil
}

func (e *exporter) requestFailed() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stats.RequestErrors++
}

// encodingLog takes note of a request that could not be answered.
type encodingLog struct {
	e       *exporter
	request *http.Request
}

func (l encodingLog) Println(v ...any) {
	if l.request.Context().Err() != nil {
		return // the client has gone away
	}
	l.e.requestFailed()
	l.e.log.Log(context.Background(), slog.LevelWarn, "answering a scrape failed", "err", strings.TrimSpace(fmt.Sprintln(v...)))
}

// openMetrics reports whether the answer will be in the OpenMetrics format.
func openMetrics(h http.Header) bool {
	return expfmt.NegotiateAccept(h, expfmt.DefaultOpenMetricsAcceptedFormats()...).FormatType() == expfmt.TypeOpenMetrics
}

// withoutRenaming declares counters whose names lack _total to be of unknown
// type: OpenMetrics would add the suffix, and a name that redis_exporter's
// users rely on would change with the format that Prometheus negotiates.
func withoutRenaming(families []*dto.MetricFamily) {
	for _, f := range families {
		if f.GetType() != dto.MetricType_COUNTER || strings.HasSuffix(f.GetName(), "_total") {
			continue
		}
		f.Type = dto.MetricType_UNTYPED.Enum()
		for _, m := range f.Metric {
			m.Untyped, m.Counter = &dto.Untyped{Value: m.Counter.Value}, nil
		}
	}
}

// build identifies the program; one that was built by hand has no version.
func build() collector.Build {
	return collector.Build{
		Version: cmp.Or(version.Version, "dev"), Commit: version.GetRevision(), Date: cmp.Or(version.BuildDate, "unknown"), Go: version.GoVersion,
	}
}

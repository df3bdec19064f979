//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// exporter is a running exporter, and the connection of the Prometheus that
// scrapes it.
type exporter struct {
	*process
	client *http.Client
	page   bytes.Buffer // the latest answer, as it was sent
}

// format is how a page is asked for.
type format struct{ accept, encoding string }

var (
	plainText  = format{"text/plain;version=0.0.4", "identity"}
	packedText = format{"text/plain;version=0.0.4", "gzip"}
	// asPrometheus is what Prometheus 3 sends.
	asPrometheus = format{
		"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
			"application/openmetrics-text;version=0.0.1;q=0.4," +
			"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
		"gzip",
	}
)

// export starts an exporter for the server at addr. An empty configuration
// is the built-in one.
func (l *lab) export(ctx context.Context, addr, configuration string) (*exporter, error) {
	args := []string{"--valkey.addr", addr, "--log.level", "warn"}
	if configuration != "" {
		file := filepath.Join(l.dir, fmt.Sprintf("config-%d.yml", len(l.undo)))
		if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
			return nil, err
		}
		args = append(args, "--config.file", file)
	}
	e := &exporter{client: &http.Client{
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1},
		Timeout:   rawTimeout,
	}}
	l.later(e.client.CloseIdleConnections)
	listen := func(host string, port int) []string {
		return append(args, fmt.Sprintf("--web.listen-address=%s:%d", host, port))
	}
	var err error
	e.process, err = l.start(ctx, l.exporter, listen, func(addr string) bool { return e.healthy(ctx, addr) })
	return e, err
}

func (e *exporter) healthy(ctx context.Context, addr string) bool {
	return e.get(ctx, "http://"+addr+"/-/healthy", plainText) == nil
}

// scrape is one scrape, read to its end.
func (e *exporter) scrape(ctx context.Context, f format) error {
	return e.get(ctx, "http://"+e.addr+"/metrics", f)
}

// scraping is scrape, to be timed.
func (e *exporter) scraping(ctx context.Context, name string, f format) *subject {
	return timed(name, func() error { return e.scrape(ctx, f) })
}

func (e *exporter) get(ctx context.Context, url string, f format) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", f.accept)
	r.Header.Set("Accept-Encoding", f.encoding)
	answer, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	e.page.Reset()
	if _, err := e.page.ReadFrom(answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, e.page.String())
	}
	return nil
}

// values scrapes and returns all series by name, labels included.
func (e *exporter) values(ctx context.Context) (map[string]float64, error) {
	if err := e.scrape(ctx, plainText); err != nil {
		return nil, err
	}
	values := make(map[string]float64)
	for line := range strings.Lines(e.page.String()) {
		at := strings.LastIndexByte(line, ' ')
		if line[0] == '#' || at < 0 {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		values[line[:at]] = v
	}
	if values["redis_up"] != 1 {
		return nil, fmt.Errorf("the exporter does not reach the server: redis_up is %v", values["redis_up"])
	}
	return values, nil
}

// cost is what one scrape costs the exporter.
type cost struct {
	series int
	page   int // bytes sent
	cpu    time.Duration
	allocs float64
	bytes  float64 // allocated
}

// cost divides what the exporter says of itself by a number of scrapes.
func (e *exporter) cost(ctx context.Context, scrapes int, f format) (cost, error) {
	before, err := e.values(ctx)
	if err != nil {
		return cost{}, err
	}
	for range scrapes {
		if err := e.scrape(ctx, f); err != nil {
			return cost{}, err
		}
	}
	page := e.page.Len()
	after, err := e.values(ctx)
	if err != nil {
		return cost{}, err
	}
	each := func(name string) float64 { return (after[name] - before[name]) / float64(scrapes+1) }
	return cost{
		series: len(after), page: page,
		cpu:    time.Duration(each("process_cpu_seconds_total") * 1e9),
		allocs: each("go_memstats_mallocs_total"), bytes: each("go_memstats_alloc_bytes_total"),
	}, nil
}

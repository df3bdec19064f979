//go:build unix

package stack

import (
	"context"
	"fmt"
	"time"
)

// Names of the files that are written.
const (
	exporterFile     = "exporter.yml"
	prometheusFile   = "prometheus.yml"
	rulesFile        = "valkey.rules.yml"
	alertmanagerFile = "alertmanager.yml"
)

// What Prometheus does with old samples and how often it tells Alertmanager of an
// alert, in life.
const (
	scrapeInterval = 15 * time.Second
	lookback       = 5 * time.Minute
	resend         = time.Minute
)

// monitoring describes what watches the services.
func (s *Stack) monitoring(ctx context.Context) error {
	addr, err := address(ctx, s.options.AlertmanagerPort)
	if err != nil {
		return err
	}
	s.Alertmanager = s.process("alertmanager", s.options.Programs.Alertmanager, addr)
	s.Alertmanager.args = []string{
		"--config.file=" + s.path(alertmanagerFile), "--storage.path=" + s.path("data/alertmanager"),
		"--web.listen-address=" + addr, "--cluster.listen-address=", "--log.level=warn",
	}
	s.Alertmanager.ready = answers("http://" + addr + "/-/ready")

	if addr, err = address(ctx, s.options.PrometheusPort); err != nil {
		return err
	}
	s.Prometheus = s.process("prometheus", s.options.Programs.Prometheus, addr)
	s.Prometheus.args = []string{
		"--config.file=" + s.path(prometheusFile), "--storage.tsdb.path=" + s.path("data/prometheus"),
		"--web.listen-address=" + addr, "--log.level=warn",
		fmt.Sprintf("--query.lookback-delta=%dms", s.Scaled(lookback).Milliseconds()),
		fmt.Sprintf("--rules.alert.resend-delay=%dms", s.Scaled(resend).Milliseconds()),
	}
	s.Prometheus.ready = answers("http://" + addr + "/-/ready")
	return nil
}

// Interval is how often is scraped and rules are evaluated. Below a second a scrape
// has no time left to answer.
func (s *Stack) Interval() time.Duration { return max(time.Second, s.Scaled(scrapeInterval)) }

package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
)

const (
	// readHeaderTimeout ends connections that never finish their request.
	readHeaderTimeout = 5 * time.Second
	// idleTimeout is longer than the usual scrape interval, so that Prometheus
	// keeps its connection.
	idleTimeout = 3 * time.Minute
	// stopTimeout is how long scrapes under way may take when the program ends.
	stopTimeout = 5 * time.Second
)

// handler is everything that is served.
func (e *exporter) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+e.settings.metricsPath, e.metrics())
	mux.Handle("GET /{$}", e.frontPage())
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "healthy") })
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		if e.started.Err() != nil {
			http.Error(w, "stopping", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("/-/reload", e.reloadOnRequest)
	return mux
}

// frontPage is what one sees who knows the port only.
func (e *exporter) frontPage() http.Handler {
	if e.page != nil {
		return e.page
	}
	return e.landingPage()
}

// landingPage has links, and nothing of the server.
func (e *exporter) landingPage() http.Handler {
	page, err := web.NewLandingPage(web.LandingConfig{
		Name:        "Valkey exporter",
		Description: "Metrics of " + html.EscapeString(e.settings.target.String()) + " for Prometheus.",
		Version:     build().Version,
		Profiling:   "false",
		Links: []web.LandingLinks{
			{Address: e.settings.metricsPath, Text: "Metrics", Description: "What Prometheus scrapes"},
			{Address: "/-/healthy", Text: "Healthy", Description: "The exporter runs"},
			{Address: "/-/ready", Text: "Ready", Description: "The exporter answers scrapes"},
		},
	})
	if err != nil {
		panic(err) // the template is the library's own
	}
	return page
}

// serve listens until ctx ends, then lets the scrapes under way finish.
func serve(ctx context.Context, handler http.Handler, s *settings, log *slog.Logger) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		err := server.Shutdown(limit)
		if errors.Is(err, context.DeadlineExceeded) {
			log.WarnContext(limit, "scrapes under way were cut off", "after", stopTimeout)
			err = server.Close()
		}
		stopped <- err
	})
	defer stop()
	err := web.ListenAndServe(server, s.web, log)
	if errors.Is(err, http.ErrServerClosed) {
		return <-stopped
	}
	var refused *net.OpError
	if errors.As(err, &refused) && refused.Op == "listen" {
		return fmt.Errorf("--web.listen-address: cannot listen on %s: %w: choose another address or port",
			strings.Join(*s.web.WebListenAddresses, ", "), refused.Err)
	}
	return err
}

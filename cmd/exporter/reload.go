package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// reloadOnHangup re-reads the configuration file at each SIGHUP until ctx ends.
// When it returns, SIGHUP no longer ends the program.
func (e *exporter) reloadOnHangup(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				_ = e.reload() // logged, and in a metric
			}
		}
	}()
}

// reloadOnRequest is POST /-/reload.
func (e *exporter) reloadOnRequest(w http.ResponseWriter, r *http.Request) {
	switch {
	case !e.settings.lifecycle:
		http.Error(w, "reloading by request is off: start the exporter with --web.enable-lifecycle, or send SIGHUP", http.StatusForbidden)
	case r.Method != http.MethodPost && r.Method != http.MethodPut:
		w.Header().Set("Allow", "POST, PUT")
		http.Error(w, "use POST", http.StatusMethodNotAllowed)
	default:
		if err := e.reload(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "reloaded")
	}
}

// reload puts the file's configuration into effect, or keeps the old one when
// the file has a mistake.
func (e *exporter) reload() error {
	e.reloading.Lock()
	defer e.reloading.Unlock()
	loaded, err := loadConfig(e.settings.configFile)
	if err != nil {
		e.mu.Lock()
		e.config.OK = false
		e.mu.Unlock()
		for _, mistake := range mistakes(err) {
			e.log.Error("configuration not reloaded, the old one stays in effect", "err", mistake)
		}
		return fmt.Errorf("the old configuration stays in effect:\n%w", err)
	}
	e.apply(loaded)
	e.log.Info("configuration reloaded", "config", e.settings.configName(), "queues", len(loaded.Queues()))
	return nil
}

// Command exporter serves the metrics of one Valkey or Redis server to
// Prometheus.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/common/promslog"
	"github.com/redis/go-redis/v9"
)

// name is the program's, in its help, its log and CLIENT LIST.
const name = "valkey_exporter"

func main() {
	if len(os.Args) > 1 && os.Args[1] == checkCommand {
		os.Exit(runCheck(os.Args[2:]))
	}
	flags := parseFlags(os.Args[1:])
	if flags.configPrint || flags.configCheck {
		showConfig(flags)
		return
	}
	if flags.healthcheck {
		showHealth(flags)
		return
	}
	settings, err := flags.settings(os.Getenv)
	if err != nil {
		fatal(err)
	}
	log := promslog.New(settings.log)
	redis.SetLogger(poolLog{log})
	log.Info("starting", "version", build().Version, "revision", build().Commit, "go", build().Go)
	log.Info("watching", "server", settings.target.String(), "queues", len(settings.config.Queues()), "config", settings.configName())

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	exporter := newExporter(ctx, settings, log)
	exporter.reloadOnHangup(ctx)
	err = serve(ctx, exporter.handler(), settings, log)
	stop() // serve may have ended by itself
	exporter.close()
	if err != nil {
		fatal(err)
	}
	log.Info("stopped")
}

// fatal prints every mistake on a line of its own and ends the program.
func fatal(err error) {
	complain(err)
	os.Exit(1)
}

func complain(err error) {
	for _, line := range mistakes(err) {
		fmt.Fprintf(os.Stderr, "%s: error: %s\n", name, line)
	}
}

// poolLog is where go-redis logs; what matters of it reaches the log as the
// error of a scrape.
type poolLog struct{ log *slog.Logger }

func (p poolLog) Printf(ctx context.Context, format string, v ...any) {
	p.log.DebugContext(ctx, "go-redis", "message", fmt.Sprintf(format, v...))
}

// Command mockapp plays the mock infrastructure: every usage pattern of the service's specification, against a real
// Valkey or Redis server, at a small steady rate, with troubles that can be switched on. See docs/mockapp.md.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/common/promslog"
	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/mockapp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "mockapp:", err)
		os.Exit(1)
	}
}

// run is the program: it plays until ctx is done or the duration is over.
func run(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) error {
	f, err := parse(args)
	if err != nil {
		return err
	}
	password, err := password(getenv)
	if err != nil {
		return err
	}
	f.log.Writer = stderr
	f.options.Log = promslog.New(&f.log)
	redis.SetLogger(quiet{f.options.Log})

	a, err := mockapp.New(&redis.Options{Addr: f.addr, Password: password}, f.options)
	if err != nil {
		return err
	}
	if f.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.duration)
		defer cancel()
	}
	return a.Run(ctx)
}

// quiet sends what go-redis has to say, a line for every failed attempt, to the debug log: the application itself tells
// of an outage, once.
type quiet struct{ log *slog.Logger }

// Printf is the interface of go-redis.
func (q quiet) Printf(ctx context.Context, format string, v ...any) {
	q.log.DebugContext(ctx, "go-redis", "message", fmt.Sprintf(format, v...))
}

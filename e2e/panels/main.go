//go:build unix

// Command panels proves that every query of every panel and annotation of the
// dashboards has an answer: a real service, its replica and their exporters run under
// a real Prometheus. What has no answer while all is well is on a list that says what
// it waits for; then each of these conditions is brought about, one after the other,
// and the queries that wait for it must be answered.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

const name = "panels"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	app := kingpin.New(name, "Asks Prometheus what the dashboards ask, while all is well and while it is not.")
	dir := app.Flag("dir", "Folder for logs and data.").Default(".cache/panels").String()
	pace := app.Flag("pace", "How many times faster than in life everything is.").Default("60").Int()
	patience := app.Flag("patience", "How long an answer may take to come.").Default("3m").Duration()
	if _, err := app.Parse(args); err != nil {
		return fmt.Errorf("%w, try --help", err)
	}
	if *pace < 1 {
		return fmt.Errorf("--pace=%d: it is at least 1, which is the pace of life", *pace)
	}
	l, err := open(ctx, *dir, *pace)
	if err != nil {
		return err
	}
	defer l.stack.Stop()
	p := proof{lab: l, patience: *patience}
	if err := p.settle(ctx); err != nil {
		return err
	}
	return errors.Join(p.whileAllIsWell(ctx), p.whileItIsNot(ctx))
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

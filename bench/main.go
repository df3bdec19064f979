//go:build unix

// Command bench measures what a scrape costs, on a real server and with the
// real exporter, and compares it with a raw client in the same run: one kept
// connection, the same commands in one write, the replies thrown away.
//
// It prints its findings and writes them to docs/performance.md. It takes a
// few minutes and leaves no process and no other file behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// options are the command line.
type options struct {
	output string
	check  bool
	rounds int
	only   string
}

func main() {
	o := options{}
	flag.StringVar(&o.output, "output", "docs/performance.md", "`file` to write, relative to the root of the repository; empty: none")
	flag.BoolVar(&o.check, "check", false, "exit with status 1 when a target is missed")
	flag.IntVar(&o.rounds, "rounds", 300, "how often each scrape is measured; the largest cases take a third")
	flag.StringVar(&o.only, "only", "", "measure only the cases whose name contains this `text`, and write no file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	missed, err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	if err != nil || missed && o.check {
		os.Exit(1)
	}
}

// run measures every case and reports.
func run(ctx context.Context, o options) (missed bool, err error) {
	l, err := newLab(ctx, max(o.rounds, 10))
	if err != nil {
		return false, err
	}
	defer l.close()
	r := report{environment: describeEnvironment(l.version)}
	for _, c := range cases() {
		if !strings.Contains(c.name, o.only) {
			continue
		}
		progress("%s", c.name)
		err := l.run(ctx, c, &r)
		if ctx.Err() != nil {
			return false, errors.New("interrupted")
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	text := r.markdown()
	fmt.Print(text)
	if o.output != "" && o.only == "" {
		if err := os.WriteFile(o.output, []byte(text), 0o644); err != nil { //nolint:gosec // documentation is for everybody
			return false, err
		}
	}
	return r.missed(), nil
}

// progress says on standard error what is going on.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

//go:build unix

// Command e2e proves the way from a fault to the right person: for each fault a
// service of its own is broken, under one real Prometheus and one real
// Alertmanager, and what arrives at the receiver is compared with what the fault
// says must arrive, and when. Beside them healthy services run, of which nothing may
// arrive.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"valkey-exporter/internal/fault"
)

const name = "e2e"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	f, err := parse(os.Args[1:])
	if err == nil {
		err = run(ctx, f)
	}
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// flags are the command line.
type flags struct {
	faults  []string
	short   bool
	pace    int
	atOnce  int
	dir     string
	page    string
	healthy int
	least   time.Duration
	warm    time.Duration
}

func parse(args []string) (flags, error) {
	var f flags
	app := kingpin.New(name, "Breaks services and compares what is told of them with what must be.")
	app.Flag("fault", "Only this fault; repeatable. All if there is none; `none` leaves all out.").StringsVar(&f.faults)
	app.Flag("short", "Only the faults that go with every change.").BoolVar(&f.short)
	app.Flag("pace", "How many times faster than in life rules and routes are.").Default("20").IntVar(&f.pace)
	app.Flag("at-once", "How many services are broken at the same time; 0: all.").Default("9").IntVar(&f.atOnce)
	app.Flag("dir", "Folder for logs and data.").Default(".cache/e2e").StringVar(&f.dir)
	app.Flag("page", "Write a page with the result to this file.").StringVar(&f.page)
	app.Flag("healthy", "How many services are left alone meanwhile.").Default("3").IntVar(&f.healthy)
	app.Flag("healthy.least", "How long they are watched at least.").Default("0s").DurationVar(&f.least)
	app.Flag("warm", "How long services run before they are broken, in life.").Default("5m").DurationVar(&f.warm)
	_, err := app.Parse(args)
	switch {
	case err != nil:
		return f, fmt.Errorf("%w, try --help", err)
	case f.pace < 1:
		return f, fmt.Errorf("--pace=%d: it is at least 1, which is the pace of life", f.pace)
	case f.atOnce < 0 || f.healthy < 0:
		return f, fmt.Errorf("--at-once and --healthy are not below 0")
	}
	return f, nil
}

// wanted are the faults that the flags name.
func (f flags) wanted() ([]fault.Fault, error) {
	var all []fault.Fault
	if len(f.faults) == 0 {
		for _, one := range fault.Faults() {
			if one.Short || !f.short {
				all = append(all, one)
			}
		}
		return all, nil
	}
	for _, n := range f.faults {
		switch one, ok := fault.Named(n); {
		case n == "none":
		case !ok:
			return nil, fmt.Errorf("--fault=%s: there is no such fault; those that there are: %s", n, known())
		default:
			all = append(all, one)
		}
	}
	return all, nil
}

// run proves wave after wave and says what came of it.
func run(ctx context.Context, f flags) error {
	faults, err := f.wanted()
	if err != nil {
		return err
	}
	p := proof{flags: f, faults: faults, begun: time.Now()}
	for _, wave := range waves(faults, f.atOnce) {
		if err := p.prove(ctx, wave); err != nil {
			return err
		}
	}
	fmt.Println(table(p.results))
	if f.page != "" {
		text, err := p.page()
		if err != nil {
			return err
		}
		if err := os.WriteFile(f.page, text, 0o644); err != nil {
			return err
		}
	}
	return failures(p.results)
}

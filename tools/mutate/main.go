// Command mutate says how good the tests of the rules are. It changes every rule,
// one change at a time, and runs the tests: a change that no test notices is a
// mistake that nobody would notice either. It writes docs/rule-quality.md;
// `make mutate` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		say("%v", err)
		os.Exit(1)
	}
}

// say tells the person who waits; what is piped on is written to standard output.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "mutate: "+format+"\n", args...) }

// options are the command line.
type options struct {
	rules    string
	promtool string
	reasons  string
	page     string
	alert    string
	sample   int
	least    float64
	jobs     int
	timeout  time.Duration
}

// whole says whether every mutant is run, so that the page may be written.
func (o options) whole() bool { return o.alert == "" && o.sample == 0 }

func parseFlags(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("mutate", flag.ContinueOnError)
	f.StringVar(&o.rules, "rules", "rules", "folder of generated/valkey.rules.yml and tests/*.yml")
	f.StringVar(&o.promtool, "promtool", "promtool", "promtool that runs the tests")
	f.StringVar(&o.reasons, "reasons", "tools/mutate/survivors.yml", "why mutants survive that do")
	f.StringVar(&o.page, "page", "docs/rule-quality.md", "page to write after a whole run")
	f.StringVar(&o.alert, "alert", "", "mutate the rules of this name only, alert or recording")
	f.IntVar(&o.sample, "sample", 0, "run only so many mutants, evenly spread")
	f.Float64Var(&o.least, "least", 0.95, "share of mutants that the tests must notice")
	f.IntVar(&o.jobs, "jobs", runtime.NumCPU(), "how many promtools run at a time")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "how long one promtool may take")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("what is %q? All arguments are flags", f.Arg(0))
	case o.jobs < 1 || o.sample < 0:
		return o, errors.New("--jobs and --sample count something")
	}
	return o, nil
}

func run(ctx context.Context, args []string) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	reasons, err := readReasons(o.reasons)
	if err != nil {
		return err
	}
	set, mutants, err := plan(o)
	if err != nil {
		return err
	}
	if err := try(ctx, o, set, mutants); err != nil {
		return err
	}
	r := judge(mutants, reasons, o.whole())
	if o.whole() {
		if err := os.WriteFile(o.page, r.page(), 0o644); err != nil {
			return err
		}
	}
	if o.alert != "" {
		o.least = 0 // a share of few says nothing; reasons for survivors count
	}
	return r.conclude(os.Stdout, o.least)
}

// plan reads rules and tests, and makes the mutants to be run.
func plan(o options) (*ruleSet, []*mutant, error) {
	set, err := readRules(filepath.Join(o.rules, rulesFile))
	if err != nil {
		return nil, nil, err
	}
	if err := set.readTests(filepath.Join(o.rules, testsFolder)); err != nil {
		return nil, nil, err
	}
	mutants, err := set.mutants(o.alert)
	if err != nil {
		return nil, nil, err
	}
	if len(mutants) == 0 {
		return nil, nil, fmt.Errorf("no rule to mutate is called %q", o.alert)
	}
	return set, spread(mutants, o.sample), nil
}

// spread picks n mutants, evenly; 0 means all.
func spread(all []*mutant, n int) []*mutant {
	if n == 0 || n >= len(all) {
		return all
	}
	picked := make([]*mutant, n)
	for i := range picked {
		picked[i] = all[i*len(all)/n]
	}
	return picked
}

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"

	"valkey-exporter/config"
)

// checkCommand is the word that asks for a check in the place of the exporter.
const checkCommand = "check"

// checkFlags are the command line of `exporter check`.
type checkFlags struct {
	flags

	timeout time.Duration
	watch   time.Duration
	share   float64
	output  string
}

// The outputs.
const textOutput, jsonOutput = "text", "json"

// parseCheckFlags ends the program when the flags only ask for help or the version.
func parseCheckFlags(args []string) (*checkFlags, error) {
	f := &checkFlags{}
	app := kingpin.New(name+" "+checkCommand, "Looks at a Valkey or Redis server once and says what is the case, what of it needs attention and what to do about it. "+
		"It ends with 0 if nothing is worse than a note, 1 after a warning, 2 if something is critical or the server cannot be asked, "+
		"and 3 if it cannot tell: a mistake on the command line or in a file, or an interruption.")
	app.HelpFlag.Short('h')
	app.Version(version.Print(name))
	app.UsageWriter(os.Stdout)
	f.serverFlags(app)
	f.configFileFlag(app)
	app.Flag("timeout", "How long the check may take. The walk over the keys ends early enough, and says how far it came.").
		Default("1m").DurationVar(&f.timeout)
	app.Flag("watch", "How long to watch the server at least: for hit rate, commands and evictions a second.").
		Default("5s").DurationVar(&f.watch)
	app.Flag("max-server-share", "Part of the server's time that the walk over the keys may take, e.g. 0.05: a larger one is sooner done. "+
		"Default: discovery.max_server_share of the configuration.").PlaceHolder("SHARE").Float64Var(&f.share)
	app.Flag("output", "text for people, or json, see docs/check.md.").Default(textOutput).EnumVar(&f.output, textOutput, jsonOutput)
	if _, err := app.Parse(args); err != nil {
		return nil, fmt.Errorf("%w, try %s --help", err, checkCommand)
	}
	return f, nil
}

// settings are those of an exporter that serves nobody.
func (f *checkFlags) settings(env func(string) string) (*settings, error) {
	s, err := f.serverSettings(env)
	s.statusPage, s.once = true, newOnce(f.share)
	return s, errors.Join(err, f.checkLimits())
}

func (f *checkFlags) checkLimits() error {
	var errs []error
	if f.timeout < time.Second {
		errs = append(errs, fmt.Errorf("--timeout: want 1s or more, got %s", f.timeout))
	}
	if f.watch < 0 || f.watch >= f.timeout {
		errs = append(errs, fmt.Errorf("--watch: want 0s or more, and less than --timeout (%s), got %s", f.timeout, f.watch))
	}
	if f.share != 0 && !(f.share >= config.LeastServerShare && f.share <= config.MostServerShare) {
		errs = append(errs, fmt.Errorf("--max-server-share: want a share from %v to %v, such as 0.05, got %v", config.LeastServerShare, config.MostServerShare, f.share))
	}
	return errors.Join(errs...)
}

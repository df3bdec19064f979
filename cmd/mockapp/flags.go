package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"

	"valkey-exporter/internal/mockapp"
)

// flags is what the command line says.
type flags struct {
	addr     string
	duration time.Duration
	options  mockapp.Options
	log      promslog.Config
}

// parse reads the command line and reports every mistake in its values at once.
func parse(args []string) (*flags, error) {
	f := &flags{}
	troubles, consume := []string{}, ""
	cmd := kingpin.New("mockapp", help())
	cmd.HelpFlag.Short('h')
	cmd.UsageWriter(os.Stdout)
	cmd.Flag("valkey.addr", "Address of the server, host:port.").Default("127.0.0.1:6380").Envar("VALKEY_ADDR").StringVar(&f.addr)
	cmd.Flag("rate", "Multiplier of the pace; 1 is about 100 commands a second.").Default("1").Float64Var(&f.options.Rate)
	cmd.Flag("workers", "Number of queue consumers.").Default("4").IntVar(&f.options.Workers)
	cmd.Flag("consume", "Command the consumers wait with: blpop (last in, first out) or brpop (first in, first out).").
		Default(string(mockapp.BLPop)).EnumVar(&consume, string(mockapp.BLPop), string(mockapp.BRPop))
	cmd.Flag("duration", "Stop after this time; 0 means at SIGTERM or SIGINT.").Default("0s").DurationVar(&f.duration)
	cmd.Flag("seed", "The same seed makes the same choices; 0 takes one from the clock.").Default("0").Uint64Var(&f.options.Seed)
	cmd.Flag("cleanup", "Delete the application's keys at the end.").BoolVar(&f.options.Cleanup)
	cmd.Flag("trouble", "Troubles that are on from the start, separated by commas. Repeatable.").StringsVar(&troubles)
	cmd.Flag("trouble-file", "File with names of further troubles, read every second; no file, no trouble.").StringVar(&f.options.TroubleFile)
	promslogflag.AddFlags(cmd, &f.log)
	if _, err := cmd.Parse(args); err != nil {
		return nil, err
	}
	f.options.Consume = mockapp.Consume(consume)
	var unknown error
	f.options.Troubles, unknown = mockapp.ParseTroubles(strings.Join(troubles, ","))
	return f, errors.Join(unknown, f.validate())
}

// validate looks at what the app takes zero for: on the command line that is a mistake.
func (f *flags) validate() error {
	var all []error
	if _, _, err := net.SplitHostPort(f.addr); err != nil {
		all = append(all, fmt.Errorf("--valkey.addr %q: want host:port", f.addr))
	}
	if f.options.Rate == 0 {
		all = append(all, errors.New("--rate 0: want more than 0"))
	}
	if f.options.Workers == 0 {
		all = append(all, errors.New("--workers 0: want at least 1"))
	}
	if f.duration < 0 {
		all = append(all, fmt.Errorf("--duration %s: want 0 or more", f.duration))
	}
	return errors.Join(all...)
}

// help is the text above the flags. The indented lines are kept as they are.
func help() string {
	var b strings.Builder
	b.WriteString("Plays every usage pattern of the specification (caches, sessions, queues, rate limits, pub/sub, rankings, " +
		"locks) against a Valkey or Redis server at a small steady rate. The password, if the server wants one, comes from " +
		"VALKEY_PASSWORD or from the file named by VALKEY_PASSWORD_FILE.\n\nTroubles that can be switched on:\n")
	for _, t := range mockapp.AllTroubles() {
		d := t.Describe()
		fmt.Fprintf(&b, "\n%s: %s You should see: %s\n", d.Name, d.Does, d.Shows)
	}
	return b.String()
}

//go:build unix

// Command stack runs Valkey, the mock application, the exporter, Prometheus and
// Alertmanager on loopback, without containers, prints what Alertmanager sends, and
// breaks things on demand.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kingpin/v2"
)

const name = "stack"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// run does what the command line says.
func run(ctx context.Context, args []string) error {
	app := kingpin.New(name, "Runs the whole of it on loopback, and breaks it on demand.")
	app.HelpFlag.Short('h')
	dir := app.Flag("dir", "Folder for logs, data and the socket of the other commands.").Default(".cache/stack").String()

	up := app.Command("up", "Start everything, print what Alertmanager sends, and end with Ctrl-C.")
	var f upFlags
	up.Flag("fast", "Rules and routes are --pace times faster than in life, so that a page comes within a minute.").BoolVar(&f.fast)
	up.Flag("pace", "How many times faster --fast is.").Default("20").IntVar(&f.pace)
	up.Flag("valkey.port", "Port of the server.").Default("6380").IntVar(&f.valkey)
	up.Flag("exporter.port", "Port of the exporter.").Default("9121").IntVar(&f.exporter)
	up.Flag("prometheus.port", "Port of Prometheus.").Default("9090").IntVar(&f.prometheus)
	up.Flag("alertmanager.port", "Port of Alertmanager.").Default("9093").IntVar(&f.alertmanager)
	up.Flag("receiver.port", "Port of the receiver.").Default("9095").IntVar(&f.receiver)

	status := app.Command("status", "Show how everything is that `up` has started.")
	faults := app.Command("faults", "List what can be broken.")
	breaks := app.Command("break", "Break something.")
	which := breaks.Arg("fault", "What to break; none lists the choice.").String()
	heal := app.Command("heal", "Mend everything that was broken.")

	command, err := app.Parse(args)
	if err != nil {
		return fmt.Errorf("%w, try --help", err)
	}
	c := control{dir: *dir}
	switch command {
	case up.FullCommand():
		return start(ctx, *dir, f)
	case status.FullCommand():
		return c.print(ctx, "GET", "/status")
	case breaks.FullCommand():
		return c.breakIt(ctx, *which)
	case heal.FullCommand():
		return c.print(ctx, "POST", "/heal")
	case faults.FullCommand():
		fmt.Print(choice())
	}
	return nil
}

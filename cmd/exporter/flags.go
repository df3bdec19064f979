package main

import (
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"valkey-exporter/collector/valkey"
)

// flags are the command line as it was typed.
type flags struct {
	addr         string
	user         string
	passwordFile string
	tls          valkey.TLSFiles

	configFile               string
	configCheck, configPrint bool
	stateFile                string

	metricsPath string
	statusPage  bool
	lifecycle   bool
	healthcheck bool
	timeout     time.Duration
	offset      time.Duration

	web *web.FlagConfig
	log *promslog.Config
}

// parseFlags ends the program, with a message, when the flags are wrong or
// only ask for help or the version.
func parseFlags(args []string) *flags {
	f := &flags{log: &promslog.Config{}}
	app := kingpin.New(name, "Serves the metrics of a Valkey or Redis server, used as cache and job queue, to Prometheus.")
	app.HelpFlag.Short('h')
	app.Version(version.Print(name))
	app.UsageWriter(os.Stdout)
	f.serverFlags(app)
	f.configFlags(app)
	f.stateFlags(app)
	f.webFlags(app)
	promslogflag.AddFlags(app, f.log)
	if _, err := app.Parse(args); err != nil {
		app.Fatalf("%s, try --help", err)
	}
	return f
}

func (f *flags) serverFlags(app *kingpin.Application) {
	app.Flag("valkey.addr", "Server to watch: host:port, or a valkey://, valkeys:// (TLS), redis://, rediss:// or unix:// address. "+
		"$VALKEY_ADDR, then $REDIS_ADDR, are used if it is not given. Default: localhost:6379. Passwords do not belong here.").
		PlaceHolder("ADDRESS").StringVar(&f.addr)
	app.Flag("valkey.user", "ACL user to log in as. $VALKEY_USER, then $REDIS_USER, are used if it is not given. "+
		"The password comes from $VALKEY_PASSWORD, $REDIS_PASSWORD or a file.").PlaceHolder("NAME").StringVar(&f.user)
	app.Flag("valkey.password-file", "File with the password; it is read anew for each connection. "+
		"$VALKEY_PASSWORD_FILE is used if it is not given.").PlaceHolder("FILE").StringVar(&f.passwordFile)
	app.Flag("valkey.tls-ca-file", "PEM file with the authorities to trust instead of the system's.").
		PlaceHolder("FILE").StringVar(&f.tls.CA)
	app.Flag("valkey.tls-cert-file", "PEM file with the client certificate.").PlaceHolder("FILE").StringVar(&f.tls.Cert)
	app.Flag("valkey.tls-key-file", "PEM file with the key of the client certificate.").PlaceHolder("FILE").StringVar(&f.tls.Key)
	app.Flag("valkey.tls-server-name", "Name that the server's certificate must carry, if it is not the host in the address.").
		PlaceHolder("NAME").StringVar(&f.tls.ServerName)
	app.Flag("valkey.tls-skip-verify", "Accept any certificate of the server. Only for tests: anyone in between can read along.").
		BoolVar(&f.tls.SkipVerify)
}

func (f *flags) configFileFlag(app *kingpin.Application) {
	app.Flag("config.file", "YAML file with the queues to watch, see docs/configuration.md. Without it the built-in queues are watched.").
		PlaceHolder("FILE").StringVar(&f.configFile)
}

func (f *flags) configFlags(app *kingpin.Application) {
	f.configFileFlag(app)
	app.Flag("config.check", "Check only the configuration file, list every mistake, and exit.").BoolVar(&f.configCheck)
	app.Flag("config.print", "Print the configuration in effect, defaults included, and exit.").BoolVar(&f.configPrint)
}

func (f *flags) stateFlags(app *kingpin.Application) {
	app.Flag("state.file", "File in which the exporter keeps what it has learned of the queues (since when a job has been seen, what came and went), so that "+
		"a restart in order loses nothing; after a crash counters begin at 0 and ages go on. It holds hashes of jobs, not their text. Without it, all begins anew.").
		PlaceHolder("FILE").StringVar(&f.stateFile)
}

func (f *flags) webFlags(app *kingpin.Application) {
	f.web = kingpinflag.AddFlags(app, ":9121")
	app.Flag("web.telemetry-path", "Path under which to expose metrics.").Default("/metrics").StringVar(&f.metricsPath)
	app.Flag("web.status-page", "Show the state of the server and its queues at /, see docs/status-page.md. --no-web.status-page leaves a page with links there.").
		Default("true").BoolVar(&f.statusPage)
	app.Flag("web.enable-lifecycle", "Re-read the configuration file on POST /-/reload too, not only on SIGHUP.").BoolVar(&f.lifecycle)
	app.Flag("web.healthcheck", "Ask the exporter that runs with the same --web.listen-address whether it is healthy, and exit: 0 if it is. "+
		"For the health check of a container. A request for a password or for TLS counts as healthy.").BoolVar(&f.healthcheck)
	app.Flag("scrape.timeout", "How long a scrape may take when Prometheus does not say (it does, in a header).").
		Default("10s").DurationVar(&f.timeout)
	app.Flag("scrape.timeout-offset", "How long before Prometheus gives up the exporter answers, come what may; at most half the timeout.").
		Default("250ms").DurationVar(&f.offset)
}

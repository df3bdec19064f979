// Command bundle writes every file that is derived from the catalogue and the
// configuration: rules for Prometheus and for its operator, routes and messages for
// Alertmanager, dashboards for Grafana, runbooks, and the pages of docs that list
// metrics, alerts and routes.
// `make generate` runs it for this repository.
package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"

	"valkey-exporter/config"
	"valkey-exporter/rules/render"
)

func main() {
	f := newFlags()
	kingpin.MustParse(f.app.Parse(os.Args[1:]))
	if err := run(os.Stdout, f); err != nil {
		f.app.Fatalf("%v", err)
	}
}

// flags are the command line.
type flags struct {
	app        *kingpin.Application
	configFile string
	out        string
	check      bool
	formats    []string
	operator   render.Operator
}

func newFlags() *flags {
	f := &flags{app: kingpin.New("bundle", "Writes the alert rules, their runbooks, the routes of Alertmanager, the dashboards for Grafana and the lists of metrics and alerts, for the configuration file that the exporter reads.")}
	f.app.HelpFlag.Short('h')
	f.app.Version(version.Print("bundle"))
	f.app.Flag("config.file", "Configuration file of the exporter; without one, its embedded default.").ExistingFileVar(&f.configFile)
	f.app.Flag("out", "Folder to write to.").Default(".").ExistingDirVar(&f.out)
	f.app.Flag("check", "Write nothing; fail and show the difference when a file is not what would be written.").BoolVar(&f.check)
	f.app.Flag("format", "Write rules in this format only: "+prometheus+" or "+operator+". Repeatable; both if left out.").
		EnumsVar(&f.formats, prometheus, operator)
	f.app.Flag("operator.name", "Name of the PrometheusRule.").Default("valkey").StringVar(&f.operator.Name)
	f.app.Flag("operator.namespace", "Namespace of the PrometheusRule and of the ConfigMaps with dashboards; kubectl's own if left out.").StringVar(&f.operator.Namespace)
	f.operator.Labels = map[string]string{}
	f.app.Flag("operator.label", "Label of the PrometheusRule that the operator's ruleSelector wants, such as release=kube-prometheus-stack. Repeatable.").
		StringMapVar(&f.operator.Labels)
	return f
}

// wanted reads the configuration.
func (f *flags) wanted() (wanted, error) {
	w := wanted{config: config.Default(), formats: f.formats, operator: f.operator}
	w.operator.Labels = maps.Clone(f.operator.Labels)
	if len(w.formats) == 0 {
		w.formats = []string{prometheus, operator}
	}
	if f.configFile == "" {
		return w, nil
	}
	var err error
	w.config, err = config.Load(f.configFile)
	return w, err
}

func run(out io.Writer, f *flags) error {
	w, err := f.wanted()
	if err != nil {
		return err
	}
	files, err := artefacts(w)
	if err != nil {
		return err
	}
	if f.check {
		return check(out, files, f.out)
	}
	if err := files.write(f.out); err != nil {
		return err
	}
	if f.configFile != "" {
		advise(out, w.config)
	}
	orphans, err := files.orphans(f.out)
	for _, p := range orphans {
		fmt.Fprintln(out, orphan(p))
	}
	return err
}

// advise names links that lead nowhere from a notification, and receivers that are
// no people.
func advise(out io.Writer, c config.Validated) {
	a := c.Alerts()
	if !strings.HasPrefix(a.RunbookURL, "http") {
		fmt.Fprintf(out, "note: runbook_url is %s: set alerts.runbook_url to where people can open the runbooks\n", a.RunbookURL)
	}
	if strings.Contains(a.GrafanaURL, "//localhost") {
		fmt.Fprintf(out, "note: grafana_url is %s: set alerts.grafana_url to the address that people use\n", a.GrafanaURL)
	}
	if names := onLoopback(c.Alertmanager()); len(names) > 0 {
		fmt.Fprintf(out, "note: alerts go to a program on the host of Alertmanager (%s): set alertmanager.receivers to whom they are to reach\n", strings.Join(names, ", "))
	}
}

// onLoopback are the receivers whose webhook is on the same host, as it is by default.
func onLoopback(a config.Alertmanager) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a.Receivers)) {
		u, err := url.Parse(a.Receivers[name].Webhook.URL)
		if err != nil {
			continue // not of a validated configuration
		}
		if host := u.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
			names = append(names, name)
		}
	}
	return names
}

// check shows what is not as it should be.
func check(out io.Writer, wanted files, root string) error {
	found, err := wanted.findings(root)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintln(out, f)
		fmt.Fprint(out, f.diff)
	}
	if len(found) > 0 {
		return errors.New("derived files are not current: run the same command without --check; in this repository, make generate")
	}
	return nil
}

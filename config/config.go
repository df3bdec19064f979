// Package config reads the one YAML file that the exporter and the bundle
// share: which queues to watch, what is too long or too old for each, and how
// gently to look for them.
//
// A configuration is only obtained by Load, Parse or Default, and each of them
// returns a Validated: a mistake that this package can see never reaches the
// code that uses the values. Every mistake of a file is reported at once, as
// Problems. Secrets have no place in the file and no field to go to.
//
// A new setting is one row in a table of fields (see fields.go): reading,
// printing, error messages and the test of docs/configuration.md follow from it.
package config

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
)

// maxSize is the largest file that is read, in bytes. Ten thousand queues fit
// with room to spare; a log file given by mistake does not.
const maxSize = 1 << 20

// Validated is a configuration without mistakes. Its values are never changed
// after it was made, so it may be shared between goroutines. The zero Validated
// was not validated and is of no use.
type Validated struct {
	queues    []Queue
	discovery Discovery
	observe   Observe
	classes   Classes
	clients   Clients
	scrape    Scrape
	audit     Audit
	latency   Latency
	alerts    Alerts
	pace      int // of a demonstration; 0 is that of life

	alertmanager Alertmanager
	dashboards   Dashboards
}

// Queues are the keys and patterns to watch, in the order of the file. The
// caller owns the slice.
func (v Validated) Queues() []Queue { return slices.Clone(v.queues) }

// Queue is the entry of Queues at an index.
func (v Validated) Queue(i int) Queue { return v.queues[i] }

// Discovery says how keys are found by pattern.
func (v Validated) Discovery() Discovery { return v.discovery }

// Observe says how closely queues are looked at between scrapes.
func (v Validated) Observe() Observe { return v.observe }

// Classes says by which names keys are counted together. The caller owns what it
// contains.
func (v Validated) Classes() Classes { return v.classes.clone() }

// Clients says who is counted together, and which channels are listened to. The
// caller owns what it contains.
func (v Validated) Clients() Clients { return v.clients.clone() }

// Scrape says how the server is asked.
func (v Validated) Scrape() Scrape { return v.scrape }

// Audit says how the server should be set up.
func (v Validated) Audit() Audit { return v.audit }

// Latency says how fast commands should be. The caller owns what it contains.
func (v Validated) Latency() Latency { return v.latency.clone() }

// Alerts says what the alert rules are about and what they compare with. The
// caller owns what it contains.
func (v Validated) Alerts() Alerts { return v.alerts.clone() }

// Alertmanager says whom alerts reach. The caller owns what it contains.
func (v Validated) Alertmanager() Alertmanager { return v.alertmanager.clone() }

// Dashboards says how the dashboards for Grafana are made.
func (v Validated) Dashboards() Dashboards { return v.dashboards }

// Equal says whether two configurations ask for the same.
func (v Validated) Equal(other Validated) bool {
	return slices.Equal(v.queues, other.queues) &&
		v.discovery == other.discovery &&
		v.observe == other.observe &&
		v.classes.equal(other.classes) &&
		v.clients.Equal(other.clients) &&
		v.scrape == other.scrape &&
		v.audit == other.audit &&
		v.latency.equal(other.latency) &&
		v.Pace() == other.Pace() &&
		v.dashboards == other.dashboards &&
		v.alerts.equal(other.alerts) &&
		v.alertmanager.equal(other.alertmanager)
}

// Load reads and validates a file. What is wrong inside the file is returned
// as Problems.
func Load(path string) (Validated, error) {
	f, err := os.Open(path)
	if err != nil {
		return Validated{}, fmt.Errorf("configuration file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return Validated{}, fmt.Errorf("configuration file: %w", err)
	}
	return Parse(path, data)
}

// Parse validates the text of a file; name is what its problems call it. What
// the text does not mention has the value of Default. The error, if any, is of
// type Problems.
func Parse(name string, data []byte) (Validated, error) {
	return parse(name, data, Default())
}

// Default is the embedded configuration: the queues of the service's
// documentation, with the thresholds of its alerts.
func Default() Validated {
	v := embedded()
	v.alerts, v.alertmanager, v.classes, v.clients = v.alerts.clone(), v.alertmanager.clone(), v.classes.clone(), v.clients.clone()
	v.latency = v.latency.clone()
	return v
}

//go:embed default.yml
var defaultFile []byte

// embedded panics when default.yml is wrong, which a test excludes.
var embedded = sync.OnceValue(func() Validated {
	v, err := parse("default.yml", defaultFile, Validated{})
	if err != nil {
		panic(err)
	}
	return v
})

func parse(name string, data []byte, base Validated) (Validated, error) {
	r := &report{file: name}
	if root := document(r, data); root != nil {
		topLevel.read(r, "the file", root, &base)
	}
	if err := r.problems(); err != nil {
		return Validated{}, err
	}
	return base, nil
}

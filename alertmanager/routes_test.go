//go:build unix

package alertmanager_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// A team that no configuration knows: other rules may have it.
const strangers = "strangers"

// receivers is who is told, written by hand from each file: by team, then severity.
var receivers = map[string]map[string]map[config.Severity]string{
	"default": {
		"": {config.Critical: "default", config.Warning: "default", config.Info: "nobody", config.None: "nobody"},
	},
	"full": {
		"":      {config.Critical: "duty", config.Warning: "mail", config.Info: "record", config.None: "nobody"},
		"jobs":  {config.Critical: "jobs-duty", config.Warning: "jobs-chat", config.Info: "record", config.None: "nobody"},
		backend: {config.Critical: "duty", config.Warning: "jobs-chat", config.Info: "nobody", config.None: "nobody"},
	},
	"odd": {
		"":     {config.Critical: "phone", config.Warning: "nobody", config.Info: "nobody", config.None: "nobody"},
		"jobs": {config.Critical: "phone", config.Warning: "nobody", config.Info: "jobs", config.None: "nobody"},
	},
}

// backend is a team with a name that has to be quoted everywhere.
const backend = `the "backend" {b|c} \ people, ü`

var watchdogs = map[string]string{"default": "heartbeat", "full": "heartbeat", "odd": "nobody"}

var severities = []config.Severity{config.Critical, config.Warning, config.Info, config.None}

// teams are all whose alerts are sent to a configuration.
func teams(name string) []string {
	all := []string{strangers, "platform", "jobs"}
	if name == "full" {
		all = append(all, backend)
	}
	return all
}

// expected is the receiver of an alert.
func expected(name string, a alert.Name, s config.Severity, team string) string {
	if a == alert.Watchdog {
		return watchdogs[name]
	}
	if own, ok := receivers[name][team]; ok {
		return own[s]
	}
	return receivers[name][""][s]
}

func TestAmtoolAcceptsTheFile(t *testing.T) {
	for version, amtool := range programs(t, "AMTOOL") {
		for name, c := range configurations(t, version) {
			out, err := exec.CommandContext(t.Context(), amtool, "check-config", written(t, c)).CombinedOutput()
			if err != nil || strings.Count(string(out), "SUCCESS") != 2 {
				t.Errorf("%s, %s amtool: %v\n%s", name, version, err, out)
			}
			// Matchers that the two parsers of newer versions read in different ways.
			if strings.Contains(strings.ToLower(string(out)), "utf-8") || strings.Contains(string(out), "level=") {
				t.Errorf("%s, %s amtool warns:\n%s", name, version, out)
			}
		}
	}
}

// The documentation says what needs a newer Alertmanager, and this is why.
func TestTheOldestAlertmanagerRefusesOnlyTwoWays(t *testing.T) {
	amtool, ok := programs(t, "AMTOOL")["oldest"]
	if !ok {
		t.Skip("no oldest amtool on this platform")
	}
	out, err := exec.CommandContext(t.Context(), amtool, "check-config", written(t, loaded(t, "testdata/full.yml"))).CombinedOutput()
	if err == nil || strings.Count(string(out), "not found in type") != 2 || !strings.Contains(string(out), "field url_file not") || !strings.Contains(string(out), "field bot_token_file not") {
		t.Errorf("got %v\n%s", err, out)
	}
}

// Every alert with every severity and team goes through the newest amtool with the
// configuration that has the most routes. Elsewhere it is asked once for each
// combination of labels that routes look at, and real servers are asked for all, in
// server_test.go.
func TestAmtoolRoutesEveryAlert(t *testing.T) {
	for version, amtool := range programs(t, "AMTOOL") {
		for name, c := range configurations(t, version) {
			t.Run(version+"/"+name, func(t *testing.T) {
				asked := kinds(name)
				if version == "newest" && name == "full" {
					asked = append(asked, everyAlert(name)...)
				}
				file := written(t, c)
				inParallel(asked, func(k kind) { routed(t, amtool, file, k, expected(name, k.name, k.severity, k.team)) })
			})
		}
	}
}

func routed(t *testing.T, amtool, file string, k kind, want string) {
	t.Helper()
	args := []string{"config", "routes", "test", "--config.file=" + file, "--verify.receivers=" + want}
	out, err := exec.CommandContext(t.Context(), amtool, append(args, k.labels()...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v: want %s: %v\n%s", k, want, err, out)
	}
}

func everyAlert(name string) []kind {
	var all []kind
	for _, a := range rules.Alerts() {
		for _, s := range severities {
			for _, team := range teams(name) {
				all = append(all, kind{a.Name, s, team, a.Component, ""})
			}
		}
	}
	return all
}

// kind is what routes look at.
type kind struct {
	name      alert.Name
	severity  config.Severity
	team      string
	component alert.Component
	role      string
}

func (k kind) labels() []string {
	all := []string{
		"alertname=" + string(k.name), "severity=" + string(k.severity), "component=" + string(k.component),
		// amtool takes a label as a matcher, in which these have to be quoted.
		fmt.Sprintf(`team="%s"`, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(k.team)),
	}
	if k.role != "" {
		all = append(all, "role="+k.role)
	}
	return all
}

func kinds(name string) []kind {
	all := []kind{{name: alert.Watchdog, severity: config.None, component: alert.Meta, team: "platform"}}
	for _, s := range severities {
		all = append(all, kind{name: alert.Watchdog, severity: s, component: alert.Meta, team: "jobs"})
		for _, team := range teams(name) {
			for _, component := range alert.Components() {
				all = append(all, kind{"Any", s, team, component, ""})
			}
			all = append(all, kind{"Any", s, team, alert.Queue, "work"}, kind{"Any", s, team, alert.Queue, "processing"})
		}
	}
	return all
}

// inParallel does something for each of many, two at a time.
func inParallel[T any](all []T, do func(T)) {
	var wg sync.WaitGroup
	for worker := range 2 {
		wg.Go(func() {
			for i := worker; i < len(all); i += 2 {
				do(all[i])
			}
		})
	}
	wg.Wait()
}

// An alert that wakes somebody is told at once, whatever the hour.
func TestCriticalIsTiedToNoInterval(t *testing.T) {
	for name, c := range configurations(t, "newest") {
		found := 0
		var walk func(r routeNode, path []string)
		walk = func(r routeNode, path []string) {
			path = append(slices.Clone(path), r.Matchers...)
			lesser := slices.Contains(path, `severity="warning"`) || slices.Contains(path, `severity="info"`)
			if len(r.Mute) > 0 || len(r.Active) > 0 && !lesser {
				t.Errorf("%s: the route %v has an interval", name, path)
			}
			// Alertmanager does not hand intervals down: each route needs its own.
			if lesser && c.Alertmanager().WorkingHours != nil && len(r.Active) == 0 && (r.Receiver != "nobody" || len(r.Routes) > 0) {
				t.Errorf("%s: the route %v does not keep to working hours", name, path)
			}
			if slices.Contains(path, `severity="critical"`) {
				found++
			}
			for _, child := range r.Routes {
				walk(child, path)
			}
		}
		walk(read(t, c).Route, nil)
		if found == 0 {
			t.Errorf("%s: no route for critical alerts", name)
		}
	}
}

// Every severity that a rule can have has a branch: nothing falls to the root.
func TestEverySeverityHasABranch(t *testing.T) {
	for name, c := range configurations(t, "newest") {
		branches := read(t, c).Route.Routes
		for _, n := range nodes(c) {
			labels := labelsOf(c, n, func(string) string { return "x" })
			if !slices.ContainsFunc(branches, func(r routeNode) bool { return matches(t, r.Matchers, labels) }) {
				t.Errorf("%s: no route for %v", name, n)
			}
		}
	}
}

func TestOnlyTheDeadMansSwitchIsNotToldOfTheEnd(t *testing.T) {
	for name, c := range configurations(t, "newest") {
		watchdog, _ := c.Alertmanager().Routes.Watchdog.Receiver()
		for _, r := range read(t, c).Receivers {
			for way, all := range r.Ways {
				for _, settings := range all {
					if settings["send_resolved"] != (r.Name != watchdog) {
						t.Errorf("%s: %s of %s: send_resolved is %v", name, way, r.Name, settings["send_resolved"])
					}
				}
			}
		}
	}
}

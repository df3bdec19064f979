package config

import (
	"cmp"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/config/alert"
)

// finishAlertmanager checks what receivers, routes and teams say of each other. It
// compares what was read without a problem: a misspelt name of a receiver is told
// once, not again for each route to it.
func finishAlertmanager(r *report, at *yaml.Node, have map[string]value, a *Alertmanager) {
	for _, name := range []string{"receivers", "routes", "teams", "email"} {
		if v, ok := have[name]; ok && !v.valid {
			return
		}
	}
	c := routeCheck{r, at, a, map[string]bool{}}
	c.routes()
	c.teams()
	c.watchdog()
	c.unused()
	c.email()
}

// routeCheck goes through all destinations.
type routeCheck struct {
	*report
	section *yaml.Node
	*Alertmanager
	alerted map[string]bool // the receivers that alerts go to
}

// leaf is a field of a section and where its alerts go.
type leaf struct {
	severity Severity
	to       Destination
}

func (c routeCheck) routes() {
	for _, l := range []leaf{{Critical, c.Routes.Critical}, {Warning, c.Routes.Warning}, {Info, c.Routes.Info}} {
		c.check(l, "routes", string(l.severity))
	}
}

func (c routeCheck) teams() {
	for _, team := range slices.Sorted(maps.Keys(c.Teams)) {
		to := c.Teams[team]
		if to == (TeamRoutes{}) {
			c.at(place(c.section, "teams", team), "teams: `%s` has no destination; add one of %s", brief(team), quoted(teamFields.names()))
		}
		for _, l := range []leaf{{Critical, to.Critical}, {Warning, to.Warning}, {Info, to.Info}} {
			c.check(l, "teams", team, string(l.severity))
		}
	}
}

// check reports a destination that does not exist, and one that would wake somebody
// for the record.
func (c routeCheck) check(l leaf, path ...string) {
	name, told := l.to.Receiver()
	if !told {
		return
	}
	c.alerted[name] = true
	receiver, ok := c.Receivers[name]
	switch {
	case !ok:
		c.unknown(name, path...)
	case l.severity == Info && receiver.Pages():
		c.at(place(c.section, path...), "info: `%s` wakes people, and alerts of the severity info never do; name a receiver without `pagerduty` and `opsgenie`, or write `off`", name)
	}
}

// unknown reports a receiver that does not exist.
func (c routeCheck) unknown(name string, path ...string) {
	advice := "known here are none; add it to `receivers`"
	if len(c.Receivers) > 0 {
		advice = suggest(name, slices.Sorted(maps.Keys(c.Receivers)))
	}
	c.at(place(c.section, path...), "%s: alerts are to go to `%s`, and there is no such receiver; %s", path[len(path)-1], name, advice)
}

// watchdog wants a receiver of its own for the alert that always fires. What it goes
// to raises the alarm when nothing comes, and would have it in its hands for ever.
func (c routeCheck) watchdog() {
	name, told := c.Routes.Watchdog.Receiver()
	if !told {
		return
	}
	at := place(c.section, "routes", "watchdog")
	receiver, ok := c.Receivers[name]
	switch {
	case !ok:
		c.unknown(name, "routes", "watchdog")
	case c.alerted[name]:
		c.at(at, "watchdog: other alerts go to `%s` as well; give the dead man's switch a receiver of its own, or write `off`", name)
	case receiver.Pages():
		c.at(at, "watchdog: `%s` wakes people, and this alert always fires; name a service that waits for it, or write `off`", name)
	}
}

func (c routeCheck) unused() {
	for _, name := range slices.Sorted(maps.Keys(c.Receivers)) {
		if !c.alerted[name] && c.Routes.Watchdog != Destination(name) {
			c.at(place(c.section, "receivers", name), "receivers: nothing goes to `%s`; remove it, or name it in `routes` or `teams`", name)
		}
	}
}

// email wants to know how to send e-mail where a receiver has it.
func (c routeCheck) email() {
	for _, name := range slices.Sorted(maps.Keys(c.Receivers)) {
		if c.Receivers[name].Email != (Mailbox{}) && (c.Email.Smarthost == "" || c.Email.From == "") {
			c.at(place(c.section, "receivers", name, "email"), "receivers: `%s` is told by e-mail; say how to send it: `smarthost` and `from` in `alertmanager.email`", name)
		}
	}
}

// finishFile checks what the sections say of each other.
func finishFile(r *report, _ *yaml.Node, have map[string]value, v *Validated) {
	routed, ok := have["alertmanager"]
	if alerts, given := have["alerts"]; !ok || !routed.valid || given && !alerts.valid {
		return
	}
	teams := v.alerts.teamsOfAlerts()
	for _, team := range slices.Sorted(maps.Keys(v.alertmanager.Teams)) {
		if !slices.Contains(teams, team) {
			r.at(place(routed.node, "teams", team), "teams: no alert has the team `%s`, which `alerts.team` or `alerts.teams` would have to name; %s", brief(team), suggest(team, teams))
		}
	}
}

// teamsOfAlerts are all teams that an alert carries, sorted.
func (a Alerts) teamsOfAlerts() []string {
	var all []string
	for _, c := range alert.Components() {
		if c != alert.Meta { // its only alert goes to the dead man's switch
			all = append(all, a.TeamOf(c))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// place is where a value is, by the names that lead to it. Where the file leaves
// one out, it is where that one would be.
func place(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		next := at(n, name)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

// at is the value of a name in a mapping, or nil. The entries were read before, so
// that their problems are known.
func at(mapping *yaml.Node, name string) *yaml.Node {
	if mapping.Kind != yaml.MappingNode {
		return nil
	}
	for _, e := range entries(&report{}, mapping) {
		if e.name.Value == name {
			return cmp.Or(deref(e.value), mapping)
		}
	}
	return nil
}

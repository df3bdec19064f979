package config

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/config/alert"
)

// Alerts says what the alert rules are about, whom they concern and what they
// link to.
type Alerts struct {
	Jobs       []string                       // scrape jobs of Prometheus that scrape the exporter
	Team       string                         // whom alerts concern, the label team
	Teams      map[alert.Component]string     // the same for some components
	Labels     map[string]string              // further labels of every alert
	RunbookURL string                         // address of a runbook, with {name} for the alert's name
	GrafanaURL string                         // address of Grafana, without a slash at the end
	Severity   map[alert.Name]Limit[Severity] // of alerts whose own severity does not suit; off: no such alert
	Thresholds Thresholds                     // what alerts compare with
}

// clone shares nothing with a.
func (a Alerts) clone() Alerts {
	a.Jobs = slices.Clone(a.Jobs)
	a.Teams, a.Labels, a.Severity = maps.Clone(a.Teams), maps.Clone(a.Labels), maps.Clone(a.Severity)
	return a
}

func (a Alerts) equal(b Alerts) bool {
	return slices.Equal(a.Jobs, b.Jobs) && a.Team == b.Team && maps.Equal(a.Teams, b.Teams) && maps.Equal(a.Labels, b.Labels) &&
		a.RunbookURL == b.RunbookURL && a.GrafanaURL == b.GrafanaURL && maps.Equal(a.Severity, b.Severity) && a.Thresholds == b.Thresholds
}

// TeamOf is the team that the alerts of a component concern.
func (a Alerts) TeamOf(c alert.Component) string {
	if team, ok := a.Teams[c]; ok {
		return team
	}
	return a.Team
}

var alertFields = section[Alerts]{
	named[Alerts, []string]("jobs", func(a *Alerts) *[]string { return &a.Jobs }, words{item: text(), example: "valkey"}),
	named("team", func(a *Alerts) *string { return &a.Team }, labelValue()),
	named("teams", func(a *Alerts) *map[alert.Component]string { return &a.Teams },
		mapping[alert.Component, string]{"component", knownName(alert.Components()), labelValue()}),
	named("labels", func(a *Alerts) *map[string]string { return &a.Labels },
		mapping[string, string]{"label", labelName, labelValue()}),
	named("runbook_url", func(a *Alerts) *string { return &a.RunbookURL }, runbookURL()),
	named("grafana_url", func(a *Alerts) *string { return &a.GrafanaURL }, grafanaURL()),
	named("severity", func(a *Alerts) *map[alert.Name]Limit[Severity] { return &a.Severity },
		mapping[alert.Name, Limit[Severity]]{"alert", knownName(alert.Names()), orOff(choice(Critical, Warning, Info, None))}),
	named("thresholds", func(a *Alerts) *Thresholds { return &a.Thresholds }, thresholdFields),
}

// knownName is a name out of a list.
func knownName[K ~string](known []K) func(string) string {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return func(name string) string {
		if slices.Contains(names, name) {
			return ""
		}
		return "is not known; " + suggest(name, names)
	}
}

var labelPattern = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// ownLabels are set by the rules or carried by the series that alerts are made of.
// One of the same name would hide them, and two series that differ in nothing else
// would break the rule.
var ownLabels = []string{
	"alertname", "severity", "component", "team", "window", "job", "instance",
	"class", "command", "db", "group", "master_host", "master_port", "queue", "reason", "role",
	"slave_ip", "slave_port", "slave_state", "source", "stream", "worker",
	"actual", "channel", "check", "cmd", "expected", "finding", "parameter", "percentile",
}

func labelName(name string) string {
	switch {
	case !labelPattern.MatchString(name) || strings.HasPrefix(name, "__"):
		return "is not the name of a label; letters, digits and _ make one"
	case slices.Contains(ownLabels, name):
		return "is set by the rules themselves; choose another name"
	}
	return ""
}

// labelValue is a text that templates and links leave as it is.
func labelValue() scalar[string] {
	k := text()
	k.wants = "a text of one line without {{"
	parse := k.parse
	k.parse = func(n *yaml.Node) (string, bool) {
		s, ok := parse(n)
		return s, ok && n.ShortTag() == strTag && !strings.ContainsAny(s, "\n\r") && !strings.Contains(s, "{{")
	}
	return k
}

// link is a text that is an address of a kind; keep tidies it, and says whether
// it is one.
func link(wants string, keep func(string, *url.URL) (string, bool)) scalar[string] {
	k := labelValue()
	k.wants = wants
	parse := k.parse
	k.parse = func(n *yaml.Node) (string, bool) {
		s, ok := parse(n)
		u, err := url.Parse(s)
		if !ok || err != nil {
			return "", false
		}
		return keep(s, u)
	}
	return k
}

// runbookURL is an address or a path with the place for the alert's name.
func runbookURL() scalar[string] {
	return link("an address or a path with {name} in it, such as `https://wiki.example/runbooks/{name}`",
		func(s string, _ *url.URL) (string, bool) { return s, strings.Contains(s, "{name}") })
}

// grafanaURL is kept without a slash at its end. It has no place for a password.
func grafanaURL() scalar[string] {
	return link("an address such as `https://grafana.example`", func(s string, u *url.URL) (string, bool) {
		web := (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
		bare := u.User == nil && u.RawQuery == "" && u.Fragment == ""
		return strings.TrimRight(s, "/"), web && bare
	})
}

// words is a list of words, none of them twice; one alone needs no list.
type words struct {
	item    scalar[string]
	example string
}

func (w words) want() string { return fmt.Sprintf("a word such as `%s`, or a list of them", w.example) }

func (w words) read(r *report, name string, n *yaml.Node, into *[]string) bool {
	nodes := n.Content
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == strTag:
		nodes = []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode || len(nodes) == 0:
		return wrong(r, name, n, w.want())
	}
	var all []string
	good := true
	for _, at := range nodes {
		var word string
		switch {
		case !w.item.read(r, name, deref(at), &word):
			good = false
		case slices.Contains(all, word):
			r.at(at, "%s: `%s` is listed twice; remove one of the two", name, brief(word))
			good = false
		}
		all = append(all, word)
	}
	*into = all
	return good
}

func (w words) show(all []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, word := range all {
		n.Content = append(n.Content, w.item.show(word))
	}
	return n
}

// mapping has names of the user's choice. It replaces what was there.
type mapping[K ~string, V any] struct {
	thing   string              // what the names are
	mistake func(string) string // what is wrong with a name, or ""
	value   kind[V]
}

func (m mapping[K, V]) want() string {
	return fmt.Sprintf("a mapping from %ss: %s", m.thing, m.value.want())
}

func (m mapping[K, V]) read(r *report, name string, n *yaml.Node, into *map[K]V) bool {
	switch {
	case n.ShortTag() == nullTag:
		return true
	case n.Kind != yaml.MappingNode:
		return wrong(r, name, n, m.want())
	}
	all, good := map[K]V{}, true
	for _, e := range entries(r, n) {
		if mistake := m.mistake(e.name.Value); mistake != "" {
			r.at(e.name, "%s: %s `%s` %s", name, m.thing, brief(e.name.Value), mistake)
			good = false
			continue
		}
		var v V
		good = m.value.read(r, brief(e.name.Value), e.value, &v) && good
		all[K(e.name.Value)] = v
	}
	*into = all
	return good
}

func (m mapping[K, V]) show(all map[K]V) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if len(all) == 0 {
		n.Style = yaml.FlowStyle
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		n.Content = append(n.Content, plain(strTag, string(k)), m.value.show(all[k]))
	}
	return n
}

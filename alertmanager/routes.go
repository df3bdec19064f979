package alertmanager

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// Labels that the rules set.
const (
	labelName      = "alertname"
	labelSeverity  = "severity"
	labelComponent = "component"
	labelTeam      = "team"
	labelWindow    = "window"
)

// nobody is the receiver that tells nobody: Alertmanager shows what goes to it, and
// that is all.
const nobody = "nobody"

// Route is a node of the tree of routes: the alerts that its matchers let in, whom
// they reach and what becomes one notification. What it leaves out is that of the
// node above, but for the intervals, which Alertmanager does not hand down.
type Route struct {
	Matchers            []Matcher       `yaml:",omitempty,flow"`
	Receiver            string          `yaml:",omitempty"`
	GroupBy             []string        `yaml:"group_by,omitempty,flow"`
	GroupWait           *model.Duration `yaml:"group_wait,omitempty"`
	GroupInterval       *model.Duration `yaml:"group_interval,omitempty"`
	RepeatInterval      *model.Duration `yaml:"repeat_interval,omitempty"`
	ActiveTimeIntervals []string        `yaml:"active_time_intervals,omitempty,flow"`
	Routes              []Route         `yaml:",omitempty"`
}

// RouteTree decides by severity who is told, then by team, and by component what
// becomes one notification. The root is for alerts of other rules, which no branch
// knows.
func RouteTree(c config.Validated) Route {
	t := tree{c.Alertmanager(), c.Alerts()}
	root := t.timed(t.Routes.Warning, t.GroupWait, t.GroupInterval, t.RepeatWarning)
	if root.Receiver == nobody {
		root.Receiver = receiverName(t.Routes.Critical)
	}
	root.GroupBy = t.identity(metric.LabelInstance)
	root.Routes = []Route{
		t.watchdog(),
		t.severity(config.Critical, t.timed(t.Routes.Critical, t.CriticalGroupWait, t.CriticalGroupInterval, t.RepeatCritical)),
		t.severity(config.Warning, t.timed(t.Routes.Warning, t.GroupWait, t.GroupInterval, t.RepeatWarning)),
		t.severity(config.Info, t.timed(t.Routes.Info, t.GroupWait, t.GroupInterval, t.RepeatWarning)),
		{Matchers: []Matcher{Equal(labelSeverity, string(config.None))}, Receiver: nobody},
	}
	return root
}

type tree struct {
	config.Alertmanager
	alerts config.Alerts
}

// destination is where alerts of a team and a severity go.
func (t tree) destination(team string, s config.Severity) config.Destination {
	if to := t.Teams[team].Of(s); to != config.Usual {
		return to
	}
	return t.Routes.Of(s)
}

func (t tree) timed(to config.Destination, wait, interval, repeat time.Duration) Route {
	return Route{Receiver: receiverName(to), GroupWait: lasting(wait), GroupInterval: lasting(interval), RepeatInterval: lasting(repeat)}
}

func receiverName(to config.Destination) string {
	if name, told := to.Receiver(); told {
		return name
	}
	return nobody
}

func lasting(d time.Duration) *model.Duration {
	of := model.Duration(d)
	return &of
}

// watchdog goes to the dead man's switch at once and again and again, one of each
// Prometheus. Alertmanager looks whether to repeat each group_interval, and some
// versions find that a repeat_interval of the same length has not quite passed yet: so
// it looks twice in the time, and waits for three quarters of it.
func (t tree) watchdog() Route {
	r := t.timed(t.Routes.Watchdog, 0, t.RepeatWatchdog/2, t.RepeatWatchdog*3/4)
	r.Matchers = []Matcher{Equal(labelName, string(alert.Watchdog))}
	r.GroupBy = []string{"..."} // all labels
	return r
}

// severity completes the branch of a severity.
func (t tree) severity(s config.Severity, r Route) Route {
	r.Matchers = []Matcher{Equal(labelSeverity, string(s))}
	queueTeam, grouped := t.alerts.TeamOf(alert.Queue), false
	for _, team := range slices.Sorted(maps.Keys(t.Teams)) {
		to := t.Teams[team].Of(s)
		if to == config.Usual {
			continue
		}
		child := Route{Matchers: []Matcher{Equal(labelTeam, team)}, Receiver: receiverName(to)}
		if team == queueTeam {
			child.Routes, grouped = []Route{t.queues()}, true
		}
		r.Routes = append(r.Routes, child)
	}
	if len(r.Routes) == 0 && r.Receiver == nobody {
		return Route{Matchers: r.Matchers, Receiver: nobody}
	}
	if !grouped {
		r.Routes = append(r.Routes, t.queues())
	}
	if s != config.Critical && t.WorkingHours != nil {
		inWorkingHours(&r)
	}
	return r
}

// queues makes one notification of what is wrong with one queue. Jobs in hand are in
// a key for each worker, and a dependency that hangs makes all workers late: they are
// one notification for each server.
func (t tree) queues() Route {
	return Route{
		Matchers: []Matcher{Equal(labelComponent, string(alert.Queue))},
		GroupBy:  t.identity(metric.LabelInstance, metric.LabelDB, metric.LabelQueue),
		Routes: []Route{{
			Matchers: []Matcher{Equal(string(metric.LabelRole), string(config.Processing))},
			GroupBy:  t.identity(metric.LabelInstance, metric.LabelDB, metric.LabelRole),
		}},
	}
}

// identity is what tells one thing from another: its job and some more labels, and
// those that the configuration puts on every alert, such as the cluster.
func (t tree) identity(labels ...metric.Label) []string { return identity(t.alerts, labels...) }

func identity(a config.Alerts, labels ...metric.Label) []string {
	all := append(slices.Sorted(maps.Keys(a.Labels)), string(metric.LabelJob))
	for _, l := range labels {
		all = append(all, string(l))
	}
	return all
}

// severities are those that an alert has under a configuration, the worst first.
func severities(c config.Validated) map[alert.Name][]config.Severity {
	has := map[alert.Name]map[config.Severity]bool{}
	for _, g := range rules.Build(c) {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			if has[r.Alert] == nil {
				has[r.Alert] = map[config.Severity]bool{}
			}
			has[r.Alert][config.Severity(r.Labels[labelSeverity])] = true
		}
	}
	all := map[alert.Name][]config.Severity{}
	for name, some := range has {
		for _, s := range worstFirst {
			if some[s] {
				all[name] = append(all[name], s)
			}
		}
	}
	return all
}

var worstFirst = []config.Severity{config.Critical, config.Warning, config.Info, config.None}

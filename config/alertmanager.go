package config

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// Alertmanager says whom alerts reach, by which ways and at which hours.
type Alertmanager struct {
	Receivers    map[string]Receiver // by name
	Email        Email               // how receivers with e-mail send it
	Routes       Routes
	Teams        map[string]TeamRoutes // by the label team
	WorkingHours *WorkingHours         // of what does not wake anybody; nil: any hour

	// How long alerts are collected into a first notification, how often a later one
	// says what has changed, and how often it is said again while nothing has.
	GroupWait             time.Duration
	CriticalGroupWait     time.Duration
	GroupInterval         time.Duration
	CriticalGroupInterval time.Duration
	RepeatCritical        time.Duration
	RepeatWarning         time.Duration
	RepeatWatchdog        time.Duration
}

// Destination is where alerts go: the name of a receiver, or one of the words
// below.
type Destination string

// What is no receiver.
const (
	Usual  Destination = ""    // of a team: where alerts go that have no team
	Nobody Destination = "off" // Alertmanager shows them, and tells nobody
)

// Receiver is the receiver that is told, if any is.
func (d Destination) Receiver() (string, bool) { return string(d), d != Usual && d != Nobody }

// Routes are the destinations of the severities, and of the alert that always
// fires.
type Routes struct{ Critical, Warning, Info, Watchdog Destination }

// Of is where alerts of a severity go. None is for nobody.
func (r Routes) Of(s Severity) Destination {
	return TeamRoutes{r.Critical, r.Warning, r.Info}.Of(s)
}

// TeamRoutes are the destinations of a team's alerts. What it leaves out goes the
// usual way.
type TeamRoutes struct{ Critical, Warning, Info Destination }

// Of is where alerts of a severity go.
func (r TeamRoutes) Of(s Severity) Destination {
	switch s {
	case Critical:
		return r.Critical
	case Warning:
		return r.Warning
	case Info:
		return r.Info
	case None:
	}
	return Nobody
}

func (a Alertmanager) clone() Alertmanager {
	a.Receivers, a.Teams = maps.Clone(a.Receivers), maps.Clone(a.Teams)
	if a.WorkingHours != nil {
		hours := *a.WorkingHours
		hours.Days = slices.Clone(hours.Days)
		a.WorkingHours = &hours
	}
	return a
}

// faster collects and repeats in a factor less time, and at any hour: a demonstration
// is not only by day.
func (a Alertmanager) faster(factor int) Alertmanager {
	a = a.clone()
	a.WorkingHours = nil
	for _, d := range []*time.Duration{
		&a.GroupWait, &a.CriticalGroupWait, &a.GroupInterval, &a.CriticalGroupInterval, &a.RepeatCritical, &a.RepeatWarning,
	} {
		*d = quicker(*d, factor)
	}
	a.RepeatWatchdog = max(shortestRepeat, a.RepeatWatchdog/time.Duration(factor))
	return a
}

// shortestRepeat leaves whole seconds for the half and the three quarters of it that
// the route of the Watchdog is made of.
const shortestRepeat = 4 * time.Second

func (a Alertmanager) equal(b Alertmanager) bool { return reflect.DeepEqual(a, b) }

// The fields that have a value of their own are listed apart from the sections, for
// the sake of their documentation.
var (
	alertmanagerSections = section[Alertmanager]{
		named("receivers", func(a *Alertmanager) *map[string]Receiver { return &a.Receivers },
			mapping[string, Receiver]{"name", receiverMistake, receiverKind}),
		named("email", func(a *Alertmanager) *Email { return &a.Email }, emailKind),
		named("routes", func(a *Alertmanager) *Routes { return &a.Routes }, routeFields),
		named("teams", func(a *Alertmanager) *map[string]TeamRoutes { return &a.Teams },
			mapping[string, TeamRoutes]{"team", func(string) string { return "" }, teamFields}),
		named("working_hours", func(a *Alertmanager) **WorkingHours { return &a.WorkingHours }, sectionOrOff[WorkingHours]{hoursKind}),
	}
	alertmanagerFields = section[Alertmanager]{
		named("group_wait", func(a *Alertmanager) *time.Duration { return &a.GroupWait }, duration(0)),
		named("critical_group_wait", func(a *Alertmanager) *time.Duration { return &a.CriticalGroupWait }, duration(0)),
		named("group_interval", func(a *Alertmanager) *time.Duration { return &a.GroupInterval }, duration(time.Second)),
		named("critical_group_interval", func(a *Alertmanager) *time.Duration { return &a.CriticalGroupInterval }, duration(time.Second)),
		named("repeat_critical", func(a *Alertmanager) *time.Duration { return &a.RepeatCritical }, duration(time.Minute)),
		named("repeat_warning", func(a *Alertmanager) *time.Duration { return &a.RepeatWarning }, duration(time.Minute)),
		named("repeat_watchdog", func(a *Alertmanager) *time.Duration { return &a.RepeatWatchdog }, duration(shortestRepeat)),
	}
	alertmanagerKind = checked[Alertmanager]{
		section: slices.Concat(alertmanagerSections, alertmanagerFields),
		finish:  finishAlertmanager,
	}
)

var routeFields = section[Routes]{
	named("critical", func(r *Routes) *Destination { return &r.Critical }, somebody()),
	named("warning", func(r *Routes) *Destination { return &r.Warning }, destination()),
	named("info", func(r *Routes) *Destination { return &r.Info }, destination()),
	named("watchdog", func(r *Routes) *Destination { return &r.Watchdog }, destination()),
}

var teamFields = section[TeamRoutes]{
	named("critical", func(r *TeamRoutes) *Destination { return &r.Critical }, somebody()),
	named("warning", func(r *TeamRoutes) *Destination { return &r.Warning }, destination()),
	named("info", func(r *TeamRoutes) *Destination { return &r.Info }, destination()),
}

var receiverPattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

// receiverMistake is what is wrong with the name of a receiver. `nobody` is the
// one that tells nobody, `off` and `false` are words for it.
func receiverMistake(name string) string {
	switch {
	case name == "nobody" || name == "off" || name == "false":
		return "means that nobody is told; choose another name"
	case !receiverPattern.MatchString(name):
		return "is not a name; letters, digits, -, _ and . make one"
	}
	return ""
}

// somebody is the name of a receiver.
func somebody() scalar[Destination] {
	k := destination()
	k.wants = "the name of a receiver"
	parse := k.parse
	k.parse = func(n *yaml.Node) (Destination, bool) {
		d, ok := parse(n)
		return d, ok && d != Nobody
	}
	k.help = func(n *yaml.Node) string {
		if d, ok := parse(n); ok && d == Nobody {
			return "; a critical alert always reaches somebody"
		}
		return ""
	}
	return k
}

// destination is the name of a receiver, or off.
func destination() scalar[Destination] {
	k := orOff(scalar[string]{
		wants: "the name of a receiver",
		parse: func(n *yaml.Node) (string, bool) {
			return n.Value, n.ShortTag() == strTag && receiverMistake(n.Value) == ""
		},
		print: text().print,
	})
	return scalar[Destination]{
		wants: k.wants,
		parse: func(n *yaml.Node) (Destination, bool) {
			l, ok := k.parse(n)
			name, on := l.Get()
			if ok && !on {
				return Nobody, true
			}
			return Destination(name), ok
		},
		print: func(d Destination) *yaml.Node {
			if d == Usual {
				return nil
			}
			return plain(strTag, string(d))
		},
	}
}

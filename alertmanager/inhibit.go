package alertmanager

import (
	"cmp"
	"slices"
	"strings"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// InhibitRule keeps targets quiet while a source fires and all labels of Equal have
// the same values. To Alertmanager a label that is missing on both sides is equal: a
// test proves that both always have it.
type InhibitRule struct {
	SourceMatchers []Matcher `yaml:"source_matchers,flow"`
	TargetMatchers []Matcher `yaml:"target_matchers,flow"`
	Equal          []string  `yaml:",flow"`
	Why            string    `yaml:"-"`
}

// InhibitRules are the inhibitions that matter to a configuration. A source of one
// severity mutes targets that are not worse.
func InhibitRules(c config.Validated) []InhibitRule {
	b := inhibitor{tree{c.Alertmanager(), c.Alerts()}, severities(c)}
	var all []InhibitRule
	for _, i := range inhibitions {
		for _, s := range worstFirst {
			if r, ok := b.rule(i, s); ok {
				all = append(all, r)
			}
		}
	}
	return append(all, b.sameAlert(c)...)
}

// inhibitor knows which severities each alert has: none, if it is off.
type inhibitor struct {
	tree
	severities map[alert.Name][]config.Severity
}

// rule is an inhibition by causes of a severity, if there are any and somebody is
// told of them.
func (b inhibitor) rule(i Inhibition, s config.Severity) (InhibitRule, bool) {
	var causes []alert.Name
	several := false // severities that a cause has
	for _, name := range i.Causes {
		if b.told(name, s) {
			causes = append(causes, name)
			several = several || len(b.severities[name]) > 1
		}
	}
	effects := b.effects(i.Effects, s)
	if len(causes) == 0 || len(effects) == 0 {
		return InhibitRule{}, false
	}
	r := InhibitRule{
		SourceMatchers: []Matcher{OneOf(labelName, causes...)},
		TargetMatchers: targets(i.Effects, effects),
		Equal:          identity(b.alerts, i.Same...), Why: i.Why,
	}
	if several {
		r.SourceMatchers = append(r.SourceMatchers, Equal(labelSeverity, string(s)))
	}
	if b.anyWorse(effects, s) {
		r.TargetMatchers = append(r.TargetMatchers, OneOf(labelSeverity, notWorse(s)...))
	}
	return r, true
}

// told says whether an alert of a severity exists and reaches somebody.
func (b inhibitor) told(name alert.Name, s config.Severity) bool {
	if !slices.Contains(b.severities[name], s) {
		return false
	}
	_, told := b.destination(b.alerts.TeamOf(component[name]), s).Receiver()
	return told
}

// effects are the names that exist with a severity that is not worse.
func (b inhibitor) effects(e Effects, s config.Severity) []alert.Name {
	var all []alert.Name
	for _, name := range e.all() {
		if slices.ContainsFunc(b.severities[name], func(has config.Severity) bool { return !worse(has, s) }) {
			all = append(all, name)
		}
	}
	return all
}

// anyWorse says whether an alert that goes by one of the names is worse.
func (b inhibitor) anyWorse(names []alert.Name, s config.Severity) bool {
	return slices.ContainsFunc(names, func(name alert.Name) bool { return worse(b.severities[name][0], s) })
}

// all are the names.
func (e Effects) all() []alert.Name {
	if len(e.Components) == 0 {
		return e.Names
	}
	var all []alert.Name
	for _, a := range rules.Alerts() {
		if slices.Contains(e.Components, a.Component) && !slices.Contains(e.But, a.Name) {
			all = append(all, a.Name)
		}
	}
	return all
}

// targets match the effects. Components are matched as such: no alert of other rules
// has them.
func targets(e Effects, names []alert.Name) []Matcher {
	if len(e.Components) == 0 {
		return []Matcher{OneOf(labelName, names...)}
	}
	return []Matcher{OneOf(labelComponent, e.Components...), NoneOf(labelName, e.But...)}
}

// component is that of each alert.
var component = func() map[alert.Name]alert.Component {
	all := map[alert.Name]alert.Component{}
	for _, a := range rules.Alerts() {
		all[a.Name] = a.Component
	}
	return all
}()

// worse says whether a is worse than b.
func worse(a, b config.Severity) bool {
	return slices.Index(worstFirst, a) < slices.Index(worstFirst, b)
}

// notWorse are a severity and those below it.
func notWorse(s config.Severity) []config.Severity { return worstFirst[slices.Index(worstFirst, s):] }

// sameAlert lets each alert that has several severities keep its lesser ones quiet.
// Alerts that are identified by the same labels share a rule.
func (b inhibitor) sameAlert(c config.Validated) []InhibitRule {
	byIdentity, order := map[string][]alert.Name{}, []string{}
	equal := map[string][]string{}
	for _, a := range rules.Alerts() {
		if len(b.severities[a.Name]) < 2 {
			continue
		}
		labels := append([]string{labelName}, identity(b.alerts, own(a.Labels(c))...)...)
		key := strings.Join(labels, ",")
		if equal[key] == nil {
			order = append(order, key)
		}
		equal[key], byIdentity[key] = labels, append(byIdentity[key], a.Name)
	}
	var all []InhibitRule
	for _, key := range order {
		for _, s := range worstFirst {
			if r, ok := b.lesser(byIdentity[key], s); ok {
				r.Equal = equal[key]
				all = append(all, r)
			}
		}
	}
	return all
}

// lesser lets alerts of a severity keep those of the same name and a lesser one
// quiet.
func (b inhibitor) lesser(names []alert.Name, s config.Severity) (InhibitRule, bool) {
	var having []alert.Name
	for _, name := range names {
		if b.told(name, s) && worse(s, b.severities[name][len(b.severities[name])-1]) {
			having = append(having, name)
		}
	}
	if len(having) == 0 {
		return InhibitRule{}, false
	}
	return InhibitRule{
		SourceMatchers: []Matcher{OneOf(labelName, having...), Equal(labelSeverity, string(s))},
		TargetMatchers: []Matcher{OneOf(labelName, having...), OneOf(labelSeverity, notWorse(s)[1:]...)},
		Why:            "The same about the same thing, and worse.",
	}, true
}

// own are the labels that tell which thing an alert is about, without those that the
// rules set and the job, which every identity has.
func own(all []metric.Label) []metric.Label {
	return slices.DeleteFunc(slices.Clone(all), func(l metric.Label) bool {
		return slices.Contains([]metric.Label{labelName, labelComponent, labelSeverity, labelTeam, labelWindow, metric.LabelJob}, l)
	})
}

// Node is an alert with one of its severities.
type Node struct {
	Name     alert.Name
	Severity config.Severity
}

// Mute says that one alert keeps another one quiet, if both have the same values of
// some labels.
type Mute struct {
	Cause, Effect Node
	Same          []string
}

// Mutes are all pairs of which one keeps the other quiet, read from the table and not
// from the rules that are made of it.
func Mutes(c config.Validated) []Mute {
	b := inhibitor{tree{c.Alertmanager(), c.Alerts()}, severities(c)}
	var all []Mute
	add := func(cause, effect alert.Name, same []string, lesser bool) {
		for _, s := range b.severities[cause] {
			for _, t := range b.severities[effect] {
				if b.told(cause, s) && !worse(t, s) && (!lesser || t != s) {
					all = append(all, Mute{Node{cause, s}, Node{effect, t}, same})
				}
			}
		}
	}
	for _, i := range inhibitions {
		for _, cause := range i.Causes {
			for _, effect := range i.Effects.all() {
				add(cause, effect, identity(b.alerts, i.Same...), false)
			}
		}
	}
	for _, a := range rules.Alerts() {
		add(a.Name, a.Name, identity(b.alerts, own(a.Labels(c))...), true)
	}
	slices.SortStableFunc(all, func(a, b Mute) int {
		return cmp.Or(cmp.Compare(a.Cause.Name, b.Cause.Name), cmp.Compare(a.Effect.Name, b.Effect.Name))
	})
	return all
}

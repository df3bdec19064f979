package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Latency says how fast commands should be, and how closely that is watched
// between scrapes.
type Latency struct {
	Interval       Limit[time.Duration] // from one round trip that is timed, and look into the slow log, to the next; off: neither
	SlowlogEntries int                  // newest entries of the slow log that one look may fetch
	Objectives     []Objective
}

// Objective is how long a command may take inside the server. What is off is not
// judged.
type Objective struct {
	Command string // as the server names it, in lower case
	P50     Limit[time.Duration]
	P99     Limit[time.Duration]
}

// mostObjectives bounds the values of the label cmd that come from the file.
const mostObjectives = 50

func (l Latency) clone() Latency {
	l.Objectives = slices.Clone(l.Objectives)
	return l
}

func (l Latency) equal(m Latency) bool {
	return l.Interval == m.Interval && l.SlowlogEntries == m.SlowlogEntries && slices.Equal(l.Objectives, m.Objectives)
}

var objectiveFields = section[Objective]{
	named("command", func(o *Objective) *string { return &o.Command }, commandName()),
	named("p50", func(o *Objective) *Limit[time.Duration] { return &o.P50 }, orOff(shortTime())),
	named("p99", func(o *Objective) *Limit[time.Duration] { return &o.P99 }, orOff(shortTime())),
}

var latencyKind = checked[Latency]{section[Latency]{
	named("interval", func(l *Latency) *Limit[time.Duration] { return &l.Interval }, orOff(duration(time.Second))),
	named("slowlog_entries", func(l *Latency) *int { return &l.SlowlogEntries }, whole(1, 1024)),
	named("objectives", func(l *Latency) *[]Objective { return &l.Objectives }, objectiveList),
}, finishLatency}

var objectiveList = list[Objective]{
	item:    objectiveFields,
	example: `{command: get, p99: 0.5ms}`,
	finish:  finishObjective,
	identity: func(have map[string]value, o Objective) string {
		if !have["command"].valid {
			return ""
		}
		return fmt.Sprintf("command %q", o.Command)
	},
}

// finishObjective checks that there is something to judge, and that it can be met.
func finishObjective(r *report, at *yaml.Node, have map[string]value, o *Objective) {
	if _, ok := have["command"]; !ok {
		r.at(at, "an objective needs a `command`; add one")
	}
	if have["p50"].node == nil && have["p99"].node == nil {
		r.at(at, "an objective needs `p50`, `p99` or both; add one")
	}
	p50, median := o.P50.Get()
	p99, tail := o.P99.Get()
	if median && tail && p50 > p99 {
		r.at(have["p99"].node, "p99: %s is less than p50; 99 of 100 calls cannot be faster than half of them", milliseconds(p99))
	}
}

func finishLatency(r *report, at *yaml.Node, _ map[string]value, l *Latency) {
	if len(l.Objectives) > mostObjectives {
		r.at(at, "objectives: there are %d, and %d at most: each has series of its own; leave the least important out", len(l.Objectives), mostObjectives)
	}
}

var aCommand = regexp.MustCompile(`^[a-z][a-z0-9._-]*(\|[a-z0-9._-]+)?$`)

// commandName is that of a command of the server.
func commandName() scalar[string] {
	return scalar[string]{
		wants: "the name of a command in lower case, such as get",
		parse: func(n *yaml.Node) (string, bool) {
			return n.Value, n.ShortTag() == strTag && len(n.Value) <= 64 && aCommand.MatchString(n.Value)
		},
		print: func(s string) *yaml.Node {
			if s == "" {
				return nil
			}
			return plain(strTag, s)
		},
		help: func(n *yaml.Node) string {
			if lower := strings.ToLower(n.Value); lower != n.Value && aCommand.MatchString(lower) {
				return "; did you mean `" + lower + "`?"
			}
			return ""
		},
	}
}

// shortTime is one for which milliseconds are too coarse.
func shortTime() scalar[time.Duration] {
	const least, most = time.Microsecond, 10 * time.Second
	return scalar[time.Duration]{
		wants: "a time such as 0.5ms, 200us or 1s, from 1us to 10s",
		parse: func(n *yaml.Node) (time.Duration, bool) {
			d, err := time.ParseDuration(n.Value)
			return d, err == nil && n.ShortTag() == strTag && least <= d && d <= most
		},
		print: func(d time.Duration) *yaml.Node { return plain(strTag, milliseconds(d)) },
		help: func(n *yaml.Node) string {
			if d, err := time.ParseDuration(n.Value + "ms"); err == nil && least <= d && d <= most {
				return "; did you mean `" + n.Value + "ms`?"
			}
			return ""
		},
	}
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64) + "ms"
}

package config

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the exporter reads this file too, in an image that has no time zones

	"go.yaml.in/yaml/v3"
)

// WorkingHours are when somebody reads what can wait.
type WorkingHours struct {
	Days     []string // days of the week, or ranges such as monday:friday
	From, To string   // such as 08:00; To may be 24:00
	TimeZone string   // such as Europe/Berlin
}

var hoursKind = checked[WorkingHours]{
	section[WorkingHours]{
		named[WorkingHours, []string]("days", func(h *WorkingHours) *[]string { return &h.Days }, words{item: weekdays(), example: "monday:friday"}),
		named("from", func(h *WorkingHours) *string { return &h.From }, timeOfDay()),
		named("to", func(h *WorkingHours) *string { return &h.To }, timeOfDay()),
		named("time_zone", func(h *WorkingHours) *string { return &h.TimeZone }, timeZone()),
	},
	func(r *report, at *yaml.Node, have map[string]value, h *WorkingHours) {
		right := true
		for _, v := range have {
			right = right && v.valid
		}
		if right && h.From >= h.To { // both have leading zeros
			r.at(at, "working_hours: they end at %s, which is not after %s; hours over midnight are not possible", h.To, h.From)
		}
	},
}

// daysOfWeek in the order in which a range may go.
var daysOfWeek = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// weekdays is one day, or a range of them.
func weekdays() scalar[string] {
	k := text()
	k.wants = "a day such as `monday`, or a range such as `monday:friday`; a week begins on sunday"
	k.parse = func(n *yaml.Node) (string, bool) {
		first, last, isRange := strings.Cut(n.Value, ":")
		from, to := slices.Index(daysOfWeek, first), slices.Index(daysOfWeek, last)
		return n.Value, n.ShortTag() == strTag && from >= 0 && (!isRange || from < to)
	}
	return k
}

func timeOfDay() scalar[string] {
	k := text()
	k.wants = "a time such as `08:00`, up to `24:00`"
	k.parse = func(n *yaml.Node) (string, bool) {
		_, err := time.Parse("15:04", n.Value)
		return n.Value, n.ShortTag() == strTag && len(n.Value) == len("15:04") && (err == nil || n.Value == "24:00")
	}
	return k
}

// timeZone is one that is known everywhere: Local is another one on each host.
func timeZone() scalar[string] {
	k := labelValue()
	k.wants = "a time zone such as `UTC` or `Europe/Berlin`"
	parse := k.parse
	k.parse = func(n *yaml.Node) (string, bool) {
		s, ok := parse(n)
		_, err := time.LoadLocation(s)
		return s, ok && err == nil && s != "" && s != "Local"
	}
	return k
}

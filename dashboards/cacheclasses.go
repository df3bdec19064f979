package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

// byClass is the legend of what a class has in each database.
const byClass = "{{class}} · {{db}} · {{instance}}"

// uncounted is said where there are no classes.
const uncounted = "not counted"

// ofClass is a gauge of the classes that matter most at each moment.
func ofClass(g metric.Gauge, parts ...promql.Part) []grafana.Query {
	return line(the(g, parts...).Top(most), byClass)
}

// classLines are what is in the cache, by classes of keys.
func classLines() []grafana.Line {
	return []grafana.Line{classSizes(), classExpiry(), classTroubles()}
}

func classSizes() grafana.Line {
	return grafana.Line{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Keys, by class", Of: metric.ClassKeys, NoValue: uncounted,
				What: "Counted by a walk over all keys every few minutes. Classes are patterns of the configuration; what matches none is `other`.",
				Bad:  "A class grows without end. `other` is large: somebody writes keys that nobody has told you of.",
			},
			Unit: units.Short, Lines: ofClass(metric.ClassKeys),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Memory, by class", Of: metric.ClassMemory, NoValue: uncounted,
				What:  "Estimated from a sample of the keys.",
				First: "When memory is scarce, begin with the class at the top: a shorter TTL, or smaller values.",
			},
			Unit: units.BytesIEC, Lines: ofClass(metric.ClassMemory),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Largest key, by class", Of: metric.ClassLargestBytes, NoValue: uncounted,
				What: "The largest that a sample has met and that is still there, or was when it was met.",
				Bad:  "It grows steadily: a collection that nobody trims. Hundreds of thousands of elements make commands slow for all.",
			},
			Unit: units.BytesIEC, Lines: ofClass(metric.ClassLargestBytes),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Elements of the largest key, by class", NoValue: uncounted, What: "Of a string, its bytes."},
			Unit: units.Short, Lines: ofClass(metric.ClassLargestElements),
		},
	}}
}

func classExpiry() grafana.Line {
	within := func(time string) promql.Part { return promql.Eq(metric.LabelWithin, time) }
	soon := the(metric.ClassKeysExpiring, within("1m")).Over(the(metric.ClassKeys).Positive(), promql.On(metric.LabelJob, metric.LabelInstance, metric.LabelDB, metric.LabelClass))
	return grafana.Line{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Keys without TTL, share by class", NoValue: uncounted,
				What: "Of all classes; the alert is about those that the configuration gives a `max_ttl`.",
			},
			Unit: units.PercentUnit, Lines: line(recorded(rules.ClassWithoutTTL).Top(most), byClass), Share: true,
			Marks: []grafana.Mark{grafana.Above(alert.ClassLeaking, config.ClassLeak)},
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Keys that expire within the hour, by class", Of: metric.ClassKeysExpiring, NoValue: uncounted,
				What: "If nothing renews them: how many sessions end, how much of the cache must be computed anew.",
			},
			Unit: units.Short, Lines: ofClass(metric.ClassKeysExpiring, within("1h")),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Keys that expire within a minute, share by class", NoValue: uncounted,
				Bad:    "Most of a class with a TTL of an hour: a wave is coming, and all of it is missed together.",
				First:  "Add some chance to the TTL.",
				Alerts: []alert.Name{alert.ExpiryStorm},
			},
			Unit: units.PercentUnit, Lines: line(soon.Top(most), byClass), Share: true,
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Keys that live longer than they may, by class", Of: metric.ClassKeysOverlong, NoValue: "no class has a limit",
				What: "Keys whose TTL is longer than the `max_ttl` of their class.",
			},
			Unit: units.Short, Lines: ofClass(metric.ClassKeysOverlong),
		},
	}}
}

func classTroubles() grafana.Line {
	return grafana.Line{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head:  grafana.Head{Title: "Locks that nobody releases", Of: metric.ClassStuckLocks, NoValue: "no locks are counted"},
			Unit:  units.Short,
			Lines: ofClass(metric.ClassStuckLocks), Marks: []grafana.Mark{grafana.From(alert.LockStuck, 1)},
		},
		grafana.Graph{
			Head:  grafana.Head{Title: "Rate limits that keep old entries", Of: metric.ClassUntrimmed, NoValue: "no rate limits are counted"},
			Unit:  units.Short,
			Lines: ofClass(metric.ClassUntrimmed), Marks: []grafana.Mark{grafana.Above(alert.LimitUntrimmed, config.UntrimmedSets)},
		},
		grafana.Graph{
			Head:  grafana.Head{Title: "Members of tag sets that do not exist, share", Of: metric.ClassDeadMembers, NoValue: "no tags are counted"},
			Unit:  units.PercentUnit,
			Lines: ofClass(metric.ClassDeadMembers), Share: true, Marks: []grafana.Mark{grafana.Above(alert.TagsDead, config.DeadMembers)},
		},
	}}
}

// walkLines are how far what is said of classes can be trusted.
func walkLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Timeline{
				Head:   grafana.Head{Title: "Was the walk over all keys complete?", NoValue: uncounted, Alerts: []alert.Name{alert.CommandDenied}},
				States: line(the(metric.ClassWalkComplete), "{{db}} · {{instance}}"),
				Words:  grafana.Words{{Value: 1, Text: "complete", Colour: "green"}, {Value: 0, Text: "incomplete", Colour: "orange"}},
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Age of the last walk over all keys", NoValue: uncounted, What: "What is said of classes is that old."},
				Unit: units.Seconds, Lines: line(the(metric.ClassWalkAge).Top(most), "{{db}} · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "What the last walk cost the server, share of a processor", NoValue: uncounted, What: "As seen from outside, too much rather than too little. The configuration limits it: `discovery.max_server_share`."},
				Unit: units.PercentUnit, Lines: line(the(metric.ClassWalkServerTime).Over(the(metric.ClassWalkDuration).Positive()).Top(most), "{{db}} · {{instance}}"),
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{Title: "By how much the memory of a class may be off", NoValue: uncounted, What: "Part of itself, in 19 of 20 walks.", Bad: "Above a tenth: raise `classes.samples`, or make a class of the few large keys."},
				Unit: units.PercentUnit, Lines: ofClass(metric.ClassMemoryError),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "By how much the expiry of a class may be off", NoValue: uncounted, What: "Part of the keys, in 19 of 20 walks."},
				Unit: units.PercentUnit, Lines: ofClass(metric.ClassTTLError),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Classes that may not be seen", NoValue: uncounted, Bad: "1: the user of the exporter may not see the keys.", First: "Grant the keys to the user of the exporter, see docs/acl.md, or accept that nothing but their number is known."},
				Unit: units.Short, Lines: ofClass(metric.ClassUnreadable),
			},
		}},
	}
}

package dashboards

import (
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

func cache(c config.Validated) grafana.Dashboard {
	return grafana.Dashboard{
		UID: toCache, Title: "Valkey / Cache", From: from(c),
		About: "Is the cache earning its keep?",
		Rows: []grafana.Row{
			{Title: "Is it earning its keep?", Lines: append(tileLines(cacheTiles()),
				grafana.Line{Height: graphs, Panels: []grafana.Panel{lookups(), hitRateOverDays()}})},
			{Title: "Is it too small? (evictions)", Lines: evictionLines()},
			{Title: "Do keys go when they should? (expiry)", Lines: expiryLines()},
			{Title: "What is in it? (key classes)", Folded: true, Lines: classLines()},
			{Title: "What is done with it?", Folded: true, Lines: useLines()},
		},
	}
}

// overShown is the share of look-ups that found their key in all that the
// dashboard shows, without those of the exporter.
func overShown() promql.Expr {
	hits, misses := own(metric.KeyspaceHits, metric.ProbeHits), own(metric.KeyspaceMisses, metric.ProbeMisses)
	return hits.By("sum").Over(hits.Plus(misses).By("sum").Positive())
}

// own are look-ups of applications: all, without those of the exporter, which are
// not told by another exporter.
func own(all, probes metric.Counter) promql.Expr {
	everything := shown(all)
	return promql.NotBelowZero(everything.Minus(shown(probes)).Or(everything))
}

func cacheTiles() []grafana.Panel {
	return []grafana.Panel{
		grafana.Tile{
			Head: grafana.Head{Title: "Hit rate now", NoValue: "few look-ups", What: "Of the last five minutes, of the server that has the lowest, where there are enough look-ups to judge it.", Bad: "Below what the cache is worth: each miss is a query to something slower."},
			Unit: units.PercentUnit, Value: value(judgedHitRate().By("min")), Marks: low(),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Hit rate, whole time shown", Of: metric.KeyspaceHits, NoValue: "no look-ups", What: "Of all chosen servers together."},
			Unit: units.PercentUnit, Value: value(overShown()), Marks: low(),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Look-ups per second", NoValue: "none", What: "Of all chosen servers together."},
			Unit: units.Short, Value: value(recorded(rules.Lookups).By("sum")),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Evictions per second", NoValue: "none", What: "Of the server that has most.", Bad: "Keys are removed that somebody may still want: the cache is too small for what it is asked to hold.", Alerts: []alert.Name{alert.EvictionSpike}},
			Unit: units.Short, Value: value(recorded(rules.Evictions).By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.HighEviction, config.EvictionRate)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Memory, share of the limit", NoValue: "no limit", What: "A pure cache under `allkeys-*` is always full, and that is no fault."},
			Unit: units.PercentUnit, Value: value(recorded(rules.MemoryUsed).By("max")), Marks: filling(),
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Keys", NoValue: "none on a primary", What: "In all databases of the chosen primaries."},
			Unit: units.Short, Value: value(total(the(metric.DBKeys))),
		},
		grafana.Tile{
			Head: grafana.Head{
				Title: "Keys without TTL, share", Of: metric.DBKeysExpiring, NoValue: "few keys",
				What: "Of the database that has the largest share.",
				Bad:  "In a cache: a key without TTL stays until it is evicted, and pushes out others. Queues and rankings have none, and are meant to stay.",
			},
			Unit: units.PercentUnit, Value: value(withoutTTL().By("max")),
			Marks: []grafana.Mark{grafana.Above(alert.KeysWithoutTTL, config.KeysWithoutTTL)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "At the limit", NoValue: "no server", What: "`allkeys-*` evicts any key, `volatile-*` those with a TTL, `noeviction` refuses writes.", Bad: "`noeviction` on a cache, and `allkeys-*` where queues are.", Alerts: []alert.Name{alert.QueueEvictable}},
			Unit: units.NoUnit, Value: line(the(metric.InstanceInfo).By("count", metric.LabelMaxmemoryPolicy), "{{maxmemory_policy}}"), Label: true,
		},
	}
}

// withoutTTL is the share of the keys of each database that never expire, where
// there are enough to judge it.
func withoutTTL() promql.Expr {
	return promql.OneLess(the(metric.DBKeysExpiring).Over(the(metric.DBKeys).Above(config.KeysWithoutTTLKeys)))
}

func lookups() grafana.Panel {
	all := recorded(rules.Lookups)
	found := all.Times(recorded(rules.HitRate))
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Look-ups per second, found and not found", NoValue: "no look-ups", Width: wide,
			What:  "Of all chosen servers together, without those of the exporter. Each that did not find its key is a query to something slower.",
			Bad:   "Misses that rise while hits do not.",
			First: "See whether keys were evicted or expired at that time, or a deployment changed their names.",
		},
		Unit: units.Short, Stacked: true,
		Lines: append(line(found.By("sum"), "found"), line(all.Minus(found).By("sum"), "not found")...),
	}
}

// day is how far back the comparison looks.
const day = 24 * time.Hour

func hitRateOverDays() grafana.Panel {
	g := hitRateGraph("Dashed in grey: a day before.")
	g.Before = line(promql.Value(rules.HitRate.Gauge, promql.Ago(day)).Bottom(most), "a day before · {{instance}}")
	return g
}

func evictionLines() []grafana.Line {
	share := memoryShare("At the same time as the evictions on the left.")
	share.Width = 0
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		removals(), share,
		grafana.Graph{
			Head: grafana.Head{
				Title: "Time over the limit, share", Of: metric.EvictionExceededTime, NoValue: "not told",
				What: "How much of the time memory was above the limit although the server evicted.",
				Bad:  "Anything but 0: eviction does not keep up with what is written.",
			},
			Unit: units.PercentUnit, Lines: line(rate(metric.EvictionExceededTime).Scaled(0.001).Top(most), byInstance), Share: true,
		},
	}}}
}

func expiryLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Expirations per second", NoValue: "no server",
					What:   "Dashed in grey: a day before.",
					Bad:    "Waves: many keys got the same TTL at the same time, and are missed together.",
					First:  "Add some chance to the TTL.",
					Alerts: []alert.Name{alert.ExpiryStorm},
				},
				Unit: units.Short, Lines: line(recorded(rules.Expirations).Top(most), byInstance),
				Before: line(promql.Value(rules.Expirations.Gauge, promql.Ago(day)).Top(most), "a day before · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Keys past their TTL, share", Of: metric.ExpiredStale, NoValue: "not told",
					What: "The server's own estimate of keys that should be gone and still use memory.",
				},
				Unit: units.PercentUnit, Lines: line(the(metric.ExpiredStale).Scaled(0.01).Top(most), byInstance),
				Marks: []grafana.Mark{grafana.Above(alert.ExpiryBacklog, config.StaleKeys)},
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Keys without TTL, share by database", Of: metric.DBKeysExpiring, NoValue: "few keys",
					What: "Of databases with enough keys to judge it.",
				},
				Unit: units.PercentUnit, Lines: line(withoutTTL().Top(most), "{{db}} · {{instance}}"), Share: true,
				Marks: []grafana.Mark{grafana.Above(alert.KeysWithoutTTL, config.KeysWithoutTTL)},
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Average time to live, by database", NoValue: "no key with TTL", Width: wide,
					Bad: "It falls: somebody shortened TTLs. It rises without end: TTLs are set anew at each access.",
				},
				Unit: units.Seconds, Lines: line(the(metric.DBAvgTTL).Positive().Top(most), "{{db}} · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Rounds of expiry that ran out of time, per second", NoValue: "no server", Width: wide,
					Bad: "Steadily above 0: more keys expire than the server can remove, and memory does not become free.",
				},
				Unit: units.Short, Lines: line(rate(metric.ExpiredTimeCapReached).Top(most), byInstance),
			},
		}},
	}
}

// reading and writing are commands of a cache that tell how it is used.
const (
	reading = "get|mget|hget|hmget|hgetall|exists|smembers|zrange|zscore"
	writing = "set|setex|mset|hset|hmset|del|unlink|expire|sadd|zadd|incr"
)

func useLines() []grafana.Line {
	calls := func(commands string) promql.Expr {
		return rate(metric.CommandCalls, promql.Like(metric.LabelCmd, commands)).By("sum", metric.TargetLabels()...)
	}
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Reads and writes per second", NoValue: "no commands", Width: wide,
				What: "The commands that read and write caches, each counted as one whatever the number of its keys.",
				Bad:  "As many writes as reads: what is cached is hardly ever used.",
			},
			Unit: units.OpsPerSecond, Lines: append(line(calls(reading).Top(most), "read · {{instance}}"), line(calls(writing).Top(most), "write · {{instance}}")...),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Walks through the names of keys per second (KEYS, SCAN)", NoValue: "none", Width: wide,
				What: "How often somebody looks through the names of keys. The exporter's own walk for queues is counted too: a few SCANs a minute.",
				Bad:  "`keys` on a large server stops everybody else for as long as it takes.",
			},
			Unit: units.OpsPerSecond, Lines: line(rate(metric.CommandCalls, promql.Like(metric.LabelCmd, "keys|scan")).Top(most), byCommand),
		},
	}}}
}

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

// growth is over how long memory is watched to say when it will be full, as for
// the alert: caches fill up within minutes, as they should.
const growth = 2 * time.Hour

// timeToFull is in how many seconds memory reaches its limit. It is there when the
// alert looks at it: where it grows, of servers that have run for long enough, are
// no pure caches, and have not much room left.
func timeToFull() promql.Expr {
	left := the(metric.MemoryMax).Positive().Minus(the(metric.MemoryUsed))
	return left.Over(promql.Deriv(metric.MemoryUsed, growth).Positive()).
		And(recorded(rules.MemoryUsed).Above(config.MemoryFullFloor)).
		And(the(metric.Uptime).AboveSpan(growth)).
		Unless(rules.PureCache, promql.OnInstance())
}

func memoryLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{memoryUse(), memoryShare("")}},
		{Height: graphs, Panels: []grafana.Panel{
			removals(), fragmentation(),
			grafana.Graph{
				Head: grafana.Head{
					Title: "Keys, by database", NoValue: "no keys",
					What: "All keys, and those of them that expire.",
					Bad:  "A growing distance between the two: something writes keys that never go.",
				},
				Unit: units.Short, Lines: append(
					line(the(metric.DBKeys).Top(most), "{{db}} · {{instance}}"),
					line(the(metric.DBKeysExpiring).Top(most), "{{db}} with TTL · {{instance}}")...),
			},
		}},
	}
}

func memoryUse() grafana.Panel {
	fullest := func(g metric.Gauge) promql.Expr {
		return the(g).And(the(metric.MemoryUsed).Top(most))
	}
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Memory in use", NoValue: "no server", Width: wide,
			What:  "What is allocated, of which data, and what the operating system gave for it; dashed in red the limit, if there is one.",
			Bad:   "The resident memory far above what is used is waste; data that grows without end has no TTL.",
			First: "`valkey-cli --bigkeys -i 0.01` on a replica names the largest keys.",
		},
		Unit: units.BytesIEC,
		Lines: append(append(
			line(fullest(metric.MemoryUsed), "used · {{instance}}"),
			line(fullest(metric.MemoryDataset), "data · {{instance}}")...),
			line(fullest(metric.MemoryRSS), "resident · {{instance}}")...),
		Limits: []grafana.Limit{{Query: grafana.Q(fullest(metric.MemoryMax).Positive(), "limit · {{instance}}"), Severity: config.Critical}},
	}
}

// removals are keys that go by themselves.
func removals() grafana.Graph {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Evictions per second", Of: metric.EvictedKeys, NoValue: "no server",
			Bad:    "Any, where queues or locks are kept: they may be among the keys. Many, in a cache: it is too small for what is asked of it.",
			First:  "Compare with the memory above, and with the hit rate.",
			Alerts: []alert.Name{alert.EvictionSpike, alert.QueueEvictable},
		},
		Unit: units.Short, Lines: line(recorded(rules.Evictions).Top(most), byInstance),
		Marks: []grafana.Mark{grafana.Above(alert.HighEviction, config.EvictionRate)},
	}
}

func fragmentation() grafana.Panel {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Fragmentation, resident to used", NoValue: "nothing to speak of",
			What:   "Of servers where it matters: a ratio below 1, or one that stands for as many bytes as the alert wants. On a small server the ratio says nothing.",
			First:  "Above: `MEMORY PURGE`, or `activedefrag yes`. Below 1: the host is short of memory.",
			Alerts: []alert.Name{alert.MemorySwapped},
		},
		Unit: units.Short, Lines: line(fragmented().Top(most), byInstance),
		Marks: []grafana.Mark{grafana.Above(alert.FragmentationHigh, config.Fragmentation)},
	}
}

func buffersLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Memory of buffers", Of: metric.MemoryOverhead, NoValue: "no server", Width: wide,
					What: "What is not data: clients, replicas, the backlog, the append-only file.",
					Bad:  "Buffers of clients that grow: somebody reads more slowly than the server writes.",
				},
				Unit: units.BytesIEC, Lines: append(append(append(
					line(the(metric.MemoryClients).Top(most), "clients · {{instance}}"),
					line(the(metric.MemoryReplicaClients).Top(most), "replicas · {{instance}}")...),
					line(the(metric.MemoryBacklog).Top(most), "backlog · {{instance}}")...),
					line(the(metric.MemoryAOFBuffer).Top(most), "append-only file · {{instance}}")...),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Memory of scripts and functions", Of: metric.MemoryVM, NoValue: "not told", Width: wide,
					Bad: "Steady growth: somebody sends scripts with their arguments written into them, each a new one.",
				},
				Unit: units.BytesIEC, Lines: append(
					line(the(metric.MemoryVM).Top(most), "engines · {{instance}}"),
					line(the(metric.MemoryScripts).Top(most), "scripts · {{instance}}")...),
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{Title: "Objects that wait to be freed", NoValue: "no server", Bad: "It does not come down: more is deleted than the background thread can free."},
				Unit: units.Short, Lines: line(the(metric.LazyfreePending).Top(most), byInstance),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Defragmentation, share of the time", Of: metric.DefragTime, NoValue: "no server", What: "How much of its time the server spends on moving values together."},
				Unit: units.PercentUnit, Lines: line(rate(metric.DefragTime).Top(most), byInstance),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Subscribers and channels", Of: metric.PubSubChannels, NoValue: "no server",
					What: "Clients that listen, and what they listen to.",
					Bad:  "A fall to 0 in the middle of the day: what is published reaches nobody, and nobody is told.",
				},
				Unit: units.Short, Lines: append(append(
					line(the(metric.PubSubClients).Top(most), "subscribers · {{instance}}"),
					line(the(metric.PubSubChannels).Top(most), "channels · {{instance}}")...),
					line(the(metric.PubSubPatterns).Top(most), "patterns · {{instance}}")...),
			},
		}},
	}
}

// fragmented is the fragmentation of servers where it is more than noise.
func fragmented() promql.Expr {
	ratio := the(metric.FragmentationRatio)
	return ratio.And(the(metric.FragmentationBytes).Above(config.FragmentationWaste).
		Or(ratio.Below(config.SwappedOut)))
}

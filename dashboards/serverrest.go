package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
)

func machineLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Processors used", Of: metric.CPUUser, NoValue: "no server",
					What: "Of the whole process with its I/O threads, and of its children, which write snapshots.",
				},
				Unit: units.Short, Lines: append(
					line(rate(metric.CPUUser).Plus(rate(metric.CPUSys)).Top(most), "server · {{instance}}"),
					line(rate(metric.CPUUserChildren).Plus(rate(metric.CPUSysChildren)).Top(most), "children · {{instance}}")...),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Network traffic", Of: metric.NetOutput, NoValue: "no server", What: "Answers above the line, requests below it."},
				Unit: units.BytesPerSecondIEC, Lines: line(rate(metric.NetOutput).Top(most), "out · {{instance}}"), Below: line(rate(metric.NetInput).Top(most), "in · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Time of a round of the event loop", Of: metric.EventLoopDuration, NoValue: "not told",
					What: "The average. Each client waits for at least the rest of a round.",
					Bad:  "Milliseconds: many clients at once, or slow commands.",
				},
				Unit: units.Microseconds, Lines: line(rate(metric.EventLoopDuration).Over(rate(metric.EventLoopCycles).Positive()).Top(most), byInstance),
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{Title: "Requests read per second, main and I/O threads", Of: metric.ReadsProcessed, NoValue: "no server"},
				Unit: units.Short, Lines: append(
					line(rate(metric.ReadsProcessed).Top(most), "all · {{instance}}"),
					line(rate(metric.IOThreadedReads).Top(most), "by I/O threads · {{instance}}")...),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "I/O threads at work", NoValue: "not told"},
				Unit: units.Short, Lines: line(the(metric.IOThreadsActive).Top(most), byInstance),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Longest stall, by cause", NoValue: "none, or latency-monitor-threshold is 0",
					What: "The latest stall of each kind, as the latency monitor has it.",
				},
				Unit: units.Seconds, Lines: line(the(metric.LatencySpikeDuration).Top(most), "{{event_name}} · {{instance}}"),
			},
		}},
	}
}

func replicationLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Timeline{
				Head: grafana.Head{
					Title: "Are replicas linked to their primary?", NoValue: "no replica", Width: wide,
					Bad:    "Down: it serves what is old, and is no use as a successor.",
					Alerts: []alert.Name{alert.ReplicaLinkDown, alert.ReplicaLost},
				},
				States: line(the(metric.MasterLinkUp).Bottom(most), "{{instance}} of {{master_host}}:{{master_port}}"),
				Words:  grafana.UpDown,
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Seconds since a replica was heard of", NoValue: "no replica", Width: wide, What: "As its primary sees it, for each replica."},
				Unit: units.Seconds, Lines: line(the(metric.ReplicaLag).Top(most), "{{slave_ip}}:{{slave_port}} of {{instance}}"),
				Marks: []grafana.Mark{grafana.Above(alert.ReplicationLag, config.ReplicationLag)},
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Bytes that a replica lacks", NoValue: "no replica",
					What:   "The primary's offset less the replica's.",
					Bad:    "More than the backlog: after a short break of the link all data has to be sent again.",
					Alerts: []alert.Name{alert.ReplicaBehind},
				},
				Unit: units.BytesIEC, Lines: line(the(metric.ReplicaBehind).Top(most), "{{slave_ip}}:{{slave_port}} of {{instance}}"),
				Limits: []grafana.Limit{{Query: grafana.Q(the(metric.BacklogSize).And(the(metric.ConnectedReplicas).Positive()).Top(most), "backlog · {{instance}}"), Severity: config.Critical}},
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Connected replicas", NoValue: "no server", Alerts: []alert.Name{alert.ReplicaLost}},
				Unit: units.Short, Lines: line(the(metric.ConnectedReplicas).Top(most), byInstance),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Synchronisations since the start", Of: metric.ResyncsFull, NoValue: "no server",
					What:   "Full ones send all data; partial ones what was missed.",
					Bad:    "Full ones again and again: the backlog is too small, or the replica's buffer.",
					Alerts: []alert.Name{alert.ResyncsRepeated},
				},
				Unit: units.Short, Lines: append(append(
					line(the(metric.ResyncsFull).Top(most), "full · {{instance}}"),
					line(the(metric.ResyncsPartial).Top(most), "partial · {{instance}}")...),
					line(the(metric.ResyncsDenied).Top(most), "refused · {{instance}}")...),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Replication traffic", Of: metric.NetReplOutput, NoValue: "no server", What: "To replicas above the line, from the primary below it."},
				Unit: units.BytesPerSecondIEC, Lines: line(rate(metric.NetReplOutput).Top(most), "out · {{instance}}"), Below: line(rate(metric.NetReplInput).Top(most), "in · {{instance}}"),
			},
		}},
	}
}

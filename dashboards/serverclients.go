package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
)

// Legends of groups of clients and of channels.
const (
	byGroup   = "{{group}} · {{instance}}"
	byChannel = "{{channel}} · {{instance}}"
	byBuffers = "{{class}} · {{instance}}"
)

// unlisted is said where clients are not listed.
const unlisted = "not listed"

// groupLine is who is connected, by groups of the configuration, and who listens.
func groupLine() grafana.Line {
	return grafana.Line{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Connections, by group", NoValue: unlisted,
				What:   "Groups are those of the configuration (`clients.groups`), `other` is in none. Dashed what each may have.",
				Bad:    "A slope is a pool that leaks, a step a deployment.",
				Alerts: []alert.Name{alert.ClientGroupOverLimit},
			},
			Unit: units.Short, Lines: line(the(metric.ClientGroupConnections).Top(most), byGroup),
			Limits: []grafana.Limit{{Query: grafana.Q(the(metric.ClientGroupMaxConnections).Top(most), "limit · "+byGroup), Severity: config.Warning}},
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Idlest connection, by group", NoValue: unlisted,
				Bad: "It only grows, in a group whose others are busy: a connection that was forgotten.",
			},
			Unit: units.Seconds, Lines: line(the(metric.ClientGroupIdlest).Top(most), byGroup),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Answers and messages not read, by class", Of: metric.ClientOutputBuffers, NoValue: unlisted,
				What:   "Of all clients of a class, and of the one furthest behind.",
				Bad:    "Megabytes of `pubsub` are a subscriber that reads too slowly, of `slave` a replica.",
				First:  "`valkey-cli CLIENT LIST TYPE pubsub`: the one with the large `omem`.",
				Alerts: []alert.Name{alert.SlowSubscriber, alert.ClientsCutOff},
			},
			Unit: units.BytesIEC, Lines: append(
				line(the(metric.ClientOutputBuffers).Top(most), "all · "+byBuffers),
				line(the(metric.ClientLargestOutputBuffer).Top(most), "furthest behind · "+byBuffers)...),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Subscribers, by channel", NoValue: "no channel",
				What:   "Of the channels of the configuration (`clients.channels`). Dashed how many there must be.",
				Bad:    "None: what is published is lost.",
				Alerts: []alert.Name{alert.ChannelUnheard},
			},
			Unit: units.Short, Lines: line(the(metric.ChannelSubscribers).Top(most), byChannel),
			Limits: []grafana.Limit{{Query: grafana.Q(the(metric.ChannelMinSubscribers).Top(most), "at least · "+byChannel), Severity: config.Warning}},
		},
	}}
}

package collector

import (
	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/metric"
)

// describeClients describes clients by group, and channels. While the server is down
// nothing is said of either.
func describeClients(b *builder, up bool, state State) {
	c := state.Clients
	if c == nil {
		return
	}
	if !c.Listed.IsZero() {
		b.gauge(metric.ClientListAge, state.Now.Sub(c.Listed).Seconds())
		b.gauge(metric.ClientListDuration, c.Took.Seconds())
	}
	if !up {
		return
	}
	b.gauge(metric.ClientListLeftOut, yes(c.TooMany))
	for i := range c.Groups {
		describeGroup(b, &c.Groups[i])
	}
	for _, buffers := range c.Buffers {
		labels := b.labels(metric.ClientOutputBuffers, buffers.Class.String())
		b.gauge(metric.ClientOutputBuffers, buffers.Bytes, labels...)
		b.gauge(metric.ClientLargestOutputBuffer, buffers.Largest, labels...)
	}
	b.gauge(metric.SlowSubscribers, c.Slow)
	for _, channel := range c.Channels {
		labels := b.labels(metric.ChannelSubscribers, channel.Name)
		b.gauge(metric.ChannelSubscribers, channel.Subscribers, labels...)
		if channel.Min > 0 {
			b.gauge(metric.ChannelMinSubscribers, float64(channel.Min), labels...)
		}
	}
}

func describeGroup(b *builder, g *clients.GroupReport) {
	labels := b.labels(metric.ClientGroupConnections, g.Name)
	b.gauge(metric.ClientGroupConnections, g.Connections, labels...)
	if g.Max > 0 {
		b.gauge(metric.ClientGroupMaxConnections, float64(g.Max), labels...)
	}
	b.gauge(metric.ClientGroupBlocked, g.Blocked, labels...)
	b.gauge(metric.ClientGroupIdlest, g.Idlest, labels...)
}

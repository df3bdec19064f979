package statuspage

import (
	"fmt"
	"math"
	"time"

	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config/alert"
)

// clientTables are the groups of clients and the channels. While the server is down
// nothing is said of either.
func (c *composer) clientTables(server *facts) []table {
	known := c.Exporter.Clients
	if known == nil || server == nil {
		return nil
	}
	if s := known.Slow; s > 0 {
		c.tell(c.severity(alert.SlowSubscriber), alert.SlowSubscriber,
			fmt.Sprintf("Subscribers read so slowly that the server is about to cut them off: %s.", count(s)), "CLIENT LIST TYPE pubsub: the one with the large omem.")
	}
	tables := []table{c.groups(known)}
	if len(known.Channels) > 0 {
		tables = append(tables, c.channels(known.Channels, !server.replica() && server.loading != 1))
	}
	return tables
}

func (c *composer) groups(known *clients.Status) table {
	t := table{
		ID: "groups", Title: "By group", Empty: "No list of clients could be had yet.",
		Heads: []string{"Group", "State", "Connections", "May have", "Blocked", "Idlest"},
	}
	if known.TooMany {
		t.Empty = "More clients are connected than clients.max_clients allows to be listed."
	}
	for i := range known.Groups {
		g := &known.Groups[i]
		name := nameOf(g.Name)
		l := line{Level: neutral, Cells: []cell{{Name: &name}, {Text: count(g.Connections)}, {Text: "any number"}, {Text: count(g.Blocked)}, {Text: seconds(g.Idlest)}}}
		if g.Max > 0 {
			l.Cells[2].Text = count(float64(g.Max))
			l.Level = compare(g.Connections, float64(g.Max), c.severity(alert.ClientGroupOverLimit))
		}
		if l.Level >= note {
			l.Words = []string{"too many"}
			c.tell(l.Level, alert.ClientGroupOverLimit, fmt.Sprintf("%s has %s connections and may have %s.", shown(g.Name, nameShown), count(g.Connections), count(float64(g.Max))),
				"Restart the instance whose pool leaks, or raise max_connections.")
		}
		t.Lines = append(t.Lines, l)
	}
	if known.Groups == nil {
		return t
	}
	for _, b := range known.Buffers {
		if b.Bytes > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("%s clients have not read %s yet, one of them %s.", classWords[b.Class], size(b.Bytes), size(b.Largest)))
		}
	}
	t.Notes = append(t.Notes, fmt.Sprintf("Listed %s ago.", seconds(math.Max(0, c.Exporter.Now.Sub(known.Listed).Truncate(time.Second).Seconds()))))
	return t
}

// classWords are the classes of clients for people.
var classWords = [valkey.NumClientClasses]string{"Ordinary", "Subscribed", "Replicating"}

// channels shows who listens, and judges it where listeners are expected: not on a
// replica, because they connect to its primary, and not on a server that still loads.
func (c *composer) channels(all []clients.ChannelReport, expected bool) table {
	t := table{ID: "channels", Title: "Who listens", Heads: []string{"Channel", "State", "Subscribers", "Must have"}}
	for _, ch := range all {
		name := nameOf(ch.Name)
		l := line{Level: neutral, Cells: []cell{{Name: &name}, {Text: count(ch.Subscribers)}, {Text: "any number"}}}
		if ch.Min > 0 {
			l.Cells[2].Text = count(float64(ch.Min))
		}
		if ch.Min > 0 && expected {
			l.Level = compare(-ch.Subscribers, -float64(ch.Min), c.severity(alert.ChannelUnheard))
		}
		if l.Level >= note {
			l.Words = []string{"too few"}
			c.tell(l.Level, alert.ChannelUnheard, fmt.Sprintf("Channel %s has too few subscribers: %s, of %s that it must have.", shown(ch.Name, nameShown), count(ch.Subscribers), count(float64(ch.Min))),
				"Start the subscriber again.")
		}
		t.Lines = append(t.Lines, l)
	}
	return t
}

package config

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// Clients says into which groups clients belong and which channels are listened to,
// and how often is looked.
type Clients struct {
	Interval       Limit[time.Duration] // from one list of clients to the next; off: none
	MaxClients     int                  // connected ones above which they are not listed
	SlowSubscriber float64              // share of the limit of its output buffer above which a subscriber is slow
	Groups         []ClientGroup        // the first that matches a client has it
	Channels       []Channel
}

// ClientGroup is the clients that match all of its globs.
type ClientGroup struct {
	Group          string     // the label
	Name           string     // glob on the name of the client; empty: it does not matter
	User           string     // on its user
	Library        string     // on its library
	MaxConnections Limit[int] // that the group may have; off: any number
}

// Channel is one of which the subscribers are counted.
type Channel struct {
	Channel        string // any bytes
	Shard          Switch // whether it is a shard channel of a cluster
	MinSubscribers Limit[int]
}

const (
	// mostGroups and mostChannels bound the values of labels.
	mostGroups, mostChannels = 50, 100
	// usualConnections is how many a service has by the specification.
	usualConnections = 10
)

// reservedGroups are those that every server has.
var reservedGroups = []string{"other", "exporter"}

func (c Clients) clone() Clients {
	c.Groups, c.Channels = slices.Clone(c.Groups), slices.Clone(c.Channels)
	return c
}

// Equal says whether two sections ask for the same.
func (c Clients) Equal(d Clients) bool {
	return c.Interval == d.Interval && c.MaxClients == d.MaxClients && c.SlowSubscriber == d.SlowSubscriber &&
		slices.Equal(c.Groups, d.Groups) && slices.Equal(c.Channels, d.Channels)
}

var groupFields = section[ClientGroup]{
	named("group", func(g *ClientGroup) *string { return &g.Group }, text()),
	named("name", func(g *ClientGroup) *string { return &g.Name }, text()),
	named("user", func(g *ClientGroup) *string { return &g.User }, text()),
	named("library", func(g *ClientGroup) *string { return &g.Library }, text()),
	named("max_connections", func(g *ClientGroup) *Limit[int] { return &g.MaxConnections }, orOff(whole(1, 1_000_000))),
}

var channelFields = section[Channel]{
	named("channel", func(c *Channel) *string { return &c.Channel }, text()),
	named("shard", func(c *Channel) *Switch { return &c.Shard }, onOrOff()),
	named("min_subscribers", func(c *Channel) *Limit[int] { return &c.MinSubscribers }, orOff(whole(1, 1_000_000))),
}

var clientsKind = checked[Clients]{section[Clients]{
	named("interval", func(c *Clients) *Limit[time.Duration] { return &c.Interval }, orOff(duration(time.Second))),
	named("max_clients", func(c *Clients) *int { return &c.MaxClients }, whole(1, 100_000)),
	named("slow_subscriber", func(c *Clients) *float64 { return &c.SlowSubscriber }, share(0.01, 1)),
	named("groups", func(c *Clients) *[]ClientGroup { return &c.Groups }, groupList),
	named("channels", func(c *Clients) *[]Channel { return &c.Channels }, channelList),
}, finishClients}

var groupList = list[ClientGroup]{
	item:    groupFields,
	example: `{group: backend, name: "backend*"}`,
	finish:  finishGroup,
	identity: func(have map[string]value, g ClientGroup) string {
		if !have["group"].valid {
			return ""
		}
		return fmt.Sprintf("group %q", g.Group)
	},
}

// finishGroup checks that a group has a name and something to match, and fills in
// what is left out.
func finishGroup(r *report, at *yaml.Node, have map[string]value, g *ClientGroup) {
	group, ok := have["group"]
	switch {
	case !ok:
		r.at(at, "a group of clients needs a `group`, which is its name in metrics; add one")
	case group.valid && slices.Contains(reservedGroups, g.Group):
		r.at(group.node, "group: every server has the group `%s` already; choose another name", g.Group)
	}
	globs := 0
	for _, field := range []struct{ name, glob string }{{"name", g.Name}, {"user", g.User}, {"library", g.Library}} {
		v, ok := have[field.name]
		if ok {
			globs++
		}
		if !v.valid {
			continue
		}
		if mistake, _ := globMistake(field.glob); mistake != "" {
			r.at(v.node, "%s: %s", field.name, mistake)
		}
	}
	if globs == 0 {
		r.at(at, "a group of clients needs a `name`, a `user` or a `library` by which its clients are known; add one")
	}
	if _, ok := have["max_connections"]; !ok {
		g.MaxConnections = At(usualConnections)
	}
}

var channelList = list[Channel]{
	item:    channelFields,
	example: `channel: "events:user:created"`,
	finish: func(r *report, at *yaml.Node, have map[string]value, _ *Channel) {
		if _, ok := have["channel"]; !ok {
			r.at(at, "an entry needs a `channel`; add one")
		}
	},
	identity: func(have map[string]value, c Channel) string {
		if !have["channel"].valid {
			return ""
		}
		return fmt.Sprintf("channel %q", c.Channel)
	},
}

func finishClients(r *report, at *yaml.Node, _ map[string]value, c *Clients) {
	if len(c.Groups) > mostGroups {
		r.at(at, "groups: there are %d, and %d at most: each has series of its own; join some", len(c.Groups), mostGroups)
	}
	if len(c.Channels) > mostChannels {
		r.at(at, "channels: there are %d, and %d at most: each has series of its own; leave some out", len(c.Channels), mostChannels)
	}
}

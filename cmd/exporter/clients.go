package main

import (
	"time"

	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/queue"
	"valkey-exporter/config"
)

// attend is the loop that looks at the clients; nil when the configuration turns it
// off.
func (e *exporter) attend(c config.Validated) *clients.Roster {
	every, on := c.Clients().Interval.Get()
	if !on {
		return nil
	}
	return clients.NewRoster(clientOptions(c, every), e.lister, time.Now, e.log)
}

func clientOptions(c config.Validated, every time.Duration) clients.Options {
	o := clients.Options{
		Interval: every, ServerShare: c.Discovery().MaxServerShare, Denied: c.Scrape().RetryDeniedAfter,
		MaxClients: c.Clients().MaxClients, SlowShare: c.Clients().SlowSubscriber, Own: name, Match: queue.Match,
	}
	for _, g := range c.Clients().Groups {
		most, _ := g.MaxConnections.Get()
		o.Groups = append(o.Groups, clients.Group{Name: g.Group, Client: g.Name, User: g.User, Library: g.Library, Max: most})
	}
	for _, ch := range c.Clients().Channels {
		least, _ := ch.MinSubscribers.Get()
		o.Channels = append(o.Channels, clients.Channel{Name: ch.Channel, Shard: bool(ch.Shard), Min: least})
	}
	return o
}

// clients is what is known of them; nil when the configuration turns it off.
func (w *watch) clients() *clients.Status {
	if w.roster == nil {
		return nil
	}
	status := w.roster.Status()
	return &status
}

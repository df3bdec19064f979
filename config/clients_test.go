package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheDefaultListsClientsAndCountsTheChannelsOfTheSpecification(t *testing.T) {
	c := Default().Clients()
	if every, on := c.Interval.Get(); !on || every != 30*time.Second || c.MaxClients != 5000 || c.SlowSubscriber != 0.5 || len(c.Groups) != 0 {
		t.Errorf("got %+v", c)
	}
	if len(c.Channels) != 2 || c.Channels[0] != (Channel{Channel: "events:user:created"}) || c.Channels[1] != (Channel{Channel: "events:data:updated"}) {
		t.Errorf("channels %+v", c.Channels)
	}
}

func TestGroupsAndChannelsOfAFile(t *testing.T) {
	v := parsed(t, `clients:
  groups: [{group: backend, name: "backend*"}, {group: jobs, user: jobs, library: "go-redis*", max_connections: off}, {group: few, name: few, max_connections: 3}]
  channels: [{channel: "cache:invalidate", shard: on, min_subscribers: 2}]`)
	c := v.Clients()
	if len(c.Groups) != 3 || c.Groups[0] != (ClientGroup{Group: "backend", Name: "backend*", MaxConnections: At(10)}) ||
		c.Groups[1] != (ClientGroup{Group: "jobs", User: "jobs", Library: "go-redis*"}) || c.Groups[2].MaxConnections != At(3) {
		t.Errorf("groups %+v", c.Groups)
	}
	if len(c.Channels) != 1 || c.Channels[0] != (Channel{Channel: "cache:invalidate", Shard: true, MinSubscribers: At(2)}) {
		t.Errorf("channels %+v", c.Channels)
	}
	if v.Equal(Default()) || c.Equal(Default().Clients()) {
		t.Error("it is said to ask for the same as the default")
	}
	c.Groups[0].Name, c.Channels[0].Channel = "changed", "changed"
	if v.Clients().Groups[0].Name != "backend*" || v.Clients().Channels[0].Channel != "cache:invalidate" {
		t.Error("whoever asks can change the configuration")
	}
	roundTrip(t, v)
	roundTrip(t, parsed(t, "clients: {interval: off, channels: []}"))
}

func TestGroupsAndChannelsAreBounded(t *testing.T) {
	entries := func(list, entry string, n int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "clients:\n  %s:\n", list)
		for i := range n {
			fmt.Fprintf(&b, "    - "+entry+"\n", i)
		}
		return b.String()
	}
	for _, c := range []struct {
		list, entry string
		most        int
	}{{"groups", "{group: g%[1]d, name: g%[1]d}", mostGroups}, {"channels", "{channel: c%d}", mostChannels}} {
		parsed(t, entries(c.list, c.entry, c.most))
		want := fmt.Sprintf("there are %d, and %d at most", c.most+1, c.most)
		if _, err := Parse("exporter.yml", []byte(entries(c.list, c.entry, c.most+1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", c.list, err)
		}
	}
}

func TestClientsOfADemonstrationAreListedMoreOften(t *testing.T) {
	if every, _ := Default().Faster(10).Clients().Interval.Get(); every != 3*time.Second {
		t.Errorf("every %v, want 3s of 30s", every)
	}
}

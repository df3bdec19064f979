package statuspage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/valkey"
)

// attended is a scene with clients and channels.
func attended(t *testing.T, change func(*clients.Status)) *scene {
	t.Helper()
	s := play(t, defaults)
	status := &clients.Status{
		Listed: noon,
		Groups: []clients.GroupReport{
			{Name: "back\x1bend", Max: 10, Connections: 10, Blocked: 1, Idlest: 90},
			{Name: clients.Other, Connections: 70},
			{Name: clients.Exporter, Connections: 4},
		},
		Buffers:  []clients.Buffers{{Class: valkey.NormalClient}, {Class: valkey.PubSubClient, Bytes: 3 << 20, Largest: 2 << 20}, {Class: valkey.ReplicaClient}},
		Channels: []clients.ChannelReport{{Channel: clients.Channel{Name: "events", Min: 2}, Subscribers: 2}, {Channel: clients.Channel{Name: "idle"}}},
	}
	change(status)
	s.state.Exporter.Clients = status
	s.pass(time.Minute, s.busy)
	return s
}

func same(*clients.Status) {}

func TestClientsAreShown(t *testing.T) {
	v := attended(t, same).view()
	if len(v.Problems) > 0 || len(v.Clients) != 2 {
		t.Fatalf("problems %+v, tables %+v", v.Problems, v.Clients)
	}
	groups := v.Clients[0]
	var texts []string
	for _, c := range groups.Lines[0].Cells[1:] {
		texts = append(texts, strings.ReplaceAll(c.Text, "\u00a0", " "))
	}
	if got := strings.Join(texts, "|"); got != "10|10|1|1 min 30 s" {
		t.Errorf("got %s", got)
	}
	if notes := strings.ReplaceAll(strings.Join(groups.Notes, " "), "\u00a0", " "); notes != "Subscribed clients have not read 3.00 MiB yet, one of them 2.00 MiB. Listed 1 min ago." {
		t.Errorf("got %s", notes)
	}
	if groups.Lines[0].Level != good || groups.Lines[1].Level != neutral || v.Clients[1].Lines[0].Level != good || v.Clients[1].Lines[1].Level != neutral {
		t.Errorf("levels of %+v", v.Clients)
	}
	if html := attended(t, same).html(); !strings.Contains(html, `<h2 id="clients">Clients</h2>`) || strings.Contains(html, "\x1b") {
		t.Error("the page has no clients, or what a terminal would obey")
	}
}

func TestWhatIsWrongWithClients(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*clients.Status)
		wants  string
	}{
		"eleven of ten":       {func(s *clients.Status) { s.Groups[0].Name, s.Groups[0].Connections = "backend", 11 }, "backend has 11 connections and may have 10."},
		"one listener of two": {func(s *clients.Status) { s.Channels[0].Subscribers = 1 }, "Channel events has too few subscribers: 1, of 2 that it must have."},
		"a slow one":          {func(s *clients.Status) { s.Slow = 1 }, "Subscribers read so slowly that the server is about to cut them off: 1."},
	} {
		t.Run(name, func(t *testing.T) {
			v := attended(t, c.change).view()
			if len(v.Problems) != 1 || v.Problems[0].Text != c.wants || v.Problems[0].Level != warning {
				t.Errorf("told %+v, want %q", v.Problems, c.wants)
			}
		})
	}
}

func TestListenersAreNotExpectedEverywhere(t *testing.T) {
	for field, value := range map[string]string{"role": "slave", "loading": "1"} {
		s := attended(t, func(s *clients.Status) { s.Channels[0].Subscribers = 0 })
		if !unheard(s.view()) {
			t.Error("a channel without listeners is not told of")
		}
		s.info[field] = value
		s.scrape()
		if unheard(s.view()) {
			t.Errorf("%s is %s: listeners are missed", field, value)
		}
	}
}

func unheard(v view) bool {
	return slices.ContainsFunc(v.Problems, func(p problem) bool { return strings.Contains(p.Text, "subscribers") })
}

func TestClientsThatAreNotListed(t *testing.T) {
	s := attended(t, func(s *clients.Status) { *s = clients.Status{TooMany: true} })
	if v := s.view(); len(v.Clients) != 1 || !strings.Contains(v.Clients[0].Empty, "clients.max_clients") || len(v.Clients[0].Notes) > 0 {
		t.Errorf("got %+v", v.Clients)
	}
	s.state.Exporter.Clients.Unavailable = []valkey.Unavailable{{Command: "CLIENT LIST", Reason: valkey.ReasonDenied}}
	if v := s.view(); len(v.Problems) != 1 || !strings.Contains(v.Problems[0].Text, "CLIENT LIST") {
		t.Errorf("got %+v", v.Problems)
	}
	s.err, s.up = reply("LOADING"), false
	s.scrape()
	if v := s.view(); v.Clients != nil {
		t.Error("clients of a server that is down")
	}
	s.err, s.up, s.state.Exporter.Clients = nil, true, nil
	s.scrape()
	if html := s.html(); strings.Contains(html, `id="clients"`) {
		t.Error("clients are off")
	}
}

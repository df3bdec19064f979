//go:build unix

package collector_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/valkey"
)

// goldenClients has a group with too many connections, a name that is no text, and a
// channel that must be heard and one that need not.
func goldenClients() *clients.Status {
	return &clients.Status{
		Listed: goldenTime.Add(-12 * time.Second), Took: 4 * time.Millisecond,
		Groups: []clients.GroupReport{
			{Name: "backend", Max: 10, Connections: 11, Blocked: 2, Idlest: 7200},
			{Name: "work\"ers\xff\n", Connections: 4, Blocked: 4},
			{Name: clients.Other, Connections: 3, Idlest: 5},
			{Name: clients.Exporter, Connections: 4},
		},
		Buffers: []clients.Buffers{
			{Class: valkey.NormalClient, Bytes: 20_504, Largest: 20_504},
			{Class: valkey.PubSubClient, Bytes: 6 << 20, Largest: 5 << 20},
			{Class: valkey.ReplicaClient},
		},
		Slow: 1,
		Channels: []clients.ChannelReport{
			{Channel: clients.Channel{Name: "events", Min: 2}, Subscribers: 1},
			{Channel: clients.Channel{Name: "idle", Shard: true}},
		},
		Unavailable: []valkey.Unavailable{{Command: "PUBSUB SHARDNUMSUB", Reason: valkey.ReasonUnknown}},
	}
}

// pageOf is what is said of clients.
func pageOf(t *testing.T, up bool, status clients.Status) string {
	t.Helper()
	page, err := collector.Describe(valkey.Snapshot{Up: up}, collector.State{Now: goldenTime, Clients: &status})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Release()
	return string(exposition(t, page.Families))
}

// What is not known of clients has no sample: a group that nobody may see is not one
// without connections.
func TestUnknownOfClientsIsAbsent(t *testing.T) {
	unknown := clients.Status{Slow: math.NaN(), Unavailable: []valkey.Unavailable{{Command: "CLIENT LIST", Reason: valkey.ReasonDenied}}}
	text := pageOf(t, true, unknown)
	for _, family := range []string{"redis_client_group", "redis_client_output_buffer_bytes", "redis_slow_subscribers", "redis_pubsub_channel", "redis_exporter_client_list_age"} {
		if strings.Contains(text, "\n"+family) {
			t.Errorf("there is a sample of %s", family)
		}
	}
	for _, line := range []string{`redis_exporter_command_unavailable{command="CLIENT LIST",reason="denied"} 1`, "redis_exporter_client_list_left_out 0"} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s in\n%s", line, text)
		}
	}
}

func TestClientsOfAServerThatIsDownAreUnknown(t *testing.T) {
	text := pageOf(t, false, *goldenClients())
	if strings.Contains(text, "redis_client_group") || strings.Contains(text, "redis_pubsub_channel") || !strings.Contains(text, "redis_exporter_client_list_age_seconds 12\n") {
		t.Errorf("got %s", text)
	}
}

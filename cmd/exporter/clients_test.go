package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/testserver"
)

const attending = `
queues: []
observe: {interval: off}
classes: {interval: off}
latency: {interval: off}
clients:
  interval: 1s
  groups: [{group: backend, name: "backend*", max_connections: 2}, {group: mine, user: exporter}]
  channels: [{channel: events, min_subscribers: 1}]`

// listed waits until the clients have been listed since the exporter started.
func (s *subject) listed(t *testing.T) series {
	t.Helper()
	var got series
	eventually(t, "clients were listed", func() bool {
		got = s.scrape(t)
		_, ok := got["redis_exporter_client_list_age_seconds"]
		return ok
	})
	return got
}

// The exporter's connections are apart, and those of others are in their groups.
func TestClientsByGroup(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		backend := redis.NewClient(&redis.Options{Addr: server.Addr, ClientName: "backend-1", Protocol: 2, DisableIdentity: true})
		defer backend.Close()
		if err := backend.Ping(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		path := configFile(t, attending)
		s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+path)
		var got series
		eventually(t, "the exporter's connections have told their name", func() bool {
			got = s.listed(t)
			return got[`redis_client_group_connections{group="other"}`] == 0
		})
		for id, want := range map[string]float64{
			`redis_client_group_connections{group="backend"}`:        1,
			`redis_client_group_max_connections{group="backend"}`:    2,
			`redis_pubsub_channel_subscribers{channel="events"}`:     0,
			`redis_pubsub_channel_min_subscribers{channel="events"}`: 1,
			`redis_client_output_buffer_bytes{class="pubsub"}`:       0,
			`redis_slow_subscribers`:                                 0,
			`redis_exporter_client_list_left_out`:                    0,
		} {
			got.want(t, id, want)
		}
		if n := got[`redis_client_group_connections{group="exporter"}`]; n < 1 || n > 3 {
			t.Errorf("%v connections of the exporter", n)
		}
		if text := strings.Join(slices.Sorted(idsOf(got)), "\n"); strings.Contains(text, "backend-1") || strings.Contains(text, "127.0.0.1") {
			t.Error("a name or an address of a client is in a label")
		}
		rewrite(t, path, strings.Replace(attending, "interval: 1s", "interval: off", 1))
		if err := s.reload(); err != nil {
			t.Fatal(err)
		}
		s.scrape(t).wantNone(t, "redis_client_group_connections")
	})
}

func idsOf(s series) func(func(string) bool) {
	return func(yield func(string) bool) {
		for id := range s {
			if !strings.HasPrefix(id, "redis_instance_info") && !yield(id) {
				return
			}
		}
	}
}

// More clients than may be listed are not, and the log says so once.
func TestTooManyClientsAreNotListed(t *testing.T) {
	server := testserver.Valkey(t)
	idle := redis.NewClient(&redis.Options{Addr: server.Addr, Protocol: 2, DisableIdentity: true})
	defer idle.Close()
	for range 3 {
		c := idle.Conn()
		defer c.Close()
		if err := c.Ping(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, strings.Replace(attending, "interval: 1s", "interval: 1s\n  max_clients: 2", 1)))
	eventually(t, "there are too many", func() bool { return s.scrape(t)["redis_exporter_client_list_left_out"] == 1 })
	got := s.scrape(t)
	got.wantNone(t, "redis_client_group_connections")
	got.want(t, `redis_pubsub_channel_subscribers{channel="events"}`, 0)
	s.log.wantLines(t, 1, "level=WARN", "clients.max_clients", "max_clients=2")
}

// Listing clients needs what the page says, and nothing else does.
func TestDocumentedUserWhoSeesClients(t *testing.T) {
	more := regexp.MustCompile(`(?m)^ACL SETUSER exporter \+client\|list .*$`).FindString(read(t, aclPage))
	granted := rights(strings.Fields(more))
	if len(granted) != 3 {
		t.Fatalf("%s: want a line with three commands, got %q", aclPage, more)
	}
	config := strings.Replace(attending, "channels: [", "channels: [{channel: shard, shard: on}, ", 1)
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, startServer)
		all := func(s series) (have []string) {
			for _, family := range []string{"redis_client_group_connections", "redis_client_output_buffer_bytes", "redis_slow_subscribers", "redis_pubsub_channel_subscribers"} {
				have = append(have, s.of(family)...)
			}
			return have
		}
		seen := func(env environment) (have []string, unavailable int) {
			s := start(t, env, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, config))
			defer s.close()
			var got series
			eventually(t, "it has looked", func() bool {
				got = s.scrape(t)
				return len(got.of("redis_pubsub_channel_subscribers")) == 2 && len(got.of("redis_client_group_connections")) > 0 ||
					len(got.of("redis_exporter_command_unavailable")) > 0
			})
			return all(got), len(got.of("redis_exporter_command_unavailable"))
		}
		everything, _ := seen(nil)
		for without := range append(granted, "") {
			server.Must(t, append(documentedUser(t, server), slices.Concat(granted[:without], granted[min(without+1, len(granted)):])...)...)
			server.Must(t, "ACL", "LOG", "RESET")
			before, _ := refusals(t, server)
			have, unavailable := seen(asExporter)
			n, log := refusals(t, server)
			if complete := without == len(granted); complete != (len(have) == len(everything)) || complete != (n == before) || complete != (unavailable == 0) {
				t.Errorf("without right %d of %d: %d series of %d, %d commands are named, %d refusals: %v", without, len(granted), len(have), len(everything), unavailable, n-before, log)
			}
		}
		wantRefused(t, server, "CLIENT KILL TYPE normal", "CLIENT PAUSE 1", "CLIENT NO-EVICT ON", "PUBSUB CHANNELS", "SUBSCRIBE x", "PUBLISH x y")
	})
}

//go:build unix

package valkey_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

func lister(conn *valkey.Conn) *valkey.Lister { return valkey.NewLister(conn, time.Now) }

// list are the clients that a server tells of.
func list(t *testing.T, l *valkey.Lister) (all []valkey.Client, listed bool) {
	t.Helper()
	listed, took, err := l.List(t.Context(), func(c *valkey.Client) { all = append(all, *c) })
	if err != nil || listed != (took > 0 && all != nil) {
		t.Fatalf("listed %v, took %v, %d clients, %v", listed, took, len(all), err)
	}
	return all, listed
}

func TestAudienceOfARealServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		l := lister(open(t, server.Addr))
		channels := valkey.Channels{Plain: []string{"a b", "plain"}, Shard: []string{"shard"}}
		for setting, want := range map[string]float64{
			"pubsub 33554432 8388608 60": 8 << 20, "pubsub 1000 0 0": 1000, "pubsub 0 2000 60": 2000, "pubsub 0 0 0": 0,
		} {
			server.Must(t, "CONFIG", "SET", "client-output-buffer-limit", setting)
			a, err := l.Ask(t.Context(), channels, retryDenied)
			if err != nil || a.PubSubLimit != want {
				t.Errorf("%s: limit %v, %v", setting, a.PubSubLimit, err)
			}
			if a.Connected < 1 || a.Connected > 2 || len(a.Subscribers) != 3 || a.Subscribers["a b"] != 0 {
				t.Errorf("got %+v", a)
			}
		}
		all, _ := list(t, l)
		if len(all) != 1 || all[0].Name != clientName || all[0].User != "default" || all[0].Server || all[0].Blocked {
			t.Errorf("got %+v", all)
		}
	})
}

// Each command may be denied by itself. It costs its own part, and is asked once.
func TestListerThatMayNotAskEverything(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		for denied, command := range map[string]string{
			"info": "INFO", "config|get": "CONFIG GET", "pubsub|numsub": "PUBSUB NUMSUB", "pubsub|shardnumsub": "PUBSUB SHARDNUMSUB", "client|list": "CLIENT LIST",
		} {
			server := start()
			server.Must(t, "ACL", "SETUSER", "lister", "on", ">lister", "+@all", "-"+denied, "allchannels")
			l := lister(open(t, server.Addr, func(o *valkey.Options) { o.Credentials = valkey.Credentials{User: "lister"}.Password("lister") }))
			for range 3 {
				a, err := l.Ask(t.Context(), valkey.Channels{Plain: []string{"plain"}, Shard: []string{"shard"}}, retryDenied)
				if err != nil {
					t.Fatal(err)
				}
				_, listed := list(t, l)
				_, plain := a.Subscribers["plain"]
				_, shard := a.Subscribers["shard"]
				for part, told := range map[string]bool{
					"info": !math.IsNaN(a.Connected), "config|get": !math.IsNaN(a.PubSubLimit), "pubsub|numsub": plain, "pubsub|shardnumsub": shard, "client|list": listed,
				} {
					if told == (part == denied) {
						t.Errorf("without %s: %s is told: %v", denied, part, told)
					}
				}
			}
			if u := l.Unavailable(); len(u) != 1 || u[0] != (valkey.Unavailable{Command: command, Reason: valkey.ReasonDenied}) {
				t.Errorf("without %s: %v are named", denied, u)
			}
			want := 1
			if denied == "info" {
				want = 2 // the handshake asks, too
			}
			if log := server.Must(t, "ACL", "LOG").([]any); len(log) != 1 {
				t.Errorf("without %s: %d kinds of refusals, want 1: %v", denied, len(log), log)
			} else if n := entryCount(log[0]); n != want {
				t.Errorf("without %s: %d refusals, want %d", denied, n, want)
			}
		}
	})
}

// entryCount is how often the same was refused, by an entry of ACL LOG.
func entryCount(entry any) int {
	fields, _ := entry.([]any)
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "count" {
			n, _ := fields[i+1].(int64)
			return int(n)
		}
	}
	return 0
}

// A list that breaks off is none, however many clients arrived before.
func TestListThatBreaksOff(t *testing.T) {
	server := replay(t, fake.Keys{})
	server.Reply("CLIENT LIST", fake.Bulk(strings.Repeat("id=1 name=a flags=N\n", 1000)))
	l := lister(open(t, server.Addr))
	if all, listed := list(t, l); !listed || len(all) != 1000 {
		t.Errorf("%d clients, listed %v", len(all), listed)
	}
	// The whole would be longer: its last line does not end.
	server.Reply("CLIENT LIST", []byte("$100000\r\nid=1 name=a flags=N\nid=2 nam"))
	time.AfterFunc(50*time.Millisecond, server.Disconnect)
	n := 0
	listed, _, err := l.List(t.Context(), func(*valkey.Client) { n++ })
	if listed || valkey.KindOf(err) != valkey.KindClosed || n != 1 {
		t.Errorf("listed %v, %d clients, %v", listed, n, err)
	}
	server.Heal()
	if all, listed := list(t, l); !listed || len(all) == 0 {
		t.Error("there is no list from then on")
	}
}

func TestListOfAServerThatHangs(t *testing.T) {
	server := replay(t, fake.Keys{})
	server.Hang("CLIENT LIST")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	l := lister(open(t, server.Addr))
	if listed, _, err := l.List(ctx, func(*valkey.Client) {}); listed || valkey.KindOf(err) != valkey.KindTimeout {
		t.Errorf("listed %v, %v", listed, err)
	}
}

// More than an ordinary reply may have is read from a server with many clients, if
// the connection was opened for that.
func TestListLongerThanOtherReplies(t *testing.T) {
	server := replay(t, fake.Keys{})
	const clients = 20_000
	server.Reply("CLIENT LIST", fake.Bulk(strings.Repeat("id=1 name="+strings.Repeat("n", 300)+" flags=N\n", clients)))
	wide := lister(open(t, server.Addr, func(o *valkey.Options) { o.Longest = valkey.MaxClientListBytes }))
	n := 0
	if listed, _, err := wide.List(t.Context(), func(*valkey.Client) { n++ }); !listed || n != clients || err != nil {
		t.Errorf("listed %v, %d clients, %v", listed, n, err)
	}
	narrow := lister(open(t, server.Addr))
	if listed, _, err := narrow.List(t.Context(), func(*valkey.Client) {}); listed || valkey.KindOf(err) != valkey.KindTooLong {
		t.Errorf("listed %v, %v", listed, err)
	}
}

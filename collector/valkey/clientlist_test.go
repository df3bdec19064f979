package valkey

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// listing is the reply to CLIENT LIST, in the server's own bytes.
func listing(lines ...string) string {
	text := strings.Join(lines, "\n") + "\n"
	return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text)
}

// met reads a reply in pieces of every kind and returns the clients.
func met(t *testing.T, reply string) ([]Client, error) {
	t.Helper()
	var all []Client
	r := &clientReader{meet: func(c *Client) { all = append(all, *c) }}
	if _, err := io.Copy(r, iotest.OneByteReader(strings.NewReader(reply))); err != nil {
		t.Fatal(err)
	}
	var again []Client
	whole := &clientReader{meet: func(c *Client) { again = append(again, *c) }}
	if n, err := whole.Write([]byte(reply)); n != len(reply) || err != nil {
		t.Fatalf("%d of %d bytes, %v", n, len(reply), err)
	}
	if fmt.Sprint(all) != fmt.Sprint(again) {
		t.Errorf("byte by byte %v, as a whole %v", all, again)
	}
	return all, r.err
}

func TestClientsAreReadAsTheyArrive(t *testing.T) {
	all, err := met(t, listing(
		"id=3 addr=127.0.0.1:50000 laddr=127.0.0.1:6379 fd=8 name=worker-1 age=90 idle=30 flags=b db=0 sub=0 psub=0 omem=0 tot-mem=2000 cmd=blpop user=jobs redir=-1 resp=2 lib-name=go-redis(,go1.26) lib-ver=9.23.0",
		"id=4 addr=/run/my socket:0 fd=9 name= age=1 idle=0 flags=PU sub=1 omem=20504 events=rw cmd=subscribe user=default",
		"id=5 name= flags=S omem=7 idle=1",
		"id=6 name= flags=M omem=0 idle=2",
		"id=7 name=a=b=c flags=O idle=1",
		"id=8 name=old-server flags=N idle=bad",
	))
	want := []Client{
		{Name: "worker-1", User: "jobs", Library: "go-redis(,go1.26)", Blocked: true, Idle: 30, known: true},
		{User: "default", Class: PubSubClient, Buffered: 20504, known: true},
		{Class: ReplicaClient, Server: true, Buffered: 7, Idle: 1, known: true},
		{Server: true, Idle: 2, known: true},
		{Name: "a=b=c", Idle: 1, known: true},
		{Name: "old-server", known: true},
	}
	if err != nil || len(all) != len(want) {
		t.Fatalf("got %+v, %v", all, err)
	}
	for i := range want {
		if all[i] != want[i] {
			t.Errorf("got %+v, want %+v", all[i], want[i])
		}
	}
}

// A name of megabytes is one client, and is not kept.
func TestLongNameIsCut(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	all, err := met(t, listing("id=1 name="+long+" flags=P idle=3", "id=2 name=short flags=N"))
	if err != nil || len(all) != 2 {
		t.Fatalf("%d clients, %v", len(all), err)
	}
	if got := len(all[0].Name); got != maxClientField-len("name=") || all[0].Class != PubSubClient || all[0].Idle != 3 || all[1].Name != "short" {
		t.Errorf("a name of %d bytes, %v", got, all[1])
	}
}

func TestReplyThatIsNoList(t *testing.T) {
	for reply, want := range map[string]Kind{
		"-NOPERM User exporter has no permissions to run the 'client|list' command\r\n": KindDenied,
		"-LOADING the dataset\r\n": KindLoading,
		"-ERR unknown command 'CLIENT', with args beginning with: 'secret' \r\n": KindUnknown,
		":5\r\n":     KindParse,
		"*1\r\n:1\n": KindParse,
	} {
		all, err := met(t, reply)
		if len(all) > 0 || KindOf(err) != want || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%q: %v, %v", reply, all, err)
		}
	}
}

// Whatever a server sends, reading it ends, and keeps little.
func FuzzClientList(f *testing.F) {
	f.Add(listing("id=3 name=worker flags=N idle=5 omem=7 user=default"))
	f.Add("-NOPERM no\r\n")
	f.Add("$-1\r\n")
	f.Fuzz(func(t *testing.T, reply string) {
		r := &clientReader{meet: func(c *Client) {
			if len(c.Name)+len(c.User)+len(c.Library) > 3*maxClientField {
				t.Errorf("too much is kept of %q", reply)
			}
		}}
		if n, err := r.Write([]byte(reply)); n != len(reply) || err != nil {
			t.Errorf("%d of %d bytes, %v", n, len(reply), err)
		}
		if len(r.field) > maxClientField {
			t.Errorf("a field of %d bytes", len(r.field))
		}
	})
}

func TestListReadsNoMoreThanAFieldAtATime(t *testing.T) {
	reply := []byte(listing(strings.Split(strings.Repeat("id=3 addr=127.0.0.1:50000 laddr=127.0.0.1:6379 fd=8 name=backend age=90 idle=30 flags=N db=0 omem=0 user=default lib-name=x\n", 10_000), "\n")...))
	clients := 0
	r := &clientReader{meet: func(*Client) { clients++ }}
	allocated := testing.AllocsPerRun(1, func() { r.inText, r.client = false, Client{}; _, _ = r.Write(reply) })
	if clients != 20_000 || cap(r.field) > maxClientField { // it runs twice
		t.Errorf("%d clients, %d bytes", clients, cap(r.field))
	}
	if perClient := allocated / 10_000; perClient > 5 {
		t.Errorf("%.1f allocations a client", perClient)
	}
}

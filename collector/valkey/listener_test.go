//go:build unix

package valkey_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// hear listens to these keys of database 0 until the test ends.
func hear(t *testing.T, o valkey.Options, keys ...string) *valkey.Listener {
	t.Helper()
	l := valkey.NewListener(o)
	l.Follow(queues(keys...))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Listen(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("listening ended: %v", err)
		}
	})
	eventually(t, "it listens", l.Active)
	return l
}

func optionsFor(t *testing.T, address string) valkey.Options {
	t.Helper()
	target, err := valkey.ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	return valkey.Options{Target: target, Name: clientName}
}

func tallyOf(t *testing.T, l *valkey.Listener, key string) valkey.Tally {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	return l.Mark(ctx, queues(key))[0]
}

func TestEveryCommandOfAListIsHeardAsWhatItDoes(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--notify-keyspace-events", "KEA")
		l := hear(t, optionsFor(t, server.Addr), "jobs")
		last := tallyOf(t, l, "jobs")
		if last.Source == 0 || !last.Losses {
			t.Fatalf("%+v of a server that tells everything", last)
		}
		for _, c := range []struct {
			command []string
			want    map[valkey.Event]float64
		}{
			{[]string{"LPUSH", "jobs", "a", "b", "c"}, map[valkey.Event]float64{valkey.EventLPush: 1}},
			{[]string{"RPUSHX", "jobs", "d"}, map[valkey.Event]float64{valkey.EventRPush: 1}},
			{[]string{"LINSERT", "jobs", "BEFORE", "a", "x"}, map[valkey.Event]float64{valkey.EventLInsert: 1}},
			{[]string{"LSET", "jobs", "0", "y"}, map[valkey.Event]float64{valkey.EventLSet: 1}},
			{[]string{"RPOPLPUSH", "jobs", "jobs"}, map[valkey.Event]float64{valkey.EventRPop: 1, valkey.EventLPush: 1}},
			{[]string{"LMOVE", "jobs", "other", "LEFT", "LEFT"}, map[valkey.Event]float64{valkey.EventLPop: 1}},
			{[]string{"LREM", "jobs", "1", "x"}, map[valkey.Event]float64{valkey.EventLRem: 1}},
			{[]string{"LREM", "jobs", "1", "not there"}, nil},
			{[]string{"LTRIM", "jobs", "0", "1"}, map[valkey.Event]float64{valkey.EventLTrim: 1}},
			{[]string{"LMPOP", "1", "jobs", "RIGHT", "COUNT", "10"}, map[valkey.Event]float64{valkey.EventRPop: 1, valkey.EventEmptied: 1}},
			{[]string{"LPOP", "jobs"}, nil},
			{[]string{"RPUSH", "jobs", "a"}, map[valkey.Event]float64{valkey.EventRPush: 1}},
			{[]string{"EXPIRE", "jobs", "100"}, map[valkey.Event]float64{valkey.EventExpiring: 1}},
			{[]string{"UNLINK", "jobs"}, map[valkey.Event]float64{valkey.EventDeleted: 1}},
			{[]string{"RENAME", "other", "jobs"}, map[valkey.Event]float64{valkey.EventReplaced: 1}},
			{[]string{"MOVE", "jobs", "1"}, map[valkey.Event]float64{valkey.EventRenamed: 1}},
		} {
			server.Must(t, c.command...)
			now := tallyOf(t, l, "jobs")
			got := now.Events.Since(last.Events)
			last = now
			var want valkey.Events
			for event, n := range c.want {
				want[event] = n
			}
			if got != want {
				t.Errorf("%v: heard %v, want %v", c.command, got, want)
			}
		}
	})
}

func TestListeningThroughTLSWithAPassword(t *testing.T) {
	server := testserver.ValkeyTLS(t, "--requirepass", "secret", "--notify-keyspace-events", "Kl")
	o := optionsFor(t, "valkeys://"+server.Addr)
	o.TLS = valkey.TLSFiles{CA: server.Certs.CAFile, Cert: server.Certs.CertFile, Key: server.Certs.KeyFile}
	o.Credentials = valkey.Credentials{}.Password("secret")
	l := hear(t, o, "jobs")
	server.Must(t, "LPUSH", "jobs", "a")
	got := tallyOf(t, l, "jobs")
	if got.Events[valkey.EventLPush] != 1 || got.Losses {
		t.Errorf("%+v, want one push, and that losses are not told", got)
	}
}

func TestWhatIsNotFollowedIsNotKnown(t *testing.T) {
	server := testserver.Valkey(t, "--notify-keyspace-events", "KEA")
	l := hear(t, optionsFor(t, server.Addr), "jobs")
	if got := tallyOf(t, l, "other"); got != (valkey.Tally{}) {
		t.Errorf("%+v of another key", got)
	}
	first := tallyOf(t, l, "jobs").Source
	l.Follow(nil)
	if got := tallyOf(t, l, "jobs"); got != (valkey.Tally{}) {
		t.Errorf("%+v of a key that is no longer followed", got)
	}
	l.Follow(queues("jobs"))
	if again := tallyOf(t, l, "jobs").Source; again == 0 || again == first {
		t.Errorf("source %d again, after %d", again, first)
	}
}

func TestListeningFails(t *testing.T) {
	server := testserver.Valkey(t, "--requirepass", "secret")
	o := optionsFor(t, server.Addr)
	err := valkey.NewListener(o).Listen(t.Context())
	if got := valkey.KindOf(err); got != valkey.KindNoAuth {
		t.Errorf("without a password: %v, which is %q", err, got)
	}
	o.Credentials = o.Credentials.Password("wrong")
	if err := valkey.NewListener(o).Listen(t.Context()); valkey.KindOf(err) != valkey.KindWrongPass {
		t.Errorf("with a wrong one: %v", err)
	}
	o.Credentials = o.Credentials.Password("secret")
	var off *valkey.NotificationsOffError
	if err := valkey.NewListener(o).Listen(t.Context()); !errors.As(err, &off) || off.Setting != "" || off.Want() != "Klgxe" {
		t.Errorf("where nothing is told: %v", err)
	}
	server.Stop()
	if err := valkey.NewListener(o).Listen(t.Context()); valkey.KindOf(err) != valkey.KindRefused {
		t.Errorf("where nobody listens: %v", err)
	}
}

func TestAMarkDoesNotWaitForAServerThatHangs(t *testing.T) {
	server := testserver.Valkey(t, "--notify-keyspace-events", "KEA")
	l := valkey.NewListener(optionsFor(t, server.Addr))
	l.Follow(queues("jobs"))
	ended := make(chan error, 1)
	go func() { ended <- l.Listen(t.Context()) }()
	eventually(t, "it listens", l.Active)
	server.Pause()
	defer server.Resume()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got := l.Mark(ctx, queues("jobs"))[0]; got != (valkey.Tally{}) {
		t.Errorf("%+v of a server that does not answer", got)
	}
	if err := <-ended; err == nil {
		t.Error("listening ended without an error")
	}
}

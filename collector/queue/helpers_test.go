package queue

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// connect opens a connection as the exporter does.
func connect(t testing.TB, server *testserver.Server) *valkey.Conn {
	t.Helper()
	return open(t, server.Addr, "")
}

// open connects to an address, as a user whose password is the user's name.
func open(t testing.TB, address, user string) *valkey.Conn {
	t.Helper()
	target, err := valkey.ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	as := valkey.Credentials{User: user}.Password(user)
	conn := valkey.Open(valkey.Options{Target: target, Credentials: as, Name: "walker"})
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// send expects each command to succeed.
func send(t testing.TB, conn *valkey.Conn, cmds []redis.Cmder) {
	t.Helper()
	if err := conn.Exec(t.Context(), cmds); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range cmds {
		if cmd.Err() != nil {
			t.Fatalf("%v: %v", cmd.Args(), cmd.Err())
		}
	}
}

// do sends commands written as words.
func do(t testing.TB, conn *valkey.Conn, lines ...string) {
	t.Helper()
	send(t, conn, each(lines, func(line string) redis.Cmder {
		var words []any
		for word := range strings.FieldsSeq(line) {
			words = append(words, word)
		}
		return redis.NewCmd(t.Context(), words...)
	}))
}

// hour is how long the tests' discoverers leave alone what is refused.
const hour = time.Hour

// rounds is a discoverer that makes a round when it is told to, and never
// pauses.
type rounds struct {
	*Discoverer
	t   testing.TB
	log bytes.Buffer
}

func discover(t testing.TB, conn *valkey.Conn, o Options) *rounds {
	t.Helper()
	r := &rounds{t: t}
	log := slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.Discoverer = NewDiscoverer(NewWatchlist(o), conn, Pace{Interval: time.Minute, Share: 0.01}, hour, log)
	r.pause = func(context.Context, time.Duration) bool { return true }
	return r
}

// once makes one round, as Run does, and returns how long it would pause.
func (r *rounds) once() time.Duration {
	r.t.Helper()
	err := r.round(r.t.Context())
	r.report(err)
	return r.wait(err, 0)
}

func (r *rounds) status() Status {
	status, _ := r.list.Status()
	return status
}

// logged expects so many lines with this text.
func (r *rounds) logged(lines int, text string) {
	r.t.Helper()
	if got := strings.Count(r.log.String(), text); got != lines {
		r.t.Errorf("logged %q %d times, want %d:\n%s", text, got, lines, r.log.String())
	}
}

// calls are a counter of one command in INFO commandstats; 0 without a line.
func calls(t testing.TB, server *testserver.Server, command, counter string) int {
	t.Helper()
	info, _ := server.Must(t, "INFO", "commandstats").(string)
	_, line, _ := strings.Cut(info, "cmdstat_"+command+":")
	line, _, _ = strings.Cut(line, "\r\n")
	_, value, _ := strings.Cut(","+line, ","+counter+"=")
	n := 0
	_, _ = fmt.Sscan(strings.ReplaceAll(value, ",", " "), &n)
	return n
}

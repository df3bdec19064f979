//go:build unix

package class_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// hour is how long the tests leave alone what is refused.
const hour = time.Hour

// patience bounds the wait for the end of a walk: a million keys take seconds, and
// longer on a machine that has other things to do.
const patience = 5 * time.Minute

// classes are in an order that matters: the first has what is in both.
var classes = []class.Class{
	{Glob: "user:admin:*"},
	{Glob: "user:*", MaxTTL: 5 * time.Minute},
	{Glob: "session:*", MaxTTL: hour},
	{Glob: "lock:*", Kind: class.Lock, MaxTTL: 30 * time.Second},
	{Glob: "rate:*", Kind: class.RateLimit, Window: time.Minute},
	{Glob: "tags:*", Kind: class.Tags},
}

// subject is a survey with the walk that feeds it.
type subject struct {
	*class.Survey

	t      testing.TB
	walker *valkey.Conn
	ledger *valkey.Ledger
	late   time.Duration // by which the survey's clock is ahead
}

type change func(*class.Options)

// survey counts the keys of a server, as a user whose password is the user's name.
func survey(t testing.TB, server *testserver.Server, user string, changes ...change) *subject {
	t.Helper()
	target, err := valkey.ParseTarget(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	as := valkey.Credentials{User: user}.Password(user)
	s := &subject{t: t, ledger: valkey.NewLedger(), walker: valkey.Open(valkey.Options{Target: target, Credentials: as, Name: "walker"})}
	t.Cleanup(func() { _ = s.walker.Close() })
	o := class.Options{Classes: classes, Samples: 2000, Denied: hour, Match: queue.Match}
	for _, c := range changes {
		c(&o)
	}
	s.Survey = class.NewSurvey(o, valkey.NewSampler(s.walker, s.ledger, time.Now), func() time.Time { return time.Now().Add(s.late) })
	return s
}

func samples(n int) change { return func(o *class.Options) { o.Samples = n } }

// walk makes one walk over all databases, and waits for it to end.
func (s *subject) walk() class.Status {
	s.t.Helper()
	s.round(func(status class.Status) bool { return len(status.Walks) > 0 })
	return s.Status()
}

// round walks until a status is good. Half of the server's time may be used.
func (s *subject) round(good func(class.Status) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	counted := &signal{Survey: s.Survey, good: good, cancel: cancel}
	log := slog.New(slog.DiscardHandler)
	d := queue.NewDiscoverer(queue.NewWatchlist(queue.Options{}), s.walker, queue.Pace{Interval: hour, Share: 0.5}, hour, log)
	d.Count(counted, hour)
	d.Run(ctx)
	if !counted.ended {
		s.t.Fatal("no walk has ended for", patience)
	}
}

// signal ends the loop after the last database of a round.
type signal struct {
	*class.Survey

	good   func(class.Status) bool
	cancel context.CancelFunc
	ended  bool
}

func (s *signal) End(ctx context.Context, work func() time.Duration) error {
	err := s.Survey.End(ctx, work)
	if err == nil {
		s.over()
	}
	return err
}

func (s *signal) Fail(db int) {
	s.Survey.Fail(db)
	s.over()
}

func (s *signal) over() {
	if s.good(s.Status()) {
		s.ended = true
		s.cancel()
	}
}

// of is the report on a class of database 0.
func of(t testing.TB, status class.Status, name string) class.Report {
	t.Helper()
	for _, r := range status.Reports {
		if r.Class == name && r.DB == 0 {
			return r
		}
	}
	t.Fatalf("no report on %s in %d reports", name, len(status.Reports))
	return class.Report{}
}

// fill runs commands written as words in one pipeline.
func fill(t testing.TB, server *testserver.Server, commands ...string) {
	t.Helper()
	db := redis.NewClient(&redis.Options{Addr: server.Addr, Protocol: 2, DisableIdentity: true})
	defer db.Close()
	cmds, err := db.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for _, command := range commands {
			var words []any
			for word := range strings.FieldsSeq(command) {
				words = append(words, word)
			}
			p.Do(t.Context(), words...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range cmds {
		if cmd.Err() != nil {
			t.Fatalf("%v: %v", cmd.Args(), cmd.Err())
		}
	}
}

// times writes a command for each number below n, in place of %d.
func times(n int, format string) []string {
	commands := make([]string, n)
	for i := range commands {
		commands[i] = fmt.Sprintf(format, i)
	}
	return commands
}

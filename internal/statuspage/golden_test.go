package statuspage

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
)

var update = flag.Bool("update", false, "rewrite testdata/*.html")

func TestGoldenPages(t *testing.T) {
	for name, scene := range map[string]func(testing.TB) *scene{
		"healthy": healthy, "troubled": troubled, "nothing-scraped": nothingScraped, "down": down, "denied": denied, "lengths-only": lengthsOnly,
	} {
		t.Run(name, func(t *testing.T) {
			got := scene(t).html()
			path := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v: run go test ./internal/statuspage -update", err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got); if it is better so, run go test ./internal/statuspage -update:\n%s", path, d)
			}
		})
	}
}

// nothingScraped is an exporter that has looked into the queues already.
func nothingScraped(t testing.TB) *scene {
	t.Helper()
	s := play(t, defaults)
	s.queue("queue:high", 3, 400)
	s.queue("queue:low", 0, 0)
	return s
}

func down(t testing.TB) *scene {
	t.Helper()
	s := healthy(t)
	s.up, s.err = false, context.DeadlineExceeded
	for i := range s.state.Exporter.Health.Reports { // as they are when nobody has looked for a while
		r := &s.state.Exporter.Health.Reports[i]
		r.Length, r.Age.Seconds, r.Flow.Stalled, r.Flow.Drain, r.Evictable, r.DeadLetters = none, none, none, none, none, nil
		if p := r.Processing; p != nil {
			p.Messages, p.OldestAge, p.Idle, p.TTL = none, none, none, none
		}
	}
	last := s.state.Exporter.Health.Looks.Last
	s.pass(2*time.Minute, func(int) { s.state.Exporter.Health.Looks.Last = last })
	return s
}

// reply is an error reply of the server.
type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

// denied is a user who may ask little.
func denied(t testing.TB) *scene {
	t.Helper()
	s := play(t, defaults)
	s.unlooked("queue:high", "", 7)
	s.unlooked("queue:low", valkey.ReasonDenied, none)
	s.fail[valkey.SourceLatencyHistogram] = reply("NOPERM hunter2")
	s.state.Exporter.Discovery = &queue.Status{Refused: valkey.ReasonDenied, MaxQueues: 1000, Walks: []queue.Walked{{}}}
	s.state.Exporter.Health.Unavailable = []valkey.Unavailable{{Command: "EVAL_RO", Reason: valkey.ReasonDenied}}
	s.pass(2*time.Minute, func(i int) {
		s.busy(i)
		s.state.Exporter.Health.Looks.Last = time.Time{}
	})
	return s
}

// lengthsOnly is an exporter that does not look into queues, of a server without
// a limit.
func lengthsOnly(t testing.TB) *scene {
	t.Helper()
	s := play(t, "observe: {interval: off}")
	s.info["maxmemory"], s.info["maxmemory_policy"] = "0", "noeviction"
	s.unlooked("queue:high", "", 7)
	s.unlooked("queue:dead-letter", "", 101)
	s.state.Exporter.Health = nil
	s.pass(2*time.Minute, s.busy)
	return s
}

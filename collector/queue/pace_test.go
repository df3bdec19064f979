package queue

import (
	"context"
	"fmt"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/wait"
)

// TestAWalkKeepsToItsShare compares the server's own account of what the walk
// cost it, all commands together, with the time that the walk took.
func TestAWalkKeepsToItsShare(t *testing.T) {
	for _, c := range []struct {
		share float64
		keys  int
		globs []string
	}{
		{0.01, 30_000, []string{"queue:*", "queue:processing:*"}},
		{0.1, 200_000, []string{"queue:*", "jobs:*"}}, // nothing in common: every key is sent
	} {
		t.Run(fmt.Sprintf("%g", c.share), func(t *testing.T) {
			server := testserver.Valkey(t)
			server.Must(t, "DEBUG", "POPULATE", fmt.Sprint(c.keys), "cache:item", "10")
			o := Options{MaxQueues: 10}
			for _, glob := range c.globs {
				o.Patterns = append(o.Patterns, Pattern{Glob: glob})
			}
			d := discover(t, connect(t, server), o)
			d.pause, d.pace.Share = wait.For, c.share
			server.Must(t, "CONFIG", "RESETSTAT")
			d.once()
			walk := d.status().Walks[0]
			if walk.Keys != float64(c.keys) || !walk.Complete {
				t.Fatalf("walk = %+v, want a complete one over %d keys", walk, c.keys)
			}
			var cost time.Duration
			for _, command := range []string{"scan", "ping", "info", "select", "client|setname", "client|no-touch"} {
				cost += time.Duration(calls(t, server, command, "usec")) * time.Microsecond
			}
			share := cost.Seconds() / walk.Took.Seconds()
			t.Logf("%v of %v: %.2f %%", cost, walk.Took, 100*share)
			if share > c.share {
				t.Errorf("the walk took %.2f %% of the server's time, want at most %g %%", 100*share, 100*c.share)
			}
		})
	}
}

// A database of one piece after the other must not add up to a burst.
func TestTheLastPieceIsPaidForToo(t *testing.T) {
	o := Options{Patterns: []Pattern{{DB: 0, Glob: "*"}, {DB: 1, Glob: "*"}, {DB: 2, Glob: "*"}}}
	d := discover(t, connect(t, testserver.Valkey(t)), o)
	pauses := 0
	d.pause = func(_ context.Context, pause time.Duration) bool {
		if pause > 0 {
			pauses++
		}
		return true
	}
	d.once()
	if pauses != 3 {
		t.Errorf("%d pauses in a round of three pieces, want 3", pauses)
	}
}

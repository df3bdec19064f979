package queue

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestABudgetPaysForEachPiece(t *testing.T) {
	for _, c := range []struct {
		name             string
		share            float64
		idle, took, want time.Duration
	}{
		{"work that shows is paid in full", 0.01, time.Millisecond, 2 * time.Millisecond, 99 * time.Millisecond},
		{"a tenth", 0.1, 0, time.Millisecond, 9 * time.Millisecond},
		{"half", 0.5, 0, time.Millisecond, time.Millisecond},
		{"work that the network hides is estimated", 0.01, 10 * time.Millisecond, 10 * time.Millisecond, 6930 * time.Microsecond},
		{"so is that of a reply that was quicker than a ping", 0.01, 10 * time.Millisecond, time.Millisecond, 6930 * time.Microsecond},
		{"a minute without an answer is not our work", 0.01, 0, time.Minute, 9900 * time.Millisecond},
	} {
		if got := newBudget(c.share, c.idle).spend(c.took).Round(time.Microsecond); got != c.want {
			t.Errorf("%s: pause is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAPingThatWasSlowIsCorrected(t *testing.T) {
	b := newBudget(0.5, 20*time.Millisecond) // the first ping met a busy server
	b.spend(time.Millisecond)
	if got := b.spend(4 * time.Millisecond); got != 3*time.Millisecond {
		t.Errorf("pause is %v, want 3ms", got)
	}
}

// server is one whose pieces cost so much, behind a network whose round trips
// take so long, with now and then a delay.
type server struct {
	perKey, trip, jitter time.Duration
}

func (s server) piece(random *rand.Rand, count int) time.Duration {
	jitter := time.Duration(random.ExpFloat64() * float64(s.jitter))
	return s.trip + jitter + time.Duration(count)*s.perKey
}

// walk goes over a million keys in a simulation.
func (s server) walk(share float64) (pauses, work time.Duration, count int) {
	random := rand.New(rand.NewPCG(5, 6))
	b := newBudget(share, s.trip)
	for keys := 0; keys < 1_000_000; keys += b.count {
		work += time.Duration(b.count) * s.perKey
		pauses += b.spend(s.piece(random, b.count))
	}
	return pauses, work, b.count
}

func TestAMillionKeys(t *testing.T) {
	for _, c := range []struct {
		name     string
		server   server
		count    int
		atMost   time.Duration
		perPiece time.Duration // of the server's time
	}{
		{"loopback", server{perKey: 300 * time.Nanosecond, trip: 50 * time.Microsecond}, 1000, time.Minute, time.Millisecond},
		{"far away", server{perKey: 300 * time.Nanosecond, trip: 10 * time.Millisecond}, 1000, time.Minute, time.Millisecond},
		{"slow network", server{perKey: 300 * time.Nanosecond, trip: 10 * time.Millisecond, jitter: time.Millisecond}, 1000, 3 * time.Minute, time.Millisecond},
		{"slow server", server{perKey: 10 * time.Microsecond, trip: 50 * time.Microsecond}, 100, 20 * time.Minute, time.Millisecond},
		{"very slow server", server{perKey: 100 * time.Microsecond, trip: 50 * time.Microsecond}, 10, 3 * time.Hour, time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			const share = 0.01
			pauses, work, count := c.server.walk(share)
			if count != c.count {
				t.Errorf("pieces of %d keys at the end, want %d", count, c.count)
			}
			if got := float64(work) / float64(work+pauses); got > share {
				t.Errorf("takes %.2f %% of the server's time", 100*got)
			}
			if pauses > c.atMost {
				t.Errorf("takes %v, want at most %v", pauses, c.atMost)
			}
			if piece := time.Duration(count) * c.server.perKey; piece > c.perPiece {
				t.Errorf("a piece takes %v of the server's time", piece)
			}
		})
	}
}

// Questions about single keys are paid for by the typical cost of one, so that one
// round trip that had to wait for others does not count.
func TestQuestionsArePaidFor(t *testing.T) {
	b := newBudget(0.01, 100*time.Microsecond)
	for range 7 {
		if pause := b.spendOn(100, 300*time.Microsecond); pause != 99*200*time.Microsecond {
			t.Fatalf("pause %v, want 99 times 200 µs of work", pause)
		}
	}
	if pause := b.spendOn(100, 50*time.Millisecond); pause != 99*200*time.Microsecond {
		t.Errorf("pause %v after one slow round trip, want as ever", pause)
	}
	if b.spent != 8*200*time.Microsecond {
		t.Errorf("worked %v, want 1.6 ms", b.spent)
	}
	cheap := newBudget(0.5, time.Millisecond)
	if pause := cheap.spendOn(10, time.Millisecond); pause != perPiece+10*perCommand {
		t.Errorf("pause %v, want that for the least that it can cost", pause)
	}
}

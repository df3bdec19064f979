package mockapp_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// scene is an application and a look at its server.
type scene struct {
	*testing.T
	app *mockapp.App
	db  *redis.Client
}

func (s scene) len(queue string) int { return int(s.db.LLen(s.Context(), queue).Val()) }

func (s scene) commands(name string) int { return stat(s.T, s.db, "cmdstat_"+name+":calls=") }

// processing is the number of jobs noted as being worked on.
func (s scene) processing() int {
	n := int64(0)
	for w := range 4 {
		n += s.db.SCard(s.Context(), fmt.Sprintf("queue:processing:worker%d", w+1)).Val()
	}
	return int(n)
}

// listeners are the subscribers of an event, and those by pattern.
func (s scene) listeners() int64 {
	const channel = "events:user:created"
	return s.db.PubSubNumSub(s.Context(), channel).Val()[channel] + s.db.PubSubNumPat(s.Context()).Val()
}

func (s scene) without(ttlOf string) bool {
	keys := s.db.Keys(s.Context(), ttlOf).Val()
	return slices.ContainsFunc(keys, func(k string) bool { return s.db.TTL(s.Context(), k).Val() == -1 })
}

// timestamp is that of the oldest job.
func (s scene) timestamp(queue string) time.Time {
	var job struct {
		Timestamp int64 `json:"timestamp"`
	}
	if json.Unmarshal([]byte(s.db.LIndex(s.Context(), queue, -1).Val()), &job) != nil {
		return time.Time{}
	}
	return time.UnixMilli(job.Timestamp)
}

func TestEachTroubleIsSeenAndHeals(t *testing.T) {
	t.Parallel()
	cases := map[mockapp.Trouble]struct {
		rate         float64
		seen, healed func(scene)
	}{
		mockapp.StalledWorkers: {30, func(s scene) {
			eventually(s.T, "every worker hangs on a job", func() bool { return s.processing() == 4 && stat(s.T, s.db, "blocked_clients") == 0 })
			before, done := s.len("queue:low"), s.commands("srem")
			eventually(s.T, "the queue grows", func() bool { return s.len("queue:low") > before+20 })
			if now := s.commands("srem"); now != done {
				s.Errorf("%d jobs completed meanwhile", now-done)
			}
		}, func(s scene) {
			eventually(s.T, "the backlog goes", func() bool { return s.len("queue:low") < 5 })
		}},
		mockapp.SlowWorkers: {40, func(s scene) {
			done := s.commands("srem")
			eventually(s.T, "the queue grows", func() bool { return s.len("queue:low") > 30 })
			eventually(s.T, "jobs complete", func() bool { return s.commands("srem") > done+10 })
		}, func(s scene) {
			eventually(s.T, "the backlog goes", func() bool { return s.len("queue:low") < 5 })
		}},
		mockapp.CrashingWorkers: {30, func(s scene) {
			eventually(s.T, "abandoned jobs", func() bool { return s.processing() > 20 && s.len("queue:processing") > 3 })
		}, func(s scene) {
			eventually(s.T, "none abandoned", func() bool { return s.processing() <= 4 && s.len("queue:processing") <= 1 })
		}},
		mockapp.PoisonJobs: {40, func(s scene) {
			eventually(s.T, "more than 100 dead letters", func() bool { return s.len("queue:dead-letter") > 100 })
			letter := s.db.LIndex(s.Context(), "queue:dead-letter", 0).Val()
			for _, field := range []string{`"id":"`, `"error":"poison`, `"failed_at":`, `"original":{`} {
				if !strings.Contains(letter, field) {
					s.Errorf("dead letter has no %s: %s", field, letter)
				}
			}
		}, func(s scene) {
			eventually(s.T, "the operator drains", func() bool { return s.len("queue:dead-letter") < 100 })
		}},
		mockapp.Flood: {3, func(s scene) {
			eventually(s.T, "queue:high passes 1,000", func() bool { return s.len("queue:high") > 1000 })
		}, func(s scene) {
			eventually(s.T, "the backlog goes", func() bool { return s.len("queue:high") < 100 })
		}},
		mockapp.LIFOStarvation: {40, func(s scene) {
			eventually(s.T, "a standing backlog", func() bool { return s.len("queue:medium") > 150 })
			oldest, done := s.db.LIndex(s.Context(), "queue:medium", -1).Val(), s.commands("srem")
			eventually(s.T, "jobs complete", func() bool { return s.commands("srem") > done+100 })
			if s.db.LIndex(s.Context(), "queue:medium", -1).Val() != oldest {
				s.Error("the oldest job was served")
			}
		}, func(s scene) {
			eventually(s.T, "the backlog goes", func() bool { return s.len("queue:medium") < 50 })
		}},
		mockapp.ClockSkew: {10, func(s scene) {
			s.app.Switches().On(mockapp.StalledWorkers)
			eventually(s.T, "a job from the future", func() bool { return time.Until(s.timestamp("queue:low")) > 50*time.Minute })
		}, nil},
		mockapp.ColdCache: {30, func(s scene) {
			before := looked(s.T, s.db)
			eventually(s.T, "look-ups", func() bool { return looked(s.T, s.db).since(before).count() > 300 })
			if r := looked(s.T, s.db).since(before).ratio(); r > 0.5 {
				s.Errorf("hit ratio %.2f, want below 0.5", r)
			}
		}, nil},
		mockapp.OversizedValues: {15, func(s scene) {
			eventually(s.T, "a large value", func() bool { return s.db.StrLen(s.Context(), "user:1").Val() > 200_000 })
		}, func(s scene) {
			eventually(s.T, "a small value", func() bool { n := s.db.StrLen(s.Context(), "user:1").Val(); return n > 0 && n < 1000 })
		}},
		mockapp.MissingTTL: {10, func(s scene) {
			eventually(s.T, "keys without expiry", func() bool { return s.without("session:*") && s.without("user:*") })
		}, nil},
		mockapp.StuckLock: {10, func(s scene) {
			eventually(s.T, "a lock without expiry", func() bool { return s.without("lock:database:migration") })
		}, func(s scene) {
			eventually(s.T, "the lock is released", func() bool { return !s.without("lock:*") })
		}},
		mockapp.DeafSubscribers: {10, func(s scene) {
			eventually(s.T, "a connection that listens to nothing", func() bool {
				return strings.Contains(s.db.ClientList(s.Context()).Val(), "name=mockapp-events")
			})
			if n := s.listeners(); n != 0 {
				s.Errorf("%d listeners, want none", n)
			}
		}, func(s scene) {
			eventually(s.T, "they listen again", func() bool { return s.listeners() == 2 })
			s.app.Switches().On(mockapp.DeafSubscribers)
			eventually(s.T, "they forget it again", func() bool { return s.listeners() == 0 })
		}},
	}
	for _, trouble := range mockapp.AllTroubles() {
		t.Run(trouble.String(), func(t *testing.T) {
			t.Parallel()
			c, ok := cases[trouble]
			if !ok {
				t.Fatal("no case for this trouble")
			}
			server := testserver.Valkey(t)
			a, _ := start(t, server, mockapp.Options{Rate: c.rate, Troubles: []mockapp.Trouble{trouble}})
			s := scene{t, a, client(t, server)}
			c.seen(s)
			if c.healed != nil {
				a.Switches().Off(trouble)
				c.healed(s)
			}
		})
	}
}

func TestAFloodEndsAtItsBound(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	var j journal
	a, _ := start(t, server, mockapp.Options{Rate: 50, Log: j.log(), Troubles: []mockapp.Trouble{mockapp.Flood, mockapp.StalledWorkers}})
	s := scene{t, a, client(t, server)}
	eventually(t, "the bound is reached, and said so", func() bool { return j.count("queue is full") > 0 })
	before := s.commands("llen")
	eventually(t, "the flood goes on", func() bool { return s.commands("llen") > before+20 })
	if n := j.count("queue:high"); n != 1 {
		t.Errorf("said %d times", n)
	}
	if n := s.len("queue:high"); n < 49_000 || n > 50_000 {
		t.Errorf("queue:high has %d jobs, want about 50,000", n)
	}
}

func TestTroubleFileIsFollowed(t *testing.T) {
	t.Parallel()
	server := testserver.Valkey(t)
	path := filepath.Join(t.TempDir(), "trouble")
	var j journal
	a, _ := start(t, server, mockapp.Options{TroubleFile: path, Log: j.log()})
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	active := func(want ...mockapp.Trouble) func() bool {
		return func() bool { return slices.Equal(a.Switches().Active(), want) }
	}
	write("flood, cold-cache # for a minute\n\n# slow-workers\n")
	eventually(t, "both on", active(mockapp.Flood, mockapp.ColdCache))
	write("flud")
	eventually(t, "a complaint", func() bool { return j.count(`unknown trouble \"flud\"`) == 1 })
	if !active(mockapp.Flood, mockapp.ColdCache)() {
		t.Errorf("a bad file changed the switches: %v", a.Switches().Active())
	}
	a.Switches().On(mockapp.StuckLock)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "only what was turned on by hand", active(mockapp.StuckLock))
}

func TestParseTroubles(t *testing.T) {
	t.Parallel()
	got, err := mockapp.ParseTroubles(" flood,poison-jobs\ncold-cache,, ")
	if want := []mockapp.Trouble{mockapp.Flood, mockapp.PoisonJobs, mockapp.ColdCache}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	_, err = mockapp.ParseTroubles("flud,flood,colt-cache")
	for _, part := range []string{`"flud"`, `"colt-cache"`, "valid: stalled-workers, ", "stuck-lock"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not mention %s", err, part)
		}
	}
}

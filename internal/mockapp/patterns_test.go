package mockapp_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// documented are the key patterns of the specification, with the type and the longest time to live of their keys.
// Zero means none.
func documented() map[string]struct {
	kind string
	ttl  time.Duration
} {
	type want = struct {
		kind string
		ttl  time.Duration
	}
	return map[string]want{
		`user:\d+`:                        {"string", 300 * time.Second},
		`users:page:\d+:\d+`:              {"string", 300 * time.Second},
		`api:data:[0-9a-f]+`:              {"string", 600 * time.Second},
		`api:users:list:[0-9a-f]+`:        {"string", 600 * time.Second},
		`api:users:detail:\d+`:            {"string", 600 * time.Second},
		`cache:tags:users`:                {"set", 0},
		`session:[0-9a-f]+`:               {"string", time.Hour},
		`queue:high`:                      {"list", 0},
		`queue:medium`:                    {"list", 0},
		`queue:low`:                       {"list", 0},
		`queue:dead-letter`:               {"list", 0},
		`queue:processing`:                {"list", 300 * time.Second},
		`queue:processing:worker\d+`:      {"set", 0},
		`rate:api:client\d+:(data|users)`: {"zset", time.Minute},
		`limit:action:\d+:\w+`:            {"string", time.Hour},
		`ranking:active:users`:            {"zset", 0},
		`lock:[a-z:]+`:                    {"string", 30 * time.Second},
	}
}

func TestEveryDocumentedKeyIsThereWithItsTypeAndTTL(t *testing.T) {
	t.Parallel()
	s := testserver.Valkey(t)
	c := client(t, s)
	a, _ := start(t, s, mockapp.Options{Rate: 20})
	missing := documented()
	eventually(t, "a dead letter", func() bool { return c.LLen(t.Context(), "queue:dead-letter").Val() > 0 })
	eventually(t, "all but the queues", func() bool {
		cross(t, c, missing)
		return !slices.ContainsFunc(slices.Collect(maps.Keys(missing)), func(p string) bool { return !strings.HasPrefix(p, "queue:") })
	})
	a.Switches().On(mockapp.StalledWorkers) // so that jobs are seen waiting, and at work
	eventually(t, "the queues", func() bool { cross(t, c, missing); return len(missing) == 0 })
}

// cross takes from missing what the server has now, after a look at type and time to live.
func cross(t *testing.T, c *redis.Client, missing map[string]struct {
	kind string
	ttl  time.Duration
},
) {
	t.Helper()
	keys, err := c.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range missing {
		i := slices.IndexFunc(keys, regexp.MustCompile("^"+pattern+"$").MatchString)
		if i < 0 {
			continue
		}
		kind, ttl := c.Type(t.Context(), keys[i]).Val(), c.TTL(t.Context(), keys[i]).Val()
		switch {
		case kind == "none" || ttl == -2: // gone since
			continue
		case kind != want.kind:
			t.Errorf("%s is a %s, want a %s", keys[i], kind, want.kind)
		case want.ttl == 0 && ttl != -1, want.ttl > 0 && (ttl <= 0 || ttl > want.ttl):
			t.Errorf("%s lives %v, want up to %v", keys[i], ttl, want.ttl)
		}
		delete(missing, pattern)
	}
}

func TestHitRatioIsNearNineTenthsAndNothingIsRefused(t *testing.T) {
	t.Parallel()
	testserver.Each(t, func(t *testing.T, launch testserver.Start) {
		t.Parallel()
		s := launch()
		c := client(t, s)
		start(t, s, mockapp.Options{Rate: 30})
		for range 2 { // the first moments are no different from later ones
			before := looked(t, c)
			var seen lookups
			eventually(t, "1,200 look-ups", func() bool { seen = looked(t, c).since(before); return seen.count() >= 1200 })
			if r := seen.ratio(); r < 0.85 || r > 0.95 {
				t.Errorf("hit ratio %.3f, want 0.85 to 0.95", r)
			}
		}
		if n := stat(t, c, "total_error_replies"); n != 0 {
			t.Errorf("%d error replies: %s", n, s.Must(t, "INFO", "errorstats"))
		}
	})
}

func TestChannelsHaveSubscribersAndMessages(t *testing.T) {
	t.Parallel()
	s := testserver.Valkey(t)
	c := client(t, s)
	start(t, s, mockapp.Options{Rate: 10})
	eventually(t, "subscribers", func() bool {
		n := c.PubSubNumSub(t.Context(), "events:user:created", "events:data:updated", "cache:invalidate").Val()
		return n["events:user:created"] == 1 && n["events:data:updated"] == 1 && n["cache:invalidate"] == 1 &&
			c.PubSubNumPat(t.Context()).Val() == 1
	})
	sub := c.Subscribe(t.Context(), "events:user:created", "events:data:updated", "metrics:requests", "cache:invalidate")
	defer sub.Close()
	heard := map[string]bool{}
	eventually(t, "a message on each channel", func() bool {
		m, err := sub.ReceiveMessage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		heard[m.Channel] = true
		return len(heard) == 4
	})
}

func TestBRPopServesTheOldestFirst(t *testing.T) {
	t.Parallel()
	s := testserver.Valkey(t)
	c := client(t, s)
	a, _ := start(t, s, mockapp.Options{Rate: 30, Consume: mockapp.BRPop, Troubles: []mockapp.Trouble{mockapp.StalledWorkers}})
	eventually(t, "a backlog", func() bool { return c.LLen(t.Context(), "queue:low").Val() > 20 })
	oldest := c.LIndex(t.Context(), "queue:low", -1).Val()
	a.Switches().Off(mockapp.StalledWorkers)
	eventually(t, "the oldest job is served while newer ones wait", func() bool {
		now := c.LIndex(t.Context(), "queue:low", -1).Val()
		return now != oldest && now != ""
	})
}

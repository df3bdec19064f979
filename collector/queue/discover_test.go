package queue

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// keysOfEveryType belong to two databases.
var keysOfEveryType = []string{
	"rpush queue:list a", "sadd queue:set a", "zadd queue:zset 1 a", "xadd queue:stream * k v", "set queue:string a",
	"hset queue:hash k v", "rpush queue:processing:1 a", "set cache:1 a",
	"select 3",
	"rpush queue:list a", "rpush jobs:b a", "sadd jobs:a a", "set cache:2 a", "set cache:3 a",
	"select 1", "rpush queue:elsewhere a", "select 0",
}

func twoDatabases() Options {
	return Options{
		Fixed: []*valkey.Queue{valkey.NewQueue(0, "queue:list", "work")},
		Patterns: []Pattern{
			{DB: 3, Glob: "jobs:*", Role: "work"},
			{DB: 0, Glob: "queue:processing:*", Role: "processing"},
			{DB: 0, Glob: "queue:*", Role: "work"},
		},
		MaxQueues: 1000, ForgetAfter: forgetAfter,
	}
}

// What a key holds is the scraper's business: the walk goes by names only,
// because asking for a type is a look-up.
func TestARoundFindsTheKeysOfTwoDatabases(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		do(t, connect(t, server), keysOfEveryType...)
		d := discover(t, connect(t, server), twoDatabases())
		if pause := d.once(); pause != time.Minute {
			t.Errorf("next round in %v, want the interval", pause)
		}
		want(t, d.list, "0/queue:list work", "0/queue:hash work", "0/queue:processing:1 processing",
			"0/queue:set work", "0/queue:stream work", "0/queue:string work", "0/queue:zset work",
			"3/jobs:a work", "3/jobs:b work")
		for i, keys := range []float64{8, 5} {
			walk := d.status().Walks[i]
			if walk.Keys != keys || !walk.Complete || walk.Took <= 0 || time.Since(walk.Ended) > time.Minute {
				t.Errorf("walk = %+v, want a complete one over %v keys", walk, keys)
			}
		}
		d.logged(0, "level=")
	})
}

func TestARoundLeavesNoTrace(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		do(t, connect(t, server), keysOfEveryType...)
		server.Must(t, "CONFIG", "RESETSTAT")
		d := discover(t, connect(t, server), twoDatabases())
		d.once()
		d.once()

		if n := calls(t, server, "scan", "calls"); n != 4 {
			t.Errorf("%d times SCAN in two rounds over two small databases, want 4: one walk for all patterns", n)
		}
		stats, _ := server.Must(t, "INFO", "stats").(string)
		for _, quiet := range []string{"keyspace_hits:0", "keyspace_misses:0", "total_error_replies:0"} {
			if !strings.Contains(stats, quiet+"\r\n") {
				t.Errorf("INFO stats has no line %q", quiet)
			}
		}
		clients, _ := server.Must(t, "CLIENT", "LIST").(string)
		for line := range strings.Lines(clients) {
			if strings.Contains(line, "name=walker") && strings.HasSuffix(t.Name(), "/valkey") && !strings.Contains(line, "flags=T") {
				t.Errorf("the connection touches keys: %s", line)
			}
		}
		if n := strings.Count(clients, "name=walker"); n != 2 {
			t.Errorf("%d connections are named, want this one and the test's", n)
		}
	})
}

func TestABigDatabaseIsWalkedToItsEnd(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "DEBUG", "POPULATE", "100000", "cache", "10")
	var added, keys []string
	for i := range 300 {
		keys = append(keys, fmt.Sprintf("queue:%03d", i))
		added = append(added, "rpush "+keys[i]+" a")
	}
	do(t, connect(t, server), added...)
	for _, globs := range [][]string{{"queue:*"}, {"queue:*", "jobs:*"}} { // with a common prefix, and without
		o := Options{MaxQueues: 1000, ForgetAfter: forgetAfter}
		for _, glob := range globs {
			o.Patterns = append(o.Patterns, Pattern{Glob: glob})
		}
		d := discover(t, connect(t, server), o)
		d.once()
		var found []string
		for _, q := range d.list.Queues() {
			found = append(found, q.Key)
		}
		if !slices.Equal(found, keys) {
			t.Errorf("%q: found %d of %d queues", globs, len(found), len(keys))
		}
		if walk := d.status().Walks[0]; walk.Keys != 100_300 || !walk.Complete {
			t.Errorf("%q: walk = %+v, want a complete one over 100,300 keys", globs, walk)
		}
	}
}

func TestTheCapIsLoggedOnce(t *testing.T) {
	server := testserver.Valkey(t)
	do(t, connect(t, server), "rpush queue:a 1", "rpush queue:b 1", "rpush queue:c 1")
	d := discover(t, connect(t, server), Options{Patterns: []Pattern{{Glob: "queue:*"}}, MaxQueues: 1, ForgetAfter: forgetAfter})
	d.once()
	d.once()
	d.logged(1, "max_queues=1 not_watched=2")
	if walk := d.status().Walks[0]; walk.TurnedAway != 2 || walk.Complete {
		t.Errorf("walk = %+v, want an incomplete one that turned 2 away", walk)
	}
	do(t, connect(t, server), "del queue:a queue:b queue:c", "rpush queue:d 1")
	d.once()
	if walk := d.status().Walks[0]; walk.TurnedAway != 1 {
		t.Errorf("walk = %+v, want 1 turned away, because the drained one still has its place", walk)
	}
}

func TestAnEmptyDatabaseIsWalkedToo(t *testing.T) {
	d := discover(t, connect(t, testserver.Valkey(t)), Options{Patterns: []Pattern{{DB: 5, Glob: "*"}}, MaxQueues: 1})
	d.once()
	if walk := d.status().Walks[0]; walk.DB != 5 || walk.Keys != 0 || !walk.Complete {
		t.Errorf("walk = %+v, want a complete one over no keys", walk)
	}
}

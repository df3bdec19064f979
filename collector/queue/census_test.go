package queue

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// census writes down what it is told.
type census struct {
	known  []int // databases
	keys   map[int][]string
	ended  []int
	failed []int
	worked time.Duration
	err    error // of Meet

	db int
}

func (c *census) Databases() []int { return c.known }
func (c *census) Begin(db int, _ float64, _ func(context.Context, int, time.Duration)) {
	c.db = db
	if c.keys == nil {
		c.keys = map[int][]string{}
	}
	c.keys[db] = nil
}

func (c *census) Meet(_ context.Context, keys []string) error {
	c.keys[c.db] = append(c.keys[c.db], keys...)
	return c.err
}

func (c *census) End(_ context.Context, work func() time.Duration) error {
	c.ended, c.worked = append(c.ended, c.db), work()
	return nil
}

func (c *census) Fail(db int) { c.failed = append(c.failed, db) }

// A walk for queues leaves other keys out; one over all keys, which comes now and
// then, feeds both.
func TestSomeRoundsPassOverAllKeys(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		do(t, connect(t, server), keysOfEveryType...)
		d := discover(t, connect(t, server), twoDatabases())
		c := &census{known: []int{5}}
		d.Count(c, hour)
		if pause := d.once(); pause != time.Minute {
			t.Errorf("next round in %v, want the interval of the queues", pause)
		}
		want(t, d.list, "0/queue:list work", "0/queue:hash work", "0/queue:processing:1 processing",
			"0/queue:set work", "0/queue:stream work", "0/queue:string work", "0/queue:zset work",
			"3/jobs:a work", "3/jobs:b work")
		for db, keys := range map[int]int{0: 8, 1: 1, 3: 5, 5: 0} {
			if got := len(c.keys[db]); got != keys {
				t.Errorf("database %d: told of %d keys, want %d", db, got, keys)
			}
		}
		if !slices.Equal(c.ended, []int{0, 1, 3, 5}) || c.worked <= 0 || len(c.failed) > 0 {
			t.Errorf("ended %v, failed %v, worked %v", c.ended, c.failed, c.worked)
		}
		if walks := d.status().Walks; len(walks) != 2 || !walks[0].Complete || !walks[1].Complete {
			t.Errorf("walks for queues: %+v, want two complete ones", walks)
		}
		d.once()
		if len(c.ended) != 4 {
			t.Errorf("the next round is one over all keys again: %v", c.ended)
		}
		d.due = time.Now()
		d.once()
		if len(c.ended) != 8 {
			t.Errorf("when it is due there is none: %v", c.ended)
		}
	})
}

func TestAWalkThatTheCensusEndsIsNotComplete(t *testing.T) {
	server := testserver.Valkey(t)
	do(t, connect(t, server), "set queue:a 1")
	d := discover(t, connect(t, server), Options{Patterns: []Pattern{{Glob: "queue:*"}}, MaxQueues: 10, ForgetAfter: forgetAfter})
	c := &census{err: errors.New("no answer")}
	d.Count(c, hour)
	if pause := d.once(); pause != retryAfter {
		t.Errorf("next round in %v, want %v", pause, retryAfter)
	}
	if !slices.Equal(c.failed, []int{0}) || len(c.ended) > 0 {
		t.Errorf("ended %v, failed %v", c.ended, c.failed)
	}
	c.err = nil
	d.once()
	if !slices.Equal(c.ended, []int{0}) || !d.status().Walks[0].Complete {
		t.Errorf("ended %v, walks %+v: it is still due, and works", c.ended, d.status().Walks)
	}
}

// The databases are not asked for again while INFO is refused.
func TestDatabasesThatMayNotBeAskedFor(t *testing.T) {
	server := testserver.Valkey(t)
	do(t, connect(t, server), "set a 1", "acl setuser blind on >blind ~* +scan +ping +select +client|setname +client|no-touch")
	d := discover(t, open(t, server.Addr, "blind"), Options{})
	c := &census{}
	d.Count(c, hour)
	d.once()
	if !slices.Equal(c.ended, []int{0}) || len(c.keys[0]) != 1 {
		t.Errorf("ended %v, keys %v: want database 0 at least", c.ended, c.keys)
	}
	refused := calls(t, server, "info", "rejected_calls")
	d.due = time.Now()
	d.once()
	if n := calls(t, server, "info", "rejected_calls"); n != refused {
		t.Errorf("refused %d times more", n-refused)
	}
}

func TestDatabasesOfAServerThatHangsAreAFailure(t *testing.T) {
	server := fake.Replay(t, "../../testdata/captures", "valkey-8.0.1", nil)
	d := discover(t, open(t, server.Addr, ""), Options{Patterns: []Pattern{{DB: 3, Glob: "queue:*"}}, MaxQueues: 10})
	c := &census{}
	d.Count(c, hour)
	server.Cut("INFO", 3)
	d.once()
	if !slices.Equal(c.failed, []int{0, 3}) || d.status().Walks[0].Complete {
		t.Errorf("failed %v, walks %+v", c.failed, d.status().Walks)
	}
}

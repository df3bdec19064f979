package queue

import (
	"math"
	"slices"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

func oneDatabase() Options {
	return Options{Patterns: []Pattern{{Glob: "queue:*", Role: "work"}}, MaxQueues: 10, ForgetAfter: forgetAfter}
}

func TestSCANDenied(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "RPUSH", "queue:bulk", "a")
		server.Must(t, "ACL", "SETUSER", "watcher", "on", ">watcher", "~*", "+info", "+ping", "+client", "+select")
		d := discover(t, open(t, server.Addr, "watcher"), oneDatabase())
		if pause := d.once(); pause != hour {
			t.Errorf("asked again after %v, want %v", pause, hour)
		}
		if status := d.status(); status.Refused != valkey.ReasonDenied || status.Walks[0].Complete {
			t.Errorf("status = %+v, want denied and incomplete", status)
		}
		if n := calls(t, server, "scan", "rejected_calls"); n != 1 {
			t.Errorf("asked %d times", n)
		}

		server.Must(t, "ACL", "SETUSER", "watcher", "+scan")
		d.once()
		if status := d.status(); status.Refused != "" || !status.Walks[0].Complete || status.Found != 1 {
			t.Errorf("status = %+v, want a complete walk", status)
		}
		d.logged(1, `reason=denied`)
		d.logged(1, "works again")
	})
}

func TestSCANRenamed(t *testing.T) {
	d := discover(t, connect(t, testserver.Valkey(t, "--rename-command", "SCAN", "")), oneDatabase())
	if pause := d.once(); pause != hour {
		t.Errorf("asked again after %v, want %v", pause, hour)
	}
	if status := d.status(); status.Refused != valkey.ReasonUnknown {
		t.Errorf("refused = %q, want %q", status.Refused, valkey.ReasonUnknown)
	}
}

// Without INFO the number of keys is not known, and everything else works.
func TestINFODenied(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "RPUSH", "queue:bulk", "a")
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">watcher", "~*", "+scan", "+ping", "+client", "+select")
	d := discover(t, open(t, server.Addr, "watcher"), oneDatabase())
	d.once()
	before := calls(t, server, "info", "rejected_calls")
	d.once()
	if after := calls(t, server, "info", "rejected_calls"); after != before {
		t.Errorf("INFO was asked again: %d refusals became %d", before, after)
	}
	status := d.status()
	if walk := status.Walks[0]; !math.IsNaN(walk.Keys) || !walk.Complete || status.Found != 1 || status.Refused != "" {
		t.Errorf("status = %+v, want a complete walk over an unknown number of keys", status)
	}
}

// A database that does not exist costs only itself, and is left alone.
func TestADatabaseThatDoesNotExist(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--databases", "8")
		do(t, connect(t, server), "rpush queue:a 1", "select 7", "rpush queue:b 1")
		d := discover(t, connect(t, server), Options{
			Patterns: []Pattern{{DB: 8, Glob: "*"}, {DB: 7, Glob: "*"}, {DB: 9, Glob: "*"}, {DB: 0, Glob: "*"}}, MaxQueues: 10,
		})
		for range 2 {
			if pause := d.once(); pause != time.Minute {
				t.Errorf("next round in %v, want the interval", pause)
			}
		}
		var complete []int
		for _, walk := range d.status().Walks {
			if walk.Complete {
				complete = append(complete, walk.DB)
			}
		}
		if !slices.Equal(complete, []int{0, 7}) || d.status().Refused != "" {
			t.Errorf("status = %+v, want databases 0 and 7 complete", d.status())
		}
		if n := calls(t, server, "select", "failed_calls"); n != 2 {
			t.Errorf("%d times a database was asked for that does not exist, want once each", n)
		}
		d.logged(1, "level=WARN")
		d.logged(0, "works again")
	})
}

func TestServerDownThenUp(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "RPUSH", "queue:bulk", "a")
		d := discover(t, connect(t, server), oneDatabase())
		d.once()
		before := d.status().Walks[0]
		server.Stop()
		for range 3 {
			if pause := d.once(); pause != retryAfter {
				t.Errorf("next round in %v, want %v", pause, retryAfter)
			}
		}
		before.Complete = false
		if status := d.status(); status.Walks[0] != before || status.Found != 1 {
			t.Errorf("status = %+v, want what the last good walk found, and incomplete", status)
		}
		server.Start()
		server.Must(t, "RPUSH", "queue:mail", "a")
		d.once()
		want(t, d.list, "0/queue:bulk work", "0/queue:mail work")
		if !d.status().Walks[0].Complete {
			t.Error("the walk is not complete although the server is back")
		}
		// The scrapes say that the server is down; for debugging it is here once.
		d.logged(0, "level=WARN")
		d.logged(0, "works again")
		d.logged(1, "level=DEBUG")
	})
}

func TestAScriptBlocksTheServer(t *testing.T) {
	server := testserver.Valkey(t, "--busy-reply-threshold", "1")
	server.Must(t, "RPUSH", "queue:bulk", "a")
	d := discover(t, connect(t, server), oneDatabase())
	d.once()
	blocked := make(chan struct{})
	go func() {
		defer close(blocked)
		_, _ = server.Do(t, "EVAL", "while true do end", "0")
	}()
	for d.status().Walks[0].Complete {
		d.once()
	}
	d.logged(1, "level=DEBUG")
	d.logged(0, "level=WARN")
	server.Must(t, "SCRIPT", "KILL")
	<-blocked
	d.once()
	if walk := d.status().Walks[0]; !walk.Complete || walk.Keys != 1 {
		t.Errorf("walk = %+v, want a complete one", walk)
	}
}

func TestAnIntervalShorterThanTheRetryWins(t *testing.T) {
	d := discover(t, nil, oneDatabase())
	d.pace.Interval = time.Second
	if pause := d.wait(valkeyDown{}, 0); pause != time.Second {
		t.Errorf("pause is %v, want 1s", pause)
	}
	if pause := d.wait(nil, time.Minute); pause != 0 {
		t.Errorf("after a walk longer than the interval the pause is %v, want none", pause)
	}
}

type valkeyDown struct{}

func (valkeyDown) Error() string { return "down" }

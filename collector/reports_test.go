package collector_test

import (
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
)

// goldenTime is when the golden scrapes happen.
var goldenTime = time.Unix(1_800_000_000, 0)

// goldenHealth has a queue of every role and type, each in a state of its own.
func goldenHealth() *collector.QueueHealth {
	return &collector.QueueHealth{
		Reports: []health.Report{
			firstInFirstOut(), deadLetters(), byScore(), consumerGroups(), empty(), inHandOfAll(), unknown("settings", "work"),
			inHandOf("w1"), inHandOf("\"w2\"\n"), starving(),
		},
		Causes: causes("flushed", "expired", "evicted", "deleted", "renamed", "restarted", "unknown"),
		Looks: queue.Looks{
			Count: 720, Took: 900 * time.Millisecond, Failures: 2,
			Last: goldenTime.Add(-3 * time.Second), Observed: 10, Unobserved: 1,
		},
		Unavailable:   []valkey.Unavailable{{Command: "EVAL_RO", Reason: valkey.ReasonDenied}},
		StateFile:     &collector.StateFile{OK: true, Saved: goldenTime.Add(-20 * time.Second)},
		Notifications: &collector.Notifications{Active: true},
	}
}

// causes has a message less for each name than for the one before.
func causes(names ...string) []health.Cause {
	var list []health.Cause
	for i, name := range names {
		list = append(list, health.Cause{Text: name, Count: float64(len(names) - i - 1)})
	}
	return list
}

// unknown is a queue of which nothing is known at all.
func unknown(key, role string) health.Report {
	no := valkey.NotSent
	return health.Report{
		Queue:     valkey.NewQueue(0, key, role),
		Age:       health.Age{Seconds: no, Target: no, Offset: no},
		Flow:      health.Flow{Enqueued: no, Dequeued: no, Gaps: no, Stalled: no, Drain: no},
		Freshness: health.Freshness{Probes: no, Good: no},
		Evictable: no, Vanished: no,
	}
}

// known is a queue whose oldest message is so old.
func known(key, role string, target, age time.Duration) health.Report {
	r := unknown(key, role)
	r.Age.Target, r.Age.Seconds = target.Seconds(), age.Seconds()
	if age > 0 {
		r.Age.Oldest = goldenTime.Add(-age)
	}
	r.Flow.Stalled, r.Evictable, r.Vanished = 0, 0, 0
	return r
}

func firstInFirstOut() health.Report {
	r := known("queue:high", "work", 15*time.Minute, 90*time.Second)
	r.Age.Next, r.Age.Source, r.Age.Offset = r.Age.Oldest, "enqueued_at", 0.25
	r.Age.Failures = []health.Failure{{Reason: "absurd", Count: 1}, {Reason: "future", Count: 2}}
	r.Order = "fifo"
	r.Flow = health.Flow{Method: "marker", Exact: true, Enqueued: 1200, Dequeued: 1155, Stalled: 2.5, Drain: 45}
	r.Freshness = health.Freshness{Probes: 720, Good: 713}
	r.Vanished = 42
	return r
}

// starving serves the newest first: what is next is young, and the oldest is
// never reached. The times are only when we first saw the messages.
func starving() health.Report {
	r := known("queue:high", "work", 15*time.Minute, 26*time.Hour)
	r.Queue = valkey.NewQueue(3, "queue:high", "work")
	r.Age.Next, r.Age.Source = goldenTime.Add(-time.Second), "first_seen"
	r.Age.Failures = []health.Failure{{Reason: "no_timestamp", Count: 5400}}
	r.Order = "lifo"
	r.Flow = health.Flow{Method: "turnover", Enqueued: 5400, Dequeued: 5397, Gaps: 17, Drain: valkey.NotSent}
	r.Freshness = health.Freshness{Probes: 720, Good: 180}
	r.Evictable = 1
	return r
}

func empty() health.Report {
	r := known("queue:medium", "work", 15*time.Minute, 0)
	r.Order = "unknown"
	r.Flow = health.Flow{Method: "idle", Exact: true, Drain: valkey.NotSent}
	r.Freshness = health.Freshness{Probes: 720, Good: 720}
	return r
}

// byScore is a sorted set: its flow is how its length changes.
func byScore() health.Report {
	r := known("queue:delayed", "work", 15*time.Minute, time.Minute)
	r.Age.Next, r.Age.Source = r.Age.Oldest, "score"
	r.Flow = health.Flow{Method: "length", Exact: true, Enqueued: 52, Dequeued: 12, Stalled: 12, Drain: valkey.NotSent}
	r.Freshness = health.Freshness{Probes: 720, Good: 720}
	return r
}

func deadLetters() health.Report {
	r := known("queue:dead-letter", "dead_letter", 24*time.Hour, 5*time.Hour)
	r.Age.Source, r.Order = "failed_at", "unknown"
	r.Flow = health.Flow{Method: "marker", Exact: true, Enqueued: 100, Stalled: 3600, Drain: valkey.NotSent}
	r.DeadLetters = []health.Reason{{Text: "connection refused", Count: 61}, {Text: "invalid \"sku\" <n>", Count: 30}, {Text: "other", Count: 9}}
	return r
}

func consumerGroups() health.Report {
	r := known("queue:events", "work", 15*time.Minute, 4*time.Second)
	r.Age.Next, r.Age.Source = goldenTime.Add(-time.Second), "id"
	r.Flow = health.Flow{Method: "stream", Exact: true, Enqueued: 2345678, Dequeued: 2345670, Stalled: 0, Drain: 5}
	r.Freshness = health.Freshness{Probes: 720, Good: 720}
	r.Stream = &valkey.StreamSight{
		GroupsInAll: 4,
		Groups: []valkey.Group{
			{Name: "billing", Consumers: 3, Pending: 5, Read: 2345670, Lag: 8, OldestPendingIdle: 4 * time.Second},
			{Name: "caf\xe9", Consumers: 1, Read: valkey.NotSent, Lag: valkey.NotSent, OldestPendingIdle: valkey.None}, // after XDEL
			{Name: "search", Pending: 1, Read: 10, Lag: 2345668, OldestPendingIdle: valkey.None},
		},
	}
	return r
}

// inHandOfAll is the one set that all workers share.
func inHandOfAll() health.Report {
	r := known("queue:processing", "processing", 5*time.Minute, 31*time.Second)
	r.Age.Source = "first_seen"
	r.Processing = &health.Processing{Messages: 2, OldestAge: 31, Idle: valkey.NotSent, TTL: valkey.NotSent, Durations: durations()}
	return r
}

// inHandOf is a worker's own set, on which somebody has put an EXPIRE.
func inHandOf(worker string) health.Report {
	r := known("queue:processing:"+worker, "processing", 5*time.Minute, 8*time.Second)
	r.Age.Source = "first_seen"
	r.Processing = &health.Processing{Worker: worker, Messages: 1, OldestAge: 8, Idle: 8, TTL: 292, Durations: durations()}
	return r
}

// durations are those of ten jobs, half of which took longer than any bound.
func durations() health.Histogram {
	h := health.Histogram{Buckets: make([]uint64, len(health.DurationBounds)), Count: 10, Sum: 3e5}
	for i := range h.Buckets {
		h.Buckets[i] = uint64(min(i, 5))
	}
	return h
}

package collector_test

import (
	"fmt"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
)

// BenchmarkDescribe describes a server that has seen many commands, one with
// many queues, and one with many queues that are looked at.
func BenchmarkDescribe(b *testing.B) {
	for _, x := range []struct {
		name                      string
		commands, queues, reports int
	}{
		{"2,500 series", 170, 5, 0},
		{"20,000 series", 0, 10_000, 0},
		{"1,000 queue reports", 0, 1_000, 1_000},
	} {
		b.Run(x.name, func(b *testing.B) {
			snap := snapshotOf(x.commands, x.queues)
			state := collector.State{Now: snap.At, Health: healthOf(snap.Queues[:x.reports])}
			series := 0
			b.ReportAllocs()
			for b.Loop() {
				page, err := collector.Describe(snap, state)
				if err != nil {
					b.Fatal(err)
				}
				series = count(page.Families)
				page.Release()
			}
			b.ReportMetric(float64(series), "series")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(series), "ns/series")
		})
	}
}

// count is the number of series as they are exposed.
func count(families []*dto.MetricFamily) int {
	n := 0
	for _, f := range families {
		for _, m := range f.Metric {
			n++
			if m.Summary != nil {
				n += len(m.Summary.Quantile) + 1
			}
			if m.Histogram != nil {
				n += len(m.Histogram.Bucket) + 2
			}
		}
	}
	return n
}

// healthOf has a report on each of these queues, with all that a list for work
// can have.
func healthOf(queues []valkey.Reading) *collector.QueueHealth {
	h := &collector.QueueHealth{}
	for _, r := range queues {
		report := firstInFirstOut()
		report.Queue = r.Queue
		h.Reports = append(h.Reports, report)
	}
	return h
}

// snapshotOf is a scrape of a server that has seen n commands and holds n
// queues that are lists.
func snapshotOf(commands, queues int) valkey.Snapshot {
	snap := valkey.Snapshot{Up: true, At: time.Unix(1_800_000_000, 0), Took: time.Millisecond}
	for i := range snap.Sources {
		snap.Sources[i] = valkey.Outcome{Asked: true, Took: time.Microsecond}
	}
	for i := range commands {
		name := fmt.Sprintf("command%d", i)
		snap.Info.Commands = append(snap.Info.Commands, valkey.Command{Name: name, Calls: 1000, Micros: 1500})
		snap.Info.Latencies = append(snap.Info.Latencies, valkey.Latency{
			Command:   name,
			Quantiles: []valkey.Quantile{{Percentile: 50, Micros: 1}, {Percentile: 99, Micros: 2}, {Percentile: 99.9, Micros: 9}},
		})
		snap.Histograms = append(snap.Histograms, valkey.Histogram{
			Command: name, Calls: 1000,
			Buckets: []valkey.Bucket{{Micros: 1, Calls: 900}, {Micros: 2, Calls: 990}, {Micros: 16, Calls: 1000}},
		})
	}
	for i := range queues {
		snap.Queues = append(snap.Queues, valkey.Reading{
			Queue: valkey.NewQueue(0, fmt.Sprintf("bench:queue:%05d", i), "work"), Type: valkey.TypeList, Length: 3,
		})
	}
	return snap
}

package queue

import (
	"fmt"
	"testing"

	"valkey-exporter/collector/valkey"
)

// BenchmarkObserve is what 10,000 found queues add to each scrape.
func BenchmarkObserve(b *testing.B) {
	o := specOptions()
	o.MaxQueues = 10_000
	w := NewWatchlist(o)
	for i := range o.MaxQueues {
		w.Find(0, []string{fmt.Sprintf("queue:processing:worker-%d", i)}, noon)
	}
	var readings []valkey.Reading
	for i, q := range w.Queues() {
		readings = append(readings, valkey.Reading{Queue: q, Length: float64(i % 2)})
	}
	b.ReportAllocs()
	for b.Loop() {
		w.Observe(readings, noon)
		w.Queues()
	}
}

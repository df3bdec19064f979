package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// BenchmarkLook is what one look at one queue costs, with messages of 1 KiB.
func BenchmarkLook(b *testing.B) {
	var m flow.Meter
	ran := flow.Commands{PushedHead: 200, PoppedTail: 200}
	rest := strings.Repeat("x", 1000)
	var texts [64]string
	for i := range texts {
		texts[i] = fmt.Sprintf("%024d%s", i, rest)
	}
	place := valkey.Place{Asked: true, Found: true, Before: 200}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sight := flow.Sight{
			At: noon.Add(interval * 1000), Length: 5000, Span: span, Pops: 200, Pushes: 200, Ran: &ran,
			Head: entry(texts[i%64]), Tail: entry(texts[(i+32)%64]), HeadAt: place, TailAt: valkey.Place{Asked: true},
		}
		m.Commit(sight, m.Measure(sight))
	}
}

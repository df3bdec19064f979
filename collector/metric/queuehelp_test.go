package metric_test

import (
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

// An age that is read as latency, or a lower bound that is read as a count,
// sends somebody after the wrong fault.
func TestHelpWarnsOfWhatIsMisread(t *testing.T) {
	starvation := []string{"LIFO", "starvation"}
	for _, c := range []struct {
		metric metric.Family
		says   []string
	}{
		{metric.OldestMessageTimestamp, starvation},
		{metric.OldestMessageAge, starvation},
		{metric.TargetAge, starvation},
		{metric.OrderInfo, starvation},
		{metric.NextMessageTimestamp, []string{"LIFO", "FIFO"}},
		{metric.QueueFlowInfo, []string{`exact="false"`, "lower bounds", "docs/queue-flow.md"}},
		{metric.QueueEnqueued, []string{"lower bound"}},
		{metric.QueueDequeued, []string{"lower bound"}},
		{metric.ProcessingOldestAge, []string{"at least"}},
		{metric.DeadLettersSampled, []string{"newest", "not all"}},
		{metric.StreamGroupLag, []string{"is not 0"}},
	} {
		for _, text := range c.says {
			if m := c.metric.Base(); !strings.Contains(m.Help(), text) {
				t.Errorf("%s: help does not say %q: %s", m, text, m.Help())
			}
		}
	}
}

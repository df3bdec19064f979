package metric

import (
	"fmt"
	"slices"

	dto "github.com/prometheus/client_model/go"
)

// Topic is a chapter of the catalogue: one Go file, one heading in
// docs/metrics.md.
type Topic struct {
	title   string
	intro   string
	metrics []*Metric
}

// Title is the heading.
func (t *Topic) Title() string { return t.title }

// Intro says in a sentence or two what the chapter's metrics are for.
func (t *Topic) Intro() string { return t.intro }

// Metrics are the topic's declarations in the order of the source file.
func (t *Topic) Metrics() []*Metric { return slices.Clone(t.metrics) }

// declared collects every declaration while the package's variables are
// initialised; nothing changes it afterwards.
var declared []*Metric

func (t *Topic) declare(kind dto.MetricType, name string, unit Unit, source Source, help string, labels []Label) *Metric {
	m := &Metric{
		id: len(declared), name: name, help: help, unit: unit, kind: kind,
		labels: labels, source: source, topic: t,
	}
	declared = append(declared, m)
	t.metrics = append(t.metrics, m)
	return m
}

func (t *Topic) counter(name string, unit Unit, source Source, help string, labels ...Label) Counter {
	return Counter{t.declare(dto.MetricType_COUNTER, name, unit, source, help, labels)}
}

func (t *Topic) gauge(name string, unit Unit, source Source, help string, labels ...Label) Gauge {
	return Gauge{t.declare(dto.MetricType_GAUGE, name, unit, source, help, labels)}
}

func (t *Topic) histogram(name string, unit Unit, source Source, help string, labels ...Label) Histogram {
	return Histogram{t.declare(dto.MetricType_HISTOGRAM, name, unit, source, help, labels)}
}

func (t *Topic) summary(name string, unit Unit, source Source, help string, labels ...Label) Summary {
	return Summary{t.declare(dto.MetricType_SUMMARY, name, unit, source, help, labels)}
}

// field declares where in INFO a value stands; section and key as the server
// spells them.
func field(section, key string, decode Decoder) Field {
	return Field{Section: section, Key: key, Decode: decode}
}

// Topics are the chapters in reading order.
func Topics() []*Topic {
	return []*Topic{
		availability, server, clients, memory, cache,
		queues, queueAge, queueFlow, lostMessages, jobsInHand, deadLetters, streams, queueObservation, discovery, classes,
		throughput, commands, latency, errorReplies, persistence, saves,
		replication, keyspace, cpu, eventLoop, pubsub, clientGroups, security, internals, configuration, audit, exporter, runtimeTopic, targetTopic,
	}
}

// All is the whole catalogue, indexed by ID.
func All() []*Metric { return slices.Clone(declared) }

// SortedIDs lists the IDs of all metrics in the order of their names, the
// order in which an exposition lists families.
func SortedIDs() []int {
	ids := make([]int, len(declared))
	for i := range ids {
		ids[i] = i
	}
	slices.SortFunc(ids, func(a, b int) int {
		if declared[a].name < declared[b].name {
			return -1
		}
		return 1
	})
	return ids
}

// String names the metric and its type, for error messages.
func (m *Metric) String() string { return fmt.Sprintf("%s (%s)", m.name, m.kind) }

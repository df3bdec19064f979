package collector

import (
	"time"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
)

// State is what the exporter knows besides the latest snapshot.
type State struct {
	Now    time.Time
	Build  Build
	Scrape ScrapeStats
	Config Config
	// Audit is nil when nothing is expected of the server.
	Audit *Audit
	// Discovery is nil when no pattern is configured.
	Discovery *queue.Status
	// Health is nil when looking at queues is off.
	Health *QueueHealth
	// Saves is nil when nobody follows what the server saves.
	Saves *Saves
	// Classes is nil when keys are not counted by class.
	Classes *Classes
	// Clients is nil when clients are not listed.
	Clients *clients.Status
	// Latency is nil when nobody has said how fast the server should be.
	Latency *Latency
}

// Build identifies the running program.
type Build struct{ Version, Commit, Date, Go string }

// ScrapeStats sums up all scrapes since the exporter started.
type ScrapeStats struct {
	Count         uint64
	Seconds       float64 // all durations together
	RequestErrors float64 // requests for metrics that ended in an error answer
}

// Config is the outcome of the latest reading of the configuration.
type Config struct {
	OK     bool
	Loaded time.Time // when the configuration in use was read
}

// Page is the description of one scrape.
type Page struct {
	// Families are those that have a sample, sorted by name.
	Families []*dto.MetricFamily

	builder *builder
}

// spare keeps the memory of one page for the next. A sync.Pool would keep that
// of several, which is megabytes each when there are many queues.
var spare = make(chan *builder, 1)

// Release lets another page use the memory. Nothing of this page, which may
// have been changed, may be used any more. A page that is never released costs
// nothing but its memory.
func (p Page) Release() {
	p.builder.reset()
	select {
	case spare <- p.builder:
	default:
	}
}

func spareBuilder() *builder {
	select {
	case b := <-spare:
		return b
	default:
		return newBuilder()
	}
}

// Describe describes one scrape. Fields that are not understood are left out and
// returned, and the INFO source counts as failed.
func Describe(s valkey.Snapshot, state State) (Page, FieldErrors) {
	b := spareBuilder()
	b.gauge(metric.Up, yes(s.Up))
	describeInfo(b, s)
	describeConfig(b, s.Config)
	describeKeyspace(b, s.Info, s.Config)
	describeCommands(b, s)
	describeSpikes(b, s.Spikes)
	describeSlowlog(b, s)
	describeLatency(b, s, state.Latency)
	describeQueues(b, s)
	describeHealth(b, state)
	describeAudit(b, s, state.Audit)
	describeSaves(b, s, state.Saves)
	if info := &s.Sources[valkey.SourceInfo]; info.Err == nil && len(b.problems) > 0 {
		info.Err = b.problems
	}
	describeScrape(b, s, state)
	describeDiscovery(b, state)
	describeClasses(b, s.Up, state)
	describeClients(b, s.Up, state)
	return Page{b.result(), b}, b.problems
}

package collector

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// describeParts describes the lines of INFO that repeat for each thread,
// engine, module and kind of error.
func describeParts(b *builder, info valkey.Info) {
	for _, t := range info.Threads {
		labels := b.labels(metric.IOThreadClients, t.ID)
		b.gauge(metric.IOThreadClients, t.Clients, labels...)
		b.counter(metric.IOThreadReads, t.Reads, labels...)
		b.counter(metric.IOThreadWrites, t.Writes, labels...)
		b.counter(metric.IOThreadActiveTime, t.ActiveSeconds, labels...)
	}
	for _, e := range info.Engines {
		labels := b.labels(metric.ScriptingEngineMemory, e.Name)
		b.gauge(metric.ScriptingEngineMemory, e.Memory, labels...)
		b.gauge(metric.ScriptingEngineOverhead, e.Overhead, labels...)
	}
	for _, m := range info.Modules {
		b.gauge(metric.ModuleInfo, 1,
			b.labels(metric.ModuleInfo, m.API, m.Filters, m.Name, m.UsedBy, m.Using, m.Version)...)
	}
	for _, e := range info.Errors {
		b.counter(metric.ErrorsTotal, e.Count, b.labels(metric.ErrorsTotal, e.Prefix)...)
	}
}

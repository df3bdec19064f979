package collector

import (
	"strings"

	"valkey-exporter/collector/metric"
)

// describeConfig describes the parameters that CONFIG GET was asked for.
func describeConfig(b *builder, config map[string]string) {
	for _, c := range []struct {
		metric    metric.Gauge
		parameter string
	}{
		{metric.ConfigMaxmemory, "maxmemory"},
		{metric.ConfigMaxclients, "maxclients"},
		{metric.ConfigIOThreads, "io-threads"},
		{metric.ConfigReplBacklogSize, "repl-backlog-size"},
	} {
		b.gauge(c.metric, numeric(config[c.parameter]))
	}
	describeBufferLimits(b, config["client-output-buffer-limit"])
}

// describeBufferLimits reads "normal 0 0 0 slave 268435456 67108864 60 ...":
// class, hard limit, soft limit, seconds above the soft limit.
func describeBufferLimits(b *builder, value string) {
	words := strings.Fields(value)
	for ; len(words) >= 4; words = words[4:] {
		class := words[0]
		b.gauge(metric.ConfigClientOutputBufferLimit, numeric(words[1]),
			b.labels(metric.ConfigClientOutputBufferLimit, class, "hard")...)
		soft := b.labels(metric.ConfigClientOutputBufferLimit, class, "soft")
		b.gauge(metric.ConfigClientOutputBufferLimit, numeric(words[2]), soft...)
		b.gauge(metric.ConfigClientOutputBufferOvercome, numeric(words[3]), soft...)
	}
}

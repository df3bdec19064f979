package collector

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// scalars are the metrics that read one INFO field each, by ID.
var scalars = infoScalars()

type scalar struct {
	metric *metric.Metric
	field  metric.Field
}

func infoScalars() []scalar {
	var list []scalar
	for _, m := range metric.All() {
		if f, ok := m.Source().(metric.Field); ok {
			list = append(list, scalar{m, f})
		}
	}
	return list
}

// describeInfo describes everything in INFO but commands and keyspaces.
func describeInfo(b *builder, s valkey.Snapshot) {
	for _, x := range scalars {
		raw, sent := s.Info.Fields[x.field.Key]
		if !sent {
			continue // an older server, or one that has no such state now
		}
		v, err := decode(x.field, raw)
		if errors.Is(err, metric.ErrAbsent) {
			continue // the server says that there is no value
		}
		if err != nil {
			b.problems = append(b.problems, FieldError{x.field.String(), err})
			continue
		}
		b.sample(x.metric, v, nil)
	}
	describeIdentity(b, s)
	describeHitRate(b, s)
	describeReplication(b, s.Info)
	describeParts(b, s.Info)
}

// longestValue is more than any number or word of INFO has. An error quotes
// what it is about, and must not be as long as a reply.
const longestValue = 100

func decode(f metric.Field, raw string) (float64, error) {
	if len(raw) > longestValue {
		return 0, fmt.Errorf("want a number or a word, got %d bytes", len(raw))
	}
	return f.Decode(raw)
}

// number reads an INFO field that is used in a computation; NaN if the server
// did not send it.
func number(info valkey.Info, key string) float64 { return numeric(info.Fields[key]) }

// numeric reads a number; NaN if the text is none.
func numeric(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return valkey.NotSent
	}
	return v
}

// first is the first of the fields that the server sent.
func first(info valkey.Info, keys ...string) string {
	for _, key := range keys {
		if v := info.Fields[key]; v != "" {
			return v
		}
	}
	return ""
}

func describeIdentity(b *builder, s valkey.Snapshot) {
	f := s.Info.Fields
	if f["redis_version"] == "" {
		return
	}
	mode := first(s.Info, "server_mode", "redis_mode")
	b.gauge(metric.InstanceInfo, 1, b.labels(metric.InstanceInfo,
		f["master_replid"], f["maxmemory_policy"], f["os"], f["process_id"], f["redis_build_id"], mode,
		f["redis_version"], f["role"], f["run_id"], f["tcp_port"], f["valkey_release_stage"], f["valkey_version"])...)
	name := f["server_name"]
	if name == "" {
		name = "redis"
	}
	b.gauge(metric.ServerInfo, 1, b.labels(metric.ServerInfo,
		f["availability_zone"], mode, name, first(s.Info, "valkey_version", "redis_version"))...)
	b.gauge(metric.StartTime, startTime(s))
}

// startTime is when the server started, by its own clock. Both parts are
// whole seconds of the server, so it is the same at every scrape.
func startTime(s valkey.Snapshot) float64 {
	return serverTime(s) - number(s.Info, "uptime_in_seconds")
}

// serverTime is the server's clock in whole seconds; ours if it does not tell.
func serverTime(s valkey.Snapshot) float64 {
	now := math.Floor(number(s.Info, "server_time_usec") / 1e6)
	if math.IsNaN(now) {
		now = float64(s.At.Unix())
	}
	return now
}

// describeHitRate yields no sample while the application has looked nothing
// up: no look-ups are not a rate of 0.
func describeHitRate(b *builder, s valkey.Snapshot) {
	b.counter(metric.ProbeHits, s.Probes.Hits)
	b.counter(metric.ProbeMisses, s.Probes.Misses)
	hits := number(s.Info, "keyspace_hits") - s.Probes.Hits
	lookups := hits + number(s.Info, "keyspace_misses") - s.Probes.Misses
	if lookups > 0 && hits >= 0 {
		b.gauge(metric.HitRate, hits/lookups)
	}
}

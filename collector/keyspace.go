package collector

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// mostDatabases bounds how many empty databases are listed.
const mostDatabases = 1024

// describeKeyspace reads 0 for a database that INFO leaves out because it is
// empty.
func describeKeyspace(b *builder, info valkey.Info, config map[string]string) {
	known := make(map[string]valkey.Keyspace, len(info.Keyspaces))
	for _, k := range info.Keyspaces {
		known[k.DB] = k
	}
	for _, db := range databases(known, config) {
		k, ok := known[db]
		if !ok {
			k.AvgTTL, k.ExpiringItems = valkey.NotSent, valkey.NotSent
		}
		labels := b.labels(metric.DBKeys, db)
		b.gauge(metric.DBKeys, k.Keys, labels...)
		b.gauge(metric.DBKeysExpiring, k.Expires, labels...)
		b.gauge(metric.DBAvgTTL, k.AvgTTL/1e3, labels...)
		b.gauge(metric.DBKeysWithExpiringItems, k.ExpiringItems, labels...)
	}
}

// databases lists db0 to the last one, by the configuration if we may read it.
func databases(known map[string]valkey.Keyspace, config map[string]string) []string {
	names := slices.AppendSeq(make([]string, 0, 16), maps.Keys(known))
	n, err := strconv.Atoi(config["databases"])
	if err != nil {
		n = 0 // not configured, or not ours to read: only those in INFO
	}
	for i := range min(n, mostDatabases) {
		name := valkey.DatabaseName(i)
		if _, ok := known[name]; !ok {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b) // db2 before db10
		}
		return strings.Compare(a, b)
	})
	return names
}

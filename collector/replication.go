package collector

import (
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// ReplicaBehind is how many bytes a replica has still to acknowledge. One that receives
// the whole data set has no offset yet: NaN. The source is INFO replication.
func ReplicaBehind(info valkey.Info, r valkey.Replica) float64 {
	if r.State != "online" {
		return valkey.NotSent
	}
	return max(0, number(info, "master_repl_offset")-r.Offset)
}

// describeReplication describes both ends: a primary's replicas, and a
// replica's link to its primary.
func describeReplication(b *builder, info valkey.Info) {
	for _, r := range info.Replicas {
		labels := b.labels(metric.ReplicaOffset, r.IP, r.Port, r.State)
		b.gauge(metric.ReplicaOffset, r.Offset, labels...)
		b.gauge(metric.ReplicaLag, r.Lag, labels...)
		b.gauge(metric.ReplicaBehind, ReplicaBehind(info, r), labels...)
	}
	host, port := info.Fields["master_host"], info.Fields["master_port"]
	if host == "" {
		return
	}
	b.gauge(metric.SlaveInfo, 1, b.labels(metric.SlaveInfo, host, port, info.Fields["slave_read_only"])...)
	labels := b.labels(metric.MasterLinkUp, host, port)
	up, err := metric.UpDown(info.Fields["master_link_status"])
	if err != nil {
		b.problems = append(b.problems, FieldError{"INFO replication: master_link_status", err})
		up = valkey.NotSent
	}
	b.gauge(metric.MasterLinkUp, up, labels...)
	b.gauge(metric.MasterLastIO, number(info, "master_last_io_seconds_ago"), labels...)
	b.gauge(metric.MasterSyncInProgress, number(info, "master_sync_in_progress"), labels...)
	b.gauge(metric.SlaveReplOffset, number(info, "slave_repl_offset"), labels...)
}

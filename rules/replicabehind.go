package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// A healthy replica acknowledges once a second, so that on a busy server each
// scrape finds another part of a second's writes missing. The lowest value of some
// minutes is what it is behind in truth.
var replicaBehind = &Alert{
	Name: alert.ReplicaBehind, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.MinOver(metric.ReplicaBehind, 3*time.Minute).Exceeds(promql.Recent(metric.BacklogSize).ScaledBy(config.ReplicaBacklog), promql.OnInstance()),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Replica {{ $labels.slave_ip }}:{{ $labels.slave_port }} of {{ $labels.instance }} is {{ $value | humanize1024 }}B behind`,
	Description: `For {for} {{ $labels.slave_ip }}:{{ $labels.slave_port }} has been behind its primary by more than {replica_backlog} of the replication backlog, by {{ $value | humanize1024 }}B at least. A failover loses that; if the link breaks, the replica may have to start over with the whole data set.`,
	Runbook: Runbook{
		Meaning: "The replica is connected and answers, but the primary writes faster than the replica, or the link between them, takes it. More than {replica_backlog} of what the backlog can hold is on the way.",
		Impact:  "Who reads from the replica gets old data; a failover to it loses the last writes. What is on the way takes memory of the primary. Beyond the backlog every break of the link, however short, ends in a full synchronisation, which makes it worse.",
		Diagnosis: []Step{
			{"valkey-cli INFO replication", "On the primary: `master_repl_offset` less the `offset` of each replica, against `repl_backlog_size`. Twice, some seconds apart: what the first grows by is written in that time."},
			{"valkey-cli CLIENT LIST TYPE replica", "`omem`: output that waits in the primary. At `client-output-buffer-limit replica` it cuts the replica off."},
			{"valkey-cli INFO cpu", "On the replica, twice: a main thread that is busy all the time cannot keep up."},
			{"valkey-cli INFO commandstats", "On the primary: which writes are so many, or so large?"},
			{"", "The network between the two: a link to another zone, its bandwidth, packet loss."},
		},
		Mitigation: []string{
			"Stop what writes so much: bulk imports, large values, scripts over many keys.",
			"Take readers off the replica, so that it catches up.",
			"Raise the backlog, so that a break of the link costs no full synchronisation: `CONFIG SET repl-backlog-size 256mb`, and in the configuration file.",
			"Give the link more bandwidth, or the replica a faster machine.",
		},
		Why: "From {replica_backlog} of the backlog on a short break of the link can no longer be made up for. The lowest value of three minutes counts, so that a burst of writes does not, and {for} of that. " +
			"The default backlog of 1 MB is small for a busy server: then this alert says that it is, before the link breaks. " +
			"Bytes alone, as popular versions compare them, fire at any large value that is written.",
		Blind: "A replica that is silent is `ValkeyReplicationLag`, and this one is not told then. One that receives the whole data set, and one that is not connected. How many seconds it is behind.",
	},
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var replicationAlerts = []*Alert{replicaLinkDown, replicaLost, replicationLag, replicaBehind, resyncsRepeated}

// A failover changes or ends the series of the link, and its last value stays
// recent for three minutes: long enough to alert about a link that is no more.
// So a server that is a primary by now, or is linked to another one, is left out,
// as of the last scrape.
var replicaLinkDown = &Alert{
	Name: alert.ReplicaLinkDown, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.MasterLinkUp).Is(0).
		Unless(promql.Value(metric.MasterLinkUp).Is(1), promql.OnInstance()).
		Unless(promql.Value(metric.InstanceInfo, promql.Eq(metric.LabelRole, "master")), promql.OnInstance()),
	For:         2 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Replica {{ $labels.instance }} is cut off from its primary {{ $labels.master_host }}:{{ $labels.master_port }}`,
	Description: `For {for} the replica has not been connected to {{ $labels.master_host }}:{{ $labels.master_port }}. It answers reads with data that grows stale, and could not take over without loss.`,
	Runbook: Runbook{
		Meaning: "This server is a replica, and its connection to its primary is down or not ready yet.",
		Impact:  "Who reads from it gets old data. A failover to it would lose what was written meanwhile. There is one copy less of everything.",
		Diagnosis: []Step{
			{"valkey-cli INFO replication", "On the replica: `master_link_down_since_seconds`; -1 means that it was never connected. `master_sync_in_progress:1`: it receives the whole data set, and `master_sync_perc` says how far it is. Then wait."},
			{"valkey-cli ROLE", "On the replica: `connect` (no answer), `handshake` (password, `masteruser`), `sync` (a full synchronisation) or `connected`. On the primary: which replicas it has."},
			{"valkey-cli CONFIG GET repl-timeout", "A full synchronisation in which nothing arrives for so long begins anew."},
			{"valkey-cli CONFIG GET client-output-buffer-limit", "On the primary: beyond the limit of class `replica` (or `slave`) it cuts the replica off, and its log says `scheduled to be closed ASAP for overcoming of output buffer limits`."},
			{"", "The log of the replica: `Unable to AUTH to MASTER`, `Connection refused`, `Timeout connecting to the MASTER`, `NOPERM`."},
		},
		Mitigation: []string{
			"If the primary is down, bring it back or fail over: see `ValkeyDown`.",
			"Point readers to another server, or set `replica-serve-stale-data no` if old data does harm.",
			"If the replica is refused, set `primaryauth` and `primaryuser` (`masterauth` and `masteruser` before Valkey 8) to what the primary wants.",
			"If synchronisations break off, raise `client-output-buffer-limit replica` on the primary, and `repl-timeout` on both.",
		},
		Why: "{for} is longer than a restart of the primary and its partial resynchronisation, which take seconds. The state of the last scrape holds for three minutes, so that a scrape that fails does not make the wait start again. " +
			"Popular versions count replicas by sums, and see nothing when one of two links is down; others compare with a minute ago, and fire for a minute. This one is per replica and fires as long as it lasts. " +
			"It does not page: clients are served, and losing the primary as well has its own page.",
		Blind: "A replica that is connected and behind: `ValkeyReplicationLag`. One whose exporter does not run is seen by its primary only: `ValkeyReplicaLost`. " +
			"A link that goes down and up within two minutes, again and again: `ValkeyResyncsRepeated`.",
	},
}

// A replica counts as had when it was there for a tenth of the day, not when it
// was ever seen: valkey-cli --rdb, the usual way to fetch a backup, is a replica
// to the server for as long as that takes.
var replicaLost = &Alert{
	Name: alert.ReplicaLost, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.ConnectedReplicas).
		FallsBelow(promql.QuantileOver(0.9, metric.ConnectedReplicas, 24*time.Hour)).
		And(promql.Recent(metric.InstanceInfo, promql.Eq(metric.LabelRole, "master")), promql.OnInstance()),
	For:         10 * time.Minute,
	Summary:     `Primary {{ $labels.instance }} has lost a replica and has {{ $value | humanize }} left`,
	Description: `For {for} the primary has had fewer replicas than in the day before: {{ $value | humanize }}. If it dies now, fewer copies are left, or none.`,
	Runbook: Runbook{
		Meaning: "A replica that was connected to this primary for hours is not connected any more.",
		Impact:  "Less redundancy, at 0 none. With `min-replicas-to-write` set, the primary refuses writes when too few are left. Readers of that replica get old data or none.",
		Diagnosis: []Step{
			{"valkey-cli INFO replication", "On the primary: `slave0`, `slave1` and so on are the replicas that are left. Compare with the plan: which address is missing?"},
			{"valkey-cli CLIENT LIST TYPE replica", "Their connections: `age`, and `omem`, the output that waits for each."},
			{"valkey-cli INFO stats", "`sync_full` and `sync_partial_err` grow: the replica comes back and is lost again."},
			{"", "On the lost replica: does it run, is `ValkeyReplicaLinkDown` firing, does its host reach the port of the primary?"},
		},
		Mitigation: []string{
			"Start the replica again. It finds its primary by itself.",
			"If it is gone for good, set up another one: `REPLICAOF` on a server that is empty.",
			"If it was removed on purpose, silence this alert; it ends by itself within a day.",
			"If the primary refuses writes with `NOREPLICAS` and must go on, `CONFIG SET min-replicas-to-write 0`.",
		},
		Why: "How many replicas there should be is not configured; what was there for more than a tenth of the last day is what this server had. {for} leaves time for a restart of the replica. " +
			"Popular versions compare with a minute ago, and resolve after a minute although the replica is still missing; this one goes on for most of a day. " +
			"Others want a replica on every server, which is critical for ever on one that stands alone. " +
			"The highest number of the day would be wrong as well: each backup by `valkey-cli --rdb` is a replica while it runs.",
		Blind: "A replica that is missing for longer than about 21 hours, and one that was never there for more than about two. Replicas of a replica. After a failover the new primary's own history counts: what the old one had is not compared.",
	},
}

// repl-timeout, a minute unless it was changed, ends a silence that lasts, so that
// a lag above the threshold in every scrape of five minutes is hardly possible.
var replicationLag = &Alert{
	Name: alert.ReplicationLag, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.MaxOver(metric.ReplicaLag, 3*time.Minute).Above(config.ReplicationLag),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Replica {{ $labels.slave_ip }}:{{ $labels.slave_port }} of {{ $labels.instance }} was silent for {{ $value | humanizeDuration }}`,
	Description: `A replica acknowledges every second what it has received. {{ $labels.slave_ip }}:{{ $labels.slave_port }} was silent for {{ $value | humanizeDuration }} in the last three minutes, and for {for} it has been silent for more than {replication_lag} again and again. It is behind by as much.`,
	Runbook: Runbook{
		Meaning: "The replica is connected, but did not acknowledge anything for more than {replication_lag}, repeatedly. It hangs, or the network between the two does.",
		Impact:  "Who reads from the replica gets old data; a failover to it loses the last writes. The primary keeps what it could not send in memory, and after `repl-timeout` it gives the replica up.",
		Diagnosis: []Step{
			{"valkey-cli INFO replication", "On the primary: `lag` of each replica in seconds, and `master_repl_offset` less its `offset`, the bytes it is behind."},
			{"valkey-cli CLIENT LIST TYPE replica", "`omem` in megabytes: output that waits because the replica or the network does not take it."},
			{"valkey-cli SLOWLOG GET 10", "On the replica: a write that took seconds on the primary takes as long there, and blocks it."},
			{"valkey-cli INFO persistence", "On the replica: `rdb_bgsave_in_progress`, `aof_delayed_fsync`. A slow disk stalls it."},
			{"valkey-cli INFO cpu", "On the replica, twice: a main thread that is busy all the time cannot keep up."},
		},
		Mitigation: []string{
			"Take readers off the replica, so that it catches up.",
			"Stop what sends too much: bulk imports, large values, scripts over many keys.",
			"Look at the network between the two: another zone, a saturated link, packet loss.",
			"Raise `repl-backlog-size` on the primary, so that the replica need not start over when it is cut off.",
		},
		Why: "A healthy replica acknowledges every second, so the lag is 0 or 1. {replication_lag} is also from where on the server itself does not count a replica as good, unless `min-replicas-max-lag` was changed. " +
			"After `repl-timeout`, a minute by default, the primary drops a silent replica, and the lag is gone with it: an expression that wants each scrape of {for} above the threshold cannot fire then. " +
			"So the highest value of three minutes counts, and {for} of that leaves out a single silence.",
		Blind: "A replica that answers every second and is far behind in bytes: `ValkeyReplicaBehind`. A replica that was dropped has no lag: `ValkeyReplicaLost`. One that receives the whole data set tells a lag of 0.",
	},
}

// The difference to the lowest value is exact. The function delta extrapolates:
// of two scrapes with two synchronisations between them it makes four.
var resyncsRepeated = &Alert{
	Name: alert.ResyncsRepeated, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.ResyncsFull).Minus(promql.MinOver(metric.ResyncsFull, time.Hour)).AtLeast(config.FullResyncs).
		Exceeds(promql.MaxOver(metric.ConnectedReplicas, time.Hour)),
	KeepFiring:  30 * time.Minute,
	Summary:     `Primary {{ $labels.instance }} sent its whole data set {{ $value | humanize }} times within an hour`,
	Description: `{{ $value | humanize }} full synchronisations within an hour are more than one for each replica: one or more are cut off and cannot resume. Each copies the whole data set, and forks the server for it.`,
	Runbook: Runbook{
		Meaning: "Replicas received the whole data set at least {full_resyncs} times within an hour, and more often than there are replicas. One is cut off again and again, and comes back too late or breaks off in the middle.",
		Impact:  "Each time the primary forks, which stops it for a moment and takes memory, and the network carries everything. The replica serves old data, or none while it loads. It can become a circle that does not end by itself.",
		Diagnosis: []Step{
			{"valkey-cli INFO stats", "`sync_full` against `sync_partial_ok`, and `sync_partial_err`: refused because the backlog did not reach back far enough."},
			{"valkey-cli INFO replication", "`repl_backlog_size`. Divided by what `master_repl_offset` grows in a second it is how long a replica may be away."},
			{"valkey-cli CONFIG GET client-output-buffer-limit", "Class `replica` (or `slave`): a replica that takes the data more slowly than new writes come is cut off at this limit, and starts over."},
			{"valkey-cli CLIENT LIST TYPE replica", "A small `age`: it has just come back. Its address tells which replica it is."},
			{"", "The log of the primary: `Partial resynchronization not accepted`, `overcoming of output buffer limits`, `Timeout receiving bulk data`. It also tells of backups by `valkey-cli --rdb`, which count as full synchronisations."},
		},
		Mitigation: []string{
			"If the replica does not get through at all, raise the limit: `CONFIG SET client-output-buffer-limit \"replica 1gb 512mb 120\"`, if memory allows.",
			"Raise the backlog to what is written during the longest interruption: `CONFIG SET repl-backlog-size 256mb`.",
			"Raise `repl-timeout` on both sides, if loading or the network is slow.",
			"Stop the replica until few writes come, if the primary suffers.",
		},
		Why: "A restart of a primary, a failover or a new replica costs one full synchronisation for each replica; that is why their number is compared as well as {full_resyncs}. " +
			"What goes beyond it within an hour is a repetition. There is no waiting time, because each one took its time already; the alert stays for half an hour, because they come minutes apart.",
		Blind: "Which replica it is. Interruptions after which the replica resumed: `redis_replica_partial_resync_accepted`. " +
			"After a restart of the primary those before it are forgotten.",
	},
}

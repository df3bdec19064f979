package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var queueUnreadable = &Alert{
	Name: alert.QueueUnreadable, Component: alert.Exporter, Severity: config.Warning,
	// Of a cluster, each node but one says of a key that it has moved.
	Expr: promql.Recent(metric.QueueUnreadable, promql.Not(metric.LabelReason, "moved")).Is(1).Or(
		promql.Recent(metric.QueueUnreadable, promql.Eq(metric.LabelReason, "moved")).Is(1).Unless(
			promql.Recent(metric.QueueLength), promql.On(metric.LabelDB, metric.LabelJob, metric.LabelQueue))),
	For:         10 * time.Minute,
	Summary:     `The queue {{ $labels.queue }} ({{ $labels.db }}) cannot be read: {{ $labels.reason }}`,
	Description: `The exporter {{ $labels.instance }} has not known its length for {for}. The queue has no alerts meanwhile, however many jobs wait in it.`,
	Runbook: Runbook{
		Meaning: "The configuration names a queue that the exporter cannot read; the label `reason` says why. Its length is unknown, which is not the same as 0.",
		Impact:  "No alert about this queue can fire. With `wrong_type`, workers and producers probably fail as well.",
		Diagnosis: []Step{
			{"valkey-cli TYPE queue:high", "`wrong_type`: it is a string, a hash or a module's type. Put in the queue of the alert, and its database with `-n`."},
			{"valkey-cli ACL DRYRUN default LLEN queue:high", "`denied`: whether a user may read the key; put in the exporter's user."},
			{"valkey-cli CONFIG GET databases", "`no_such_db`: the configuration names a database beyond the last one."},
			{"valkey-cli INFO cluster", "`moved`: in a cluster the key lives on another node, and no exporter of this job reads it there."},
			{"", "`unavailable`: the exporter's log has the server's own words."},
		},
		Mitigation: []string{
			"`wrong_type`: find out what writes under this key; rename one of the two.",
			"`denied`: grant the key pattern to the exporter's user, see docs/acl.md.",
			"`no_such_db` and `moved`: correct the configuration of the exporter and reload it.",
		},
		Why:   "Nothing about it ends by itself, but a deployment may replace a key of one type by another: {for} leave that time. A key that another node of the cluster has is no case for it as long as the exporter of that node, in the same job, reads it. It is only a warning, because users are not affected by a key that the exporter may not read.",
		Blind: "A misspelt key is readable, and empty: it reads 0. A queue that a pattern should find and does not is in no metric at all.",
	},
}

// lookIntervals are how many intervals may pass before looks are late. It counts
// where they are so rare that look_age alone would fire between two of them.
const lookIntervals = 3

var queueLooksFailing = &Alert{
	Name: alert.QueueLooksFailing, Component: alert.Exporter, Severity: config.Warning,
	Variants: func(c config.Validated) []Variant {
		interval, on := c.Observe().Interval.Get()
		if !on {
			return nil
		}
		age := promql.Recent(metric.LookAge).Above(config.LookAge)
		late := lookIntervals * interval.Seconds()
		if limit, _ := c.Alerts().Thresholds.Get(config.LookAge); late <= limit {
			return []Variant{{Expr: age}}
		}
		return []Variant{{
			Expr:   promql.Recent(metric.LookAge).AboveNumber(late).And(age),
			Limits: []string{"three times observe.interval " + config.HumanDuration(late)},
		}}
	},
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `The exporter {{ $labels.instance }} has not looked into its queues for {{ $value | humanizeDuration }}`,
	Description: `The latest round of looks at all queues has been longer ago than {look_age} for {for}. Ages, flow and jobs in hand are missing or stand still, and alerts over them cannot be believed.`,
	Runbook: Runbook{
		Meaning: "The exporter looks into the queues every few seconds, and the last complete round is more than {look_age} ago. Lengths are read by each scrape and are still good.",
		Impact:  "None for users. Alerts on old, stalled and stuck jobs are blind; those on lengths are not.",
		Diagnosis: []Step{
			{"", "The exporter's log says why a look failed. In Prometheus: `rate(redis_exporter_queue_look_failures_total[5m])` tells looks that fail from looks that are slow."},
			{"valkey-cli ACL DRYRUN default EVAL_RO \"return 1\" 0", "Whether a user may run the script that looks; put in the exporter's user. See docs/acl.md for the commands inside it."},
			{"valkey-cli SLOWLOG GET 10", "Commands that hold up the server. `EVAL_RO` among them: the looks themselves are slow."},
			{"valkey-cli INFO commandstats", "`cmdstat_evalsha_ro` and `cmdstat_eval_ro`: calls that grow are looks that arrive."},
			{"", "Looks that work and are slow: `redis_exporter_queues_observed` in the thousands, with the share of the server's time (`observe.max_server_share`) that they may take used up."},
		},
		Mitigation: []string{
			"Grant what is missing, or relieve the server.",
			"Too many queues for the pace: watch fewer closely (`observe.max_queues`), or allow more (`observe.max_server_share`).",
			"If only lengths matter, turn looking off: `observe: {interval: off}`. This alert goes with it.",
		},
		Why: "The usual interval is five seconds, so that {look_age} are a dozen rounds; {for} more leave out a fork or a failover. " +
			"Where `observe.interval` is so long that three of them are more than {look_age}, the rule asks for those three as well.",
		Blind: "Looks that have never worked since the exporter started: there is no age then. The alert on denied commands and the log tell. A single queue that cannot be read: `QueueUnreadable`.",
	},
}

var discoveryIncomplete = &Alert{
	Name: alert.DiscoveryIncomplete, Component: alert.Exporter, Severity: config.Warning,
	Expr:        promql.Recent(metric.DiscoveryComplete).Is(0),
	For:         30 * time.Minute,
	Summary:     `Queues of {{ $labels.db }} behind {{ $labels.instance }} may be unknown: the search for them does not complete`,
	Description: `For {for} no walk through the keys of {{ $labels.db }} has reached its end without losses. Queues that a pattern should find may be missing, and they have no alerts.`,
	Runbook: Runbook{
		Meaning: "The walk that finds queues by pattern fails, is not done yet, or found more queues than are allowed.",
		Impact:  "None for users. Queues that were not found are watched by nobody; those that are known still are.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_exporter_discovery_queues_turned_away` above 0 means too many queues. Otherwise the exporter's log says where the walk fails."},
			{"valkey-cli ACL DRYRUN default SCAN 0", "Whether a user may search; put in the exporter's user."},
			{"valkey-cli INFO keyspace", "Keys of each database. The walk goes slowly on purpose: hundreds of millions of keys take it longer than the alert waits."},
			{"valkey-cli SCAN 0 MATCH \"queue:processing:*\" COUNT 100", "A first piece of what the pattern finds. Ids in the names, one key a job: the pattern is too wide."},
		},
		Mitigation: []string{
			"Too many: narrow the pattern, or raise `discovery.max_queues`. Each queue is a few dozen series.",
			"Denied: grant `+scan`, see docs/acl.md.",
			"Too slow: raise `discovery.max_server_share`, or name the keys in the configuration instead of a pattern.",
		},
		Why:   "A walk begins every minute by default and one may fail; {for} of them are no accident. The first walk through a very large database may take that long after each start of the exporter.",
		Blind: "A pattern that matches nothing, because it is misspelt: the walk is complete and finds no queue.",
	},
}

package metric

var latency = &Topic{
	title: "Latency objectives and the slow log",
	intro: "Is the server as fast as it should be, and what is slow? How fast each command should be is in the section `latency` of the configuration. " +
		"Between scrapes the exporter times round trips, and looks into the slow log so often that little of it is lost.",
}

// latencyLabels are explained beside the labels of other topics.
var latencyLabels = []LabelMeaning{
	{LabelPercentile, "Of an objective: `50` for half of the calls of a command, `99` for 99 of 100, as `redis_latency_percentiles_usec` writes its quantiles."},
}

// How fast commands should be.
var (
	LatencyObjective = latency.gauge("redis_latency_objective_seconds", Seconds, Own("its configuration"),
		"How long a command may take inside the server: half of its calls (percentile 50), or 99 of 100 (percentile 99), should take no longer.", LabelCmd, LabelPercentile)
	LatencyExceeded = latency.counter("redis_latency_objective_exceeded_total", None, Reply("LATENCY HISTOGRAM: calls above the first bound that is not below the objective"),
		"Calls of a command that have certainly taken longer than its objective. Divide its rate by that of redis_commands_latencies_usec_count: above 0.01 (percentile 99) or 0.5 (percentile 50) the objective is missed. "+
			"The server counts by powers of two, so calls of up to twice the objective may not be among them. Absent until the command is called.", LabelCmd, LabelPercentile)
	PingDuration = latency.histogram("redis_exporter_ping_duration_seconds", Seconds, Own("its clock"),
		"Round trips of a PING, every five seconds by default, from the exporter to the server and back: the network, and the wait behind the commands of others. One that was not answered within two seconds counts as two.")
)

// What was slow.
var (
	SlowlogEntries = latency.counter("redis_slowlog_entries_total", None, Reply("SLOWLOG GET: new entries, by their command"),
		"Commands that came into the slow log since the exporter first looked. `other` is a command that the server does not count by name, or all where INFO is refused. What exporters send is not among them.", LabelCmd)
	SlowlogDuration = latency.histogram("redis_slowlog_duration_seconds", Seconds, Reply("SLOWLOG GET: new entries, by their duration"),
		"How long the commands took that came into the slow log since the exporter first looked. Everybody else waited for so long.")
	SlowlogLost = latency.counter("redis_slowlog_lost_entries_total", None, Reply("SLOWLOG GET: numbers that are missing"),
		"Slow commands of which nobody knows more than that they were: they had left the slow log when the exporter looked, or it was emptied. Raise slowlog-max-len, or slowlog-log-slower-than.")
	SlowlogOwn = latency.counter("redis_exporter_slowlog_entries_total", None, Reply("SLOWLOG GET: new entries with the name of the exporter's connections"),
		"Commands of this exporter, and of others that look at the same server, that came into the slow log.")
)

package metric

var commands = &Topic{
	title: "Commands and latency",
	intro: "What the server spends its time on. All durations are inside the server: waiting for the network or for other clients' commands is not in them.",
}

// Per command.
var (
	CommandCalls = commands.counter("redis_commands_total", None, Reply("INFO commandstats: calls"),
		"Calls of a command. A blocking command counts when it ends, served or timed out.", LabelCmd)
	CommandDuration = commands.counter("redis_commands_duration_seconds_total", Seconds, Reply("INFO commandstats: usec"),
		"Time spent executing a command. Its rate is the share of the main thread that the command takes; near 1 in sum the server is saturated.", LabelCmd)
	CommandRejected = commands.counter("redis_commands_rejected_calls_total", None, Reply("INFO commandstats: rejected_calls"),
		"Calls that were refused before they ran: wrong number of arguments, no permission, or memory full.", LabelCmd)
	CommandFailed = commands.counter("redis_commands_failed_calls_total", None, Reply("INFO commandstats: failed_calls"),
		"Calls that ran and ended in an error, such as a command for lists on a string.", LabelCmd)
	CommandLatencyHistogram = commands.histogram("redis_commands_latencies_usec", Microseconds, Reply("LATENCY HISTOGRAM; the sum is usec of INFO commandstats"),
		"Distribution of the execution times of a command since the server started. Quantiles over a time window come from the rates of its buckets.", LabelCmd)
	CommandLatencyPercentiles = commands.summary("redis_latency_percentiles_usec", Microseconds, Reply("INFO latencystats; count and sum from commandstats"),
		"Percentiles of the execution times of a command since the server started. Its quantiles are written 50, 99 and 99.9, and they are lifetime values: for recent ones use the histogram. Quantiles of a command that nobody has sent for a minute are left out: they would be no news.", LabelCmd)
)

// Slow commands and stalls.
var (
	SlowlogLastID = commands.gauge("redis_slowlog_last_id", None, Reply("SLOWLOG GET 1: ID of the newest entry"),
		"Number of the newest entry of the slow log. Its growth counts slow commands, which the length does not, because old entries are dropped.")
	SlowlogLength = commands.gauge("redis_slowlog_length", None, Reply("SLOWLOG LEN"),
		"Entries kept in the slow log. It stops growing at slowlog-max-len.")
	LastSlowDuration = commands.gauge("redis_last_slow_execution_duration_seconds", Seconds, Reply("SLOWLOG GET 1: duration of the newest entry"),
		"How long the newest command in the slow log took; 0 when the log is empty. Everybody else waited for that long.")
	LatencySpikeLast = commands.gauge("redis_latency_spike_last", Timestamp, Reply("LATENCY LATEST: time of the event"),
		"When the server last stalled for longer than latency-monitor-threshold, by cause. Nothing is recorded while that setting is 0.", LabelEventName)
	LatencySpikeDuration = commands.gauge("redis_latency_spike_duration_seconds", Seconds, Reply("LATENCY LATEST: duration of the latest event"),
		"How long the server's latest stall of this kind lasted. `LATENCY DOCTOR` explains the causes.", LabelEventName)
)

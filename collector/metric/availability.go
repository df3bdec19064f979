package metric

var availability = &Topic{
	title: "Availability",
	intro: "Can the server be reached, since when does it run, and is it ready to serve?",
}

// Is it there?
var (
	Up = availability.gauge("redis_up", Bool, Own("the server answered the scrape"),
		"1 when the server answered, even if only that it is loading or busy. 0 means that nobody is served, or that the exporter cannot get there or is not let in: the kind of the last scrape's error says which.")
	Uptime = availability.gauge("redis_uptime_in_seconds", Seconds, field("server", "uptime_in_seconds", number),
		"How long the server process has been running. A fall is a restart: look for a crash, an OOM kill or a deployment.")
	StartTime = availability.gauge("redis_start_time_seconds", Timestamp, Reply("INFO server: uptime_in_seconds, subtracted from server_time_usec"),
		"When the server process started, by its own clock. It changes only with a restart, or when that clock is set.")
	ShutdownRemaining = availability.gauge("redis_shutdown_remaining_seconds", Seconds, field("server", "shutdown_in_milliseconds", millis),
		"How long a shutdown that has begun still waits for replicas to catch up. Present only while the server shuts down.")
)

// Is it ready?
var (
	Loading = availability.gauge("redis_loading_dump_file", Bool, field("persistence", "loading", flag),
		"1 while the server reads its data set from disk or from its primary. Until it is done, clients are answered with LOADING errors.")
	AsyncLoading = availability.gauge("redis_async_loading", Bool, field("persistence", "async_loading", flag),
		"1 while a replica loads a new data set in the background and still serves the old one. Reads are stale for that long.")
	LoadingStart = availability.gauge("redis_loading_start_time_seconds", Timestamp, field("persistence", "loading_start_time", number),
		"When the load in progress began.")
	LoadingTotal = availability.gauge("redis_loading_total_bytes", Bytes, field("persistence", "loading_total_bytes", number),
		"Size of the file that is being loaded.")
	LoadingRDBUsedMemory = availability.gauge("redis_loading_rdb_used_mem_bytes", Bytes, field("persistence", "loading_rdb_used_mem", number),
		"Memory that the server which wrote the file was using at that time. Compare with the memory limit: a data set that does not fit is evicted while loading.")
	LoadingLoaded = availability.gauge("redis_loading_loaded_bytes", Bytes, field("persistence", "loading_loaded_bytes", number),
		"Bytes of the file that have been loaded so far. If they stop growing, look at the disk.")
	LoadingProgress = availability.gauge("redis_loading_loaded_ratio", Ratio, field("persistence", "loading_loaded_perc", percent),
		"Share of the load in progress that is done.")
	LoadingETA = availability.gauge("redis_loading_eta_seconds", Seconds, field("persistence", "loading_eta_seconds", number),
		"The server's own estimate of the time until the load in progress is done.")
)

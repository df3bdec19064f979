package metric

var exporter = &Topic{
	title: "Exporter",
	intro: "How the exporter itself is doing, and which of its sources can be believed.",
}

// Scrapes.
var (
	BuildInfo = exporter.gauge("redis_exporter_build_info", Info, Own("its build"),
		"Version, commit and compiler of the running exporter.",
		LabelBuildDate, LabelCommitSHA, LabelGolangVersion, LabelVersion)
	LastScrapeError = exporter.gauge("redis_exporter_last_scrape_error", Bool, Own("the last scrape"),
		"1, with the kind of error as label, when the last scrape did not reach the server or got no INFO; 0 with an empty label otherwise.", LabelErr)
	LastScrapeDuration = exporter.gauge("redis_exporter_last_scrape_duration_seconds", Seconds, Own("its clock"),
		"How long the last scrape of the server took. Keep it well below the scrape timeout of Prometheus.")
	LastScrapeConnectTime = exporter.gauge("redis_exporter_last_scrape_connect_time_seconds", Seconds, Own("its clock"),
		"How long it took to set up the connection in use. It is kept between scrapes, so the value changes only with a new one.")
	ScrapeDuration = exporter.summary("redis_exporter_scrape_duration_seconds", Seconds, Own("its clock"),
		"Durations of all scrapes of the server: their sum and their number.")
	ScrapesTotal = exporter.counter("redis_exporter_scrapes_total", None, Own("its own count"),
		"Scrapes of the server. Requests that arrive at the same moment share one.")
	TargetScrapeRequestErrors = exporter.counter("redis_target_scrape_request_errors_total", None, Own("its own count"),
		"Requests for metrics that ended in an error answer instead of metrics.")
)

// What a scrape is made of.
var (
	SourceSuccess = exporter.gauge("redis_exporter_source_success", Bool, Own("the last scrape"),
		"1 when a part of the last scrape was answered and understood. At 0 the metrics of that part are missing while the others are still good.", LabelSource)
	SourceDuration = exporter.gauge("redis_exporter_source_duration_seconds", Seconds, Own("its clock"),
		"Time from the arrival of the previous reply until this part's last reply had arrived and was decoded. It says which part makes a scrape slow.", LabelSource)
	CommandUnavailable = exporter.gauge("redis_exporter_command_unavailable", Info, Own("error replies to its commands"),
		"1 for a command that the exporter wants and the server denies or does not know. It is asked again every ten minutes: grant it, or accept that its metrics are missing.",
		LabelCommand, LabelReason)
)

// Its configuration.
var (
	ConfigReloadSuccessful = exporter.gauge("redis_exporter_config_last_reload_successful", Bool, Own("its configuration"),
		"1 when the configuration file was read without a mistake the last time. At 0 the exporter still works with the one before.")
	ConfigReloadTimestamp = exporter.gauge("redis_exporter_config_last_reload_success_timestamp_seconds", Timestamp, Own("its configuration"),
		"When the configuration in use was read.")
)

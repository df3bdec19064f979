package metric

var configuration = &Topic{
	title: "Configuration",
	intro: "Settings that change how other metrics are to be read. All are absent when CONFIG is renamed or forbidden.",
}

// Settings as CONFIG GET answers them.
var (
	ConfigMaxmemory = configuration.gauge("redis_config_maxmemory", Bytes, Reply("CONFIG GET maxmemory"),
		"The memory limit as configured; 0 means none.")
	ConfigMaxclients = configuration.gauge("redis_config_maxclients", None, Reply("CONFIG GET maxclients"),
		"The limit of connections as configured. The one in force can be lower when the host allows fewer open files.")
	ConfigIOThreads = configuration.gauge("redis_config_io_threads", None, Reply("CONFIG GET io-threads"),
		"Configured I/O threads, the main thread included; 1 means none besides it.")
	ConfigReplBacklogSize = configuration.gauge("redis_config_repl_backlog_size", Bytes, Reply("CONFIG GET repl-backlog-size"),
		"Configured capacity of the replication backlog.")
	ConfigClientOutputBufferLimit = configuration.gauge("redis_config_client_output_buffer_limit_bytes", Bytes, Reply("CONFIG GET client-output-buffer-limit"),
		"Size of the reply buffer at which a client is disconnected; 0 means never.",
		LabelClass, LabelLimit)
	ConfigClientOutputBufferOvercome = configuration.gauge("redis_config_client_output_buffer_limit_overcome_seconds", Seconds, Reply("CONFIG GET client-output-buffer-limit"),
		"How long a client may stay above the soft limit of its reply buffer before it is disconnected.",
		LabelClass, LabelLimit)
)

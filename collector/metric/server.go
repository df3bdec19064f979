package metric

var server = &Topic{
	title: "Server",
	intro: "What runs where. Join the info metrics to others with `* on (instance) group_left (role)`.",
}

// Identity and pace of the server process.
var (
	InstanceInfo = server.gauge("redis_instance_info", Info, Reply("INFO server, memory and replication"),
		"Identity of the server process: version, role, host system and eviction policy. A new run ID is a restart, a changed role is a failover.",
		LabelMasterReplID, LabelMaxmemoryPolicy, LabelOS, LabelProcessID, LabelRedisBuildID, LabelRedisMode, LabelRedisVersion,
		LabelRole, LabelRunID, LabelTCPPort, LabelValkeyReleaseStage, LabelValkeyVersion)
	ServerInfo = server.gauge("redis_server_info", Info, Reply("INFO server: server_name, server_mode or redis_mode, version, availability_zone"),
		"Product, its own version, mode and availability zone. Unlike the compatible version that every Valkey reports, the version here tells Valkey from Redis.",
		LabelAvailabilityZone, LabelMode, LabelName, LabelVersion)
	ModuleInfo = server.gauge("redis_module_info", Info, Reply("INFO modules: module"),
		"A module that the server has loaded, and what it is linked with.",
		LabelAPI, LabelFilters, LabelName, LabelUsedBy, LabelUsing, LabelVer)
	ProcessID = server.gauge("redis_process_id", None, field("server", "process_id", number),
		"Process ID of the server on its host; 1 in most containers.")
	ServerTime = server.gauge("redis_server_time_seconds", Timestamp, field("server", "server_time_usec", micros),
		"The server's clock. If it differs from Prometheus' time by more than a scrape takes, the host's clock is off and TTLs given as dates are too.")
	HZ = server.gauge("redis_hz", PerSecond, field("server", "hz", number),
		"How often per second the server runs its background work, such as expiring keys. It rises by itself with many clients.")
	ConfiguredHZ = server.gauge("redis_configured_hz", PerSecond, field("server", "configured_hz", number),
		"How often per second background work is configured to run, before the server adapts it to its clients.")
	ClientsHZ = server.gauge("redis_clients_hz", PerSecond, field("server", "clients_hz", number),
		"How often per second the server looks after its clients: timeouts and buffer sizes (Valkey 8.1 and later).")
)

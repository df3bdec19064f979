package metric

var clients = &Topic{
	title: "Clients",
	intro: "Who is connected, who waits, and who was turned away.",
}

// Connections.
var (
	ConnectedClients = clients.gauge("redis_connected_clients", None, field("clients", "connected_clients", number),
		"Open client connections, without replicas. A steady rise is a leak in a connection pool; a fall to almost none is a deployment or a network fault.")
	BlockedClients = clients.gauge("redis_blocked_clients", None, field("clients", "blocked_clients", number),
		"Clients that wait in a blocking command such as BLPOP. For queue workers this is good: it counts the idle ones, and none idle while jobs wait means too few workers.")
	MaxClients = clients.gauge("redis_max_clients", None, field("clients", "maxclients", number),
		"Connections that the server accepts at most. The next one is refused with an error.")
	ClusterConnections = clients.gauge("redis_cluster_connections", None, field("clients", "cluster_connections", number),
		"Sockets that the cluster bus uses; about twice the number of other nodes.")
	ConnectionsReceived = clients.counter("redis_connections_received_total", None, field("stats", "total_connections_received", number),
		"Connections accepted. A rate close to that of commands means that an application connects anew for each command.")
	RejectedConnections = clients.counter("redis_rejected_connections_total", None, field("stats", "rejected_connections", number),
		"Connections refused because the limit of clients was reached. Any growth is users who see errors.")
	EvictedClients = clients.counter("redis_evicted_clients_total", None, field("stats", "evicted_clients", number),
		"Clients disconnected because all client buffers together exceeded maxmemory-clients.")
)

// Buffers of clients.
var (
	ClientMaxInputBuffer = clients.gauge("redis_client_recent_max_input_buffer_bytes", Bytes, field("clients", "client_recent_max_input_buffer", number),
		"Largest query buffer of any client a few seconds ago. Megabytes mean oversized values or huge pipelines.")
	ClientMaxOutputBuffer = clients.gauge("redis_client_recent_max_output_buffer_bytes", Bytes, field("clients", "client_recent_max_output_buffer", number),
		"Largest reply buffer of any client a few seconds ago. It grows when a client asks for much and reads slowly.")
	OutputBufferDisconnections = clients.counter("redis_client_output_buffer_limit_disconnections_total", None, field("stats", "client_output_buffer_limit_disconnections", number),
		"Clients disconnected because replies piled up beyond client-output-buffer-limit. Slow subscribers and replicas come first.")
	QueryBufferDisconnections = clients.counter("redis_client_query_buffer_limit_disconnections_total", None, field("stats", "client_query_buffer_limit_disconnections", number),
		"Clients disconnected because a request grew beyond client-query-buffer-limit.")
	ReplyBufferExpands = clients.counter("redis_reply_buffer_expands_total", None, field("stats", "reply_buffer_expands", number),
		"Times that the reply buffer of a client was enlarged.")
	ReplyBufferShrinks = clients.counter("redis_reply_buffer_shrinks_total", None, field("stats", "reply_buffer_shrinks", number),
		"Times that the reply buffer of an idle client was made smaller.")
)

// Clients that wait or watch.
var (
	ClientsInTimeoutTable = clients.gauge("redis_clients_in_timeout_table", None, field("clients", "clients_in_timeout_table", number),
		"Blocked clients whose wait has a time limit.")
	BlockingKeys = clients.gauge("redis_total_blocking_keys", None, field("clients", "total_blocking_keys", number),
		"Keys on which at least one client waits, for example queues with idle workers.")
	BlockingKeysOnNoKey = clients.gauge("redis_total_blocking_keys_on_nokey", None, field("clients", "total_blocking_keys_on_nokey", number),
		"Keys on which a client waits and would also be woken by their deletion, such as streams read by a consumer group.")
	WatchingClients = clients.gauge("redis_watching_clients", None, field("clients", "watching_clients", number),
		"Clients in optimistic locking: they have called WATCH and not yet EXEC.")
	WatchedKeys = clients.gauge("redis_total_watched_keys", None, field("clients", "total_watched_keys", number),
		"Keys under WATCH by any client. Thousands slow down every write.")
	ClientsPaused = clients.gauge("redis_clients_paused", Bool, field("clients", "paused_actions", busy("none", "write", "all")),
		"1 while CLIENT PAUSE or a failover holds back writes or all commands. Long pauses look like an outage to applications (Valkey 8.1 and later).")
	ClientsPausedTimeout = clients.gauge("redis_clients_paused_timeout_seconds", Seconds, field("clients", "paused_timeout_milliseconds", millis),
		"Time until held-back clients go on; 0 when none is held back (Valkey 8.1 and later).")
)

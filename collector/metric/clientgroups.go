package metric

var clientGroups = &Topic{
	title: "Clients by group, and channels",
	intro: "Who is connected, by groups that the configuration names; the first that matches a client has it, what matches none is `other`, and the exporter's own connections are `exporter`. " +
		"The list of clients is asked for now and then, not in a scrape. Replicas and the link to a primary are no clients. " +
		"What the latest list did not tell, or the server does not let the exporter see, is absent.",
}

// By group.
var (
	ClientGroupConnections = clientGroups.gauge("redis_client_group_connections", None, Reply("CLIENT LIST: name, user, lib-name"),
		"Connections of a group. More than the application's pools may hold is a pool that leaks, or an instance too many.", LabelGroup)
	ClientGroupMaxConnections = clientGroups.gauge("redis_client_group_max_connections", None, Own("its configuration"),
		"Connections that a group may have (max_connections); absent where any number is right.", LabelGroup)
	ClientGroupBlocked = clientGroups.gauge("redis_client_group_blocked_connections", None, Reply("CLIENT LIST: flags"),
		"Connections of a group that wait in a command such as BLPOP: idle workers.", LabelGroup)
	ClientGroupIdlest = clientGroups.gauge("redis_client_group_max_idle_seconds", Seconds, Reply("CLIENT LIST: idle"),
		"Time for which the idlest connection of a group has sent nothing; those that are blocked or have subscribed wait on purpose and are left out. Hours are a connection that was forgotten. 0 without connections.", LabelGroup)
)

// What clients have not read.
var (
	ClientOutputBuffers = clientGroups.gauge("redis_client_output_buffer_bytes", Bytes, Reply("CLIENT LIST: omem"),
		"Answers and messages that the clients of a class have not read yet, all together. It is memory of the server.", LabelClass)
	ClientLargestOutputBuffer = clientGroups.gauge("redis_client_output_buffer_max_bytes", Bytes, Reply("CLIENT LIST: omem"),
		"What the client of a class that is furthest behind has not read yet. At the limits of redis_config_client_output_buffer_limit_bytes the server cuts it off.", LabelClass)
	SlowSubscribers = clientGroups.gauge("redis_slow_subscribers", None, Reply("CLIENT LIST: omem, and CONFIG GET: client-output-buffer-limit"),
		"Subscribers that have left unread more than a share (clients.slow_subscriber) of what they may, by the lower of the hard and the soft limit. They are about to be cut off and to lose messages. Absent where there is no limit.")
)

// Channels.
var (
	ChannelSubscribers = clientGroups.gauge("redis_pubsub_channel_subscribers", None, Reply("PUBSUB NUMSUB and SHARDNUMSUB"),
		"Subscribers of a channel that the configuration names. Those that subscribe by a pattern are not among them.", LabelChannel)
	ChannelMinSubscribers = clientGroups.gauge("redis_pubsub_channel_min_subscribers", None, Own("its configuration"),
		"Subscribers that a channel must have (min_subscribers); absent where it does not matter.", LabelChannel)
)

// How far this can be trusted.
var (
	ClientListAge = clientGroups.gauge("redis_exporter_client_list_age_seconds", Seconds, Own("its clock"),
		"Time since the latest list of clients; absent until there was one.")
	ClientListDuration = clientGroups.gauge("redis_exporter_client_list_duration_seconds", Seconds, Own("its round trips"),
		"How long the latest list of clients took. The server serves nobody else while it writes the list.")
	ClientListLeftOut = clientGroups.gauge("redis_exporter_client_list_left_out", Bool, Reply("INFO clients: connected_clients"),
		"1 while more clients are connected than may be listed (clients.max_clients). Nothing is known of groups and buffers then.")
)

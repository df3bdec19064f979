package metric

var pubsub = &Topic{
	title: "Pub/sub and client-side caching",
	intro: "Who listens, and how much the server has to remember for clients that cache.",
}

// Subscriptions.
var (
	PubSubClients = pubsub.gauge("redis_pubsub_clients", None, field("clients", "pubsub_clients", number),
		"Clients in subscription mode. A message published while nobody listens is lost.")
	PubSubChannels = pubsub.gauge("redis_pubsub_channels", None, field("stats", "pubsub_channels", number),
		"Channels with at least one subscriber. Steady growth is a channel per request that nobody leaves.")
	PubSubPatterns = pubsub.gauge("redis_pubsub_patterns", None, field("stats", "pubsub_patterns", number),
		"Patterns with at least one subscriber. Every published message is compared with each of them.")
	PubSubShardChannels = pubsub.gauge("redis_pubsubshard_channels", None, field("stats", "pubsubshard_channels", number),
		"Shard channels of a cluster with at least one subscriber.")
)

// Client-side caching.
var (
	TrackingClients = pubsub.gauge("redis_tracking_clients", None, field("clients", "tracking_clients", number),
		"Clients that are told when keys they have cached change.")
	TrackingKeys = pubsub.gauge("redis_tracking_total_keys", None, field("stats", "tracking_total_keys", number),
		"Keys that the server remembers for caching clients. At tracking-table-max-keys it starts to forget and to invalidate early.")
	TrackingItems = pubsub.gauge("redis_tracking_total_items", None, field("stats", "tracking_total_items", number),
		"Pairs of key and client that the server remembers for caching clients.")
	TrackingPrefixes = pubsub.gauge("redis_tracking_total_prefixes", None, field("stats", "tracking_total_prefixes", number),
		"Key prefixes that caching clients follow in broadcast mode. Every write is compared with each of them.")
)

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var clientAlerts = []*Alert{groupOverLimit, slowSubscriber, channelUnheard}

var groupOverLimit = &Alert{
	Name: alert.ClientGroupOverLimit, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Recent(metric.ClientGroupConnections).Exceeds(promql.Recent(metric.ClientGroupMaxConnections)),
	For:         10 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $labels.group }} has {{ $value | humanize }} connections to Valkey {{ $labels.instance }}, more than it may`,
	Description: `For {for} the clients of this group have had more connections than the configuration says is right, now {{ $value | humanize }}. A pool leaks, or more instances run than should.`,
	Runbook: Runbook{
		Meaning: "The clients of a group of the configuration have more connections than its `max_connections`.",
		Impact:  "None yet. A pool that leaks goes on until `maxclients` is reached, and then nobody gets in any more: see `ValkeyClientsNearLimit`, which fires when it is almost too late.",
		Diagnosis: []Step{
			{"", "In Prometheus: `redis_client_group_connections` of the group. A slope is a leak, a step is a deployment. `redis_client_group_max_idle_seconds` that only grows: a connection that nobody remembers."},
			{"valkey-cli CLIENT LIST", "The lines with the `name`, `user` or `lib-name` of the group. Count by `addr`: one host with too many, or too many hosts? `age` and `idle` alike: opened and never used."},
			{"", "Of the application: how many instances run, and how large is the pool of each? Both of them count during a deployment."},
		},
		Mitigation: []string{
			"Restart the instance whose pool leaks; then find where a connection is not given back, mostly after an error.",
			"`CLIENT KILL ID ...` ends single connections, `CONFIG SET timeout 300` all that idle for so long; pools that do not expect that see errors once.",
			"If so many are right, because there are more instances now, raise `max_connections` of the group.",
		},
		Why:   "The specification wants ten connections per service, which is what a group may have if nothing else is said. {for}, so that a deployment, during which old and new instances run side by side, passes unnoticed.",
		Blind: "Groups without `max_connections`, and clients of the group `other`: no name, or one that no group matches. While more clients are connected than `clients.max_clients`, or the exporter may not run `CLIENT LIST`, nothing is known. Behind a proxy its connections are seen, not those of the applications.",
	},
}

var slowSubscriber = &Alert{
	Name: alert.SlowSubscriber, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Recent(metric.SlowSubscribers).Positive(),
	For:         time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Subscribers of Valkey {{ $labels.instance }} are about to be cut off: {{ $value | humanize }}`,
	Description: `For {for} there have been subscribers that read more slowly than messages come, now {{ $value | humanize }}. At client-output-buffer-limit the server closes their connections, and they lose messages.`,
	Runbook: Runbook{
		Meaning: "Messages pile up in the server for some subscribers: more than a share (`clients.slow_subscriber`, half by default) of what `client-output-buffer-limit` allows them.",
		Impact:  "Memory of the server, and messages that arrive late. At the limit the connection is closed and all that waits is lost: then `ValkeyClientsCutOff` fires.",
		Diagnosis: []Step{
			{"valkey-cli CLIENT LIST TYPE pubsub", "The one with the large `omem`: `addr`, `name` and `user` say who it is, `sub` and `psub` how much it listens to."},
			{"valkey-cli CONFIG GET client-output-buffer-limit", "`pubsub`: hard limit, soft limit, and for how many seconds it may be above the soft one."},
			{"valkey-cli INFO commandstats", "`calls` of `cmdstat_publish` twice, ten seconds apart: is more published than usual?"},
			{"", "Of the subscriber: does it work on a message before it reads the next, does it swap, is it stopped?"},
		},
		Mitigation: []string{
			"Restart the subscriber if it hangs, and reload what it keeps by messages, such as a local cache.",
			"Let it only take messages in and work on them elsewhere, or share the channels out among several.",
			"Publish less: smaller messages, or a channel for those who need all of them.",
			"Raise the limit for a while: `CONFIG SET client-output-buffer-limit \"pubsub 64mb 16mb 60\"`; it counts towards memory.",
		},
		Why:   "Half of the limit is megabytes, which no subscriber that reads ever has waiting. {for}, because a burst is read within seconds. It warns before the loss; `ValkeyClientsCutOff` tells of it afterwards.",
		Blind: "A burst that fills the whole buffer between two lists of clients (`clients.interval`): only the loss shows. A server without a limit for subscribers, where memory is the limit. Replicas: `redis_client_output_buffer_max_bytes` has them too, and `ValkeyReplicationLag` is their alert.",
	},
}

// While a server loads its data, clients wait until it is done before they subscribe.
// An inhibition would not do: listeners that come back leave this one firing for longer
// than its cause.
var channelUnheard = &Alert{
	Name: alert.ChannelUnheard, Component: alert.Server, Severity: config.Warning,
	Expr: onPrimary(promql.Recent(metric.ChannelSubscribers).FallsBelow(promql.Recent(metric.ChannelMinSubscribers))).
		Unless(promql.Recent(metric.Loading).Is(1), promql.OnInstance()),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `Channel {{ $labels.channel }} on Valkey {{ $labels.instance }} has too few subscribers: {{ $value | humanize }}`,
	Description: `For {for} fewer have listened to this channel than the configuration says must, now {{ $value | humanize }}. Who does not listen loses what is published; nobody keeps it.`,
	Runbook: Runbook{
		Meaning: "A channel of the configuration has fewer subscribers than its `min_subscribers`.",
		Impact:  "Messages on the channel reach fewer than they should, or nobody, and are gone. What depends on them, such as the invalidation of local caches, does not happen; the publisher gets no error.",
		Diagnosis: []Step{
			{"valkey-cli PUBSUB NUMSUB events:user:created", "How many listen; put in the channel of the alert. `PUBSUB NUMPAT` counts those who subscribe by pattern, who may hear it too."},
			{"valkey-cli PUBSUB CHANNELS", "Which channels have subscribers at all: has the name changed on one side?"},
			{"valkey-cli CLIENT LIST TYPE pubsub", "Who listens. The service that is missing is down, or connected anew without subscribing."},
		},
		Mitigation: []string{
			"Start the subscriber again; after each new connection it must subscribe anew.",
			"Reload what it keeps by messages: it has missed some.",
			"What must not be lost belongs in a stream or a list, not in pub/sub.",
		},
		Why:   "How many must listen is only known to you, so a channel without `min_subscribers` never fires. {for} leaves out a deployment. A server that loads its data is `ValkeyLoadingDataset`: whom it answers with `LOADING` does not subscribe yet.",
		Blind: "Subscribers by pattern (`PSUBSCRIBE`) are not counted: leave `min_subscribers` off where they are used. A subscriber that is connected and does nothing with what it hears. In a cluster each node knows its own subscribers only.",
	},
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

var clientsNearLimit = &Alert{
	Name: alert.ClientsNearLimit, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Recent(metric.ConnectedClients).Over(promql.Recent(metric.MaxClients).Positive()).
		Above(config.ClientsOfLimit),
	For:         5 * time.Minute,
	KeepFiring:  5 * time.Minute,
	Summary:     `{{ $value | humanizePercentage }} of the connections that Valkey {{ $labels.instance }} allows are in use`,
	Description: `For {for} more than {clients_of_limit} of maxclients have been connected, now {{ $value | humanizePercentage }}. At 100 % the server refuses everybody who connects.`,
	Runbook: Runbook{
		Meaning: "More than {clients_of_limit} of the connections that `maxclients` allows are open.",
		Impact:  "None yet. At the limit new connections are refused: after a restart an application does not get in any more, and neither do monitoring and you.",
		Diagnosis: []Step{
			{"valkey-cli INFO clients", "`connected_clients` against `maxclients`. Many `blocked_clients` are workers that wait for jobs."},
			{"valkey-cli CLIENT LIST", "Count by `name` and `addr`. A high `age` with an `idle` as high: connections that were opened and forgotten, a pool that leaks."},
			{"valkey-cli CONFIG GET timeout", "0: the server never closes idle connections."},
			{"valkey-cli INFO stats", "`total_connections_received` twice, ten seconds apart: hundreds more are a client that connects for each command."},
		},
		Mitigation: []string{
			"Raise the limit with `CONFIG SET maxclients`, if the limit of open files of the process allows it, and in the configuration file.",
			"Restart the application whose pool leaks, one instance after another.",
			"`CONFIG SET timeout 300` closes what is idle; pools that do not expect that see errors once.",
			"Set the size of each pool to what it needs: instances times pool size has to fit, also during a deployment, when old and new ones run.",
		},
		Why:   "The specification names client connections and no number. {clients_of_limit} leaves a fifth for a deployment that doubles the instances of one application. The limit is the one that is in force: a server that may open fewer files than `maxclients` needs lowers it by itself. {for} leaves out a deployment.",
		Blind: "Replicas and links of a cluster take places too and are not in the number of clients. Connections that a proxy holds are not those of applications. A leak of a few connections a day shows in the panel long before.",
	},
}

var connectionsRejected = &Alert{
	Name: alert.ConnectionsRejected, Component: alert.Server, Severity: config.Critical,
	Expr:        promql.Increase(metric.RejectedConnections, window).Positive(),
	KeepFiring:  5 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} refuses connections`,
	Description: `About {{ printf "%.0f" $value }} connections were refused within five minutes, because maxclients was reached. Those who tried to connect got an error.`,
	Runbook: Runbook{
		Meaning: "As many clients are connected as `maxclients` allows, and the server has refused further ones with `ERR max number of clients reached`.",
		Impact:  "Applications and workers that connect now fail. Those that are connected go on, until they connect again.",
		Diagnosis: []Step{
			{"valkey-cli INFO clients", "`connected_clients` against `maxclients`. If you are refused yourself, end a client first: on the host, stop an instance of an application that can be spared."},
			{"valkey-cli INFO stats", "`rejected_connections` twice, ten seconds apart: does it go on?"},
			{"valkey-cli CLIENT LIST", "Count by `name` and `addr`: who has so many? A high `idle`: forgotten ones."},
			{"valkey-cli CONFIG GET maxclients", "The limit in force. Lower than the configuration file says: the process may not open more files, and the server's log said so when it started."},
		},
		Mitigation: []string{
			"Raise the limit at once with `CONFIG SET maxclients`; it needs no restart. If it is refused, the limit of open files has to be raised first, and that needs one.",
			"End what is forgotten: `CONFIG SET timeout 60` for a while, or `CLIENT KILL MAXAGE` where the server has it.",
			"Restart the application that leaks connections.",
		},
		Why:   "Each refused connection is somebody who got an error, so there is neither a threshold nor a wait. The server counts from its start and reads 0 before the first, so that the first one is seen. The alert lasts five minutes longer than the last refusal is counted, as they come in bursts.",
		Blind: "Connections that never reached the server are not counted: a full backlog of the listening socket, a firewall, a proxy. The exporter keeps its connection; if it has to connect anew at the limit, `ValkeyDown` fires instead.",
	},
}

// cutOffWindow is how far back a client that was cut off is remembered: it
// happens once in a while, and what it has lost does not come back.
const cutOffWindow = 15 * time.Minute

var clientsCutOff = &Alert{
	Name: alert.ClientsCutOff, Component: alert.Server, Severity: config.Warning,
	Expr:        promql.Increase(metric.OutputBufferDisconnections, cutOffWindow).Positive(),
	KeepFiring:  15 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} has cut off clients that read too slowly`,
	Description: `About {{ printf "%.0f" $value }} clients were disconnected within a quarter of an hour, because their replies piled up beyond client-output-buffer-limit. Subscribers have lost messages, replicas have to catch up.`,
	Runbook: Runbook{
		Meaning: "Clients have read more slowly than the server wrote to them. When what was waiting exceeded `client-output-buffer-limit`, the server closed the connection.",
		Impact:  "A subscriber has lost all messages until it was back: a cache that is invalidated by messages then serves old values. A replica falls back to a full copy, which loads both servers, and may be cut off again.",
		Diagnosis: []Step{
			{"valkey-cli CONFIG GET client-output-buffer-limit", "By class: the hard limit, the soft limit and its seconds."},
			{"valkey-cli CLIENT LIST TYPE pubsub", "Subscribers: a large `omem` is one that reads too slowly, and the next to be cut off."},
			{"valkey-cli CLIENT LIST TYPE replica", "The same of replicas."},
			{"valkey-cli INFO replication", "`sync_full` of `INFO stats` and the state of each replica: is one copied anew again and again?"},
			{"", "The server's log names the client: `scheduled to be closed ASAP for overcoming of output buffer limits`."},
		},
		Mitigation: []string{
			"Empty or reload what the subscriber keeps, such as a local cache: it has missed messages.",
			"Raise the limit of the class, for example `CONFIG SET client-output-buffer-limit \"pubsub 64mb 16mb 60\"`; it counts towards memory.",
			"Let the subscriber only take messages in and work on them elsewhere, or publish less.",
			"What must not be lost belongs in a stream or a list, not in pub/sub.",
		},
		Why:   "It should never happen, and each time somebody has lost something without an error at the publisher: hence neither a threshold nor a wait. No other alert of the field asks for it; replicas that are cut off are usually noticed as full resyncs much later. A quarter of an hour, and as long again, so that it is still there when somebody looks.",
		Blind: "It does not say which class of clients: the server counts them together. Messages that were published while a subscriber was not connected are lost as well, and nobody counts them. Servers older than Valkey 8.0 and Redis 7.4 do not count it.",
	},
}

package dashboards

import (
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
	"valkey-exporter/rules/promql"
)

func speedLines() []grafana.Line {
	calls, spent := rate(metric.CommandCalls), rate(metric.CommandDuration)
	return []grafana.Line{
		{Height: graphs, Panels: loadByCommand(calls, spent)},
		{Height: graphs, Panels: speedAgainstLimits()},
		{Height: graphs, Panels: slowestCommands(calls, spent)},
	}
}

// loadByCommand is what is asked most, and what that takes.
func loadByCommand(calls, spent promql.Expr) []grafana.Panel {
	return []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Commands per second, by command", NoValue: "no commands", Width: wide,
				What:  "The most frequent ones. What the exporter itself sends is among them: a few a second.",
				Bad:   "`keys` at all, or one that has just begun to rise.",
				First: "`valkey-cli CLIENT LIST` shows which client sent what last.",
			},
			Unit: units.OpsPerSecond, Lines: line(calls.Top(most), byCommand),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "What does the main thread spend its time on?", NoValue: "no commands", Width: wide,
				What:  "Seconds of each second, by command: frequent cheap ones and rare dear ones in the same unit.",
				Bad:   "All commands of a server together near 100 %: it can do no more.",
				First: "What is on top is what to make cheaper, or to send less often.",
			},
			Unit: units.PercentUnit, Lines: line(spent.Top(most), byCommand),
		},
	}
}

// speedAgainstLimits is how fast each server is, with what is too slow.
func speedAgainstLimits() []grafana.Panel {
	return []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{Title: "Main thread, share of a processor", NoValue: "not told", Bad: "Near 1 everybody waits, and more clients only make it worse.", First: "See on the right of the row above which commands it is."},
			Unit: units.PercentUnit, Lines: line(recorded(rules.MainThread).Top(most), byInstance),
			Marks: []grafana.Mark{grafana.Above(alert.MainThreadSaturated, config.MainThread)}, Share: true,
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Average time of a command", NoValue: "no commands",
				Bad:   "It rises for all commands at once: the machine is the reason. For one: that command.",
				First: "`valkey-cli SLOWLOG GET 10`.",
			},
			Unit: units.Seconds, Lines: line(recorded(rules.CommandTime).Top(most), byInstance),
			Marks: []grafana.Mark{grafana.Above(alert.CommandLatencyHigh, config.CommandLatency)}, Far: true,
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Slow commands per minute", Of: metric.SlowlogLastID, NoValue: "slow log not readable",
				What:  "New entries of the slow log.",
				First: "`valkey-cli SLOWLOG GET 10` shows them with their arguments and their client.",
			},
			Unit: units.Short, Lines: line(promql.NotBelowZero(promql.Delta(metric.SlowlogLastID, slowlogWindow)).Scaled(1/slowlogWindow.Minutes()).Top(most), byInstance),
			Marks: []grafana.Mark{grafana.Above(alert.SlowCommands, config.SlowCommands)},
		},
	}
}

// slowestCommands are those that keep others waiting.
func slowestCommands(calls, spent promql.Expr) []grafana.Panel {
	return []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "99 of 100 commands take at most, by command", NoValue: "not told", Width: wide,
				What: "Of the last minutes, inside the server, from the histogram of LATENCY HISTOGRAM; Redis before 7.0 has none. The slowest commands; those that wait for others, such as BLPOP, count the time that they execute.",
				Bad:  "Much more than the average: some calls are dear, as a rule those of large collections.",
			},
			Unit: units.Microseconds, Lines: line(promql.QuantileOfAll(0.99, metric.CommandLatencyHistogram, promql.RateInterval, promql.Without{}).Known().Top(most), byCommand),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Average time, by command", Of: metric.CommandDuration, NoValue: "no commands", Width: wide,
				What: "The slowest ones.",
				Bad:  "Milliseconds: such a command keeps all others waiting.",
			},
			Unit: units.Seconds, Lines: line(spent.Over(calls.Positive()).Top(most), byCommand),
		},
	}
}

// slowlogWindow is over how long slow commands are counted, as for the alert.
const slowlogWindow = 10 * time.Minute

func errorLines() []grafana.Line {
	denied := rate(metric.DeniedAuth)
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Error replies per second, by kind", NoValue: "no errors yet", Width: 10,
				What:   "The server counts a kind once it has occurred.",
				Bad:    "`OOM`, `MISCONF`, `NOREPLICAS`: writes are lost. `WRONGTYPE`, `ERR`: a mistake in an application.",
				Alerts: []alert.Name{alert.WritesRejected, alert.ErrorReplies},
			},
			Unit: units.Short, Lines: line(rate(metric.ErrorsTotal).Top(most), "{{err}} · {{instance}}"),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Failed commands per second, by command", NoValue: "none", Width: 7,
				What: "Those that ended with an error while they were executed.",
			},
			Unit: units.Short, Lines: line(rate(metric.CommandFailed).Positive().Top(most), byCommand),
		},
		grafana.Graph{
			Head: grafana.Head{
				Title: "Refused by access rules, per second", NoValue: "not told", Width: 7,
				What: "By reason: the password, the command, the key or the channel.",
				Bad:  "Passwords, steadily: somebody guesses, or a deployment has an old one.",
			},
			Unit: units.Short, Lines: append(append(append(
				line(denied.Top(most), "password · {{instance}}"),
				line(rate(metric.DeniedCommand).Top(most), "command · {{instance}}")...),
				line(rate(metric.DeniedKey).Top(most), "key · {{instance}}")...),
				line(rate(metric.DeniedChannel).Top(most), "channel · {{instance}}")...),
		},
	}}}
}

func clientLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Connected clients", NoValue: "no server", Width: wide,
					What:   "Dashed in red what the server accepts, where it is less than ten times as many.",
					Bad:    "A steady rise is a leak in a connection pool; at the limit the next one is refused.",
					First:  "`valkey-cli CLIENT LIST`: which name or address has most, and since when they are idle.",
					Alerts: []alert.Name{alert.ClientsNearLimit},
				},
				Unit: units.Short, Lines: line(the(metric.ConnectedClients).Top(most), byInstance),
				Limits: []grafana.Limit{{Query: grafana.Q(nearClientLimit().Top(most), "limit · {{instance}}"), Severity: config.Critical}},
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Blocked clients (idle workers)", NoValue: "no server", Width: wide,
					What: "For workers that wait with BLPOP this is good: it counts the idle ones.",
					Bad:  "None, while jobs wait: there are too few workers.",
				},
				Unit: units.Short, Lines: line(the(metric.BlockedClients).Top(most), byInstance),
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{Title: "New connections per second", NoValue: "no server", Bad: "As many as commands: an application connects anew for each."},
				Unit: units.Short, Lines: line(rate(metric.ConnectionsReceived).Top(most), byInstance),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Connections refused or cut off per second", NoValue: "no server",
					What:   "Refused because of maxclients; cut off because a client read too slowly; evicted because of maxmemory-clients.",
					Bad:    "Any: somebody sees errors.",
					Alerts: []alert.Name{alert.ConnectionsRejected, alert.ClientsCutOff},
				},
				Unit: units.Short, Lines: append(append(
					line(rate(metric.RejectedConnections).Top(most), "refused · {{instance}}"),
					line(rate(metric.OutputBufferDisconnections).Top(most), "cut off · {{instance}}")...),
					line(rate(metric.EvictedClients).Top(most), "evicted · {{instance}}")...),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Largest buffers of a client", Of: metric.ClientMaxOutputBuffer, NoValue: "no server",
					What: "For answers, and for requests.",
					Bad:  "Megabytes: huge answers or pipelines, or a client that does not read.",
				},
				Unit: units.BytesIEC, Lines: append(
					line(the(metric.ClientMaxOutputBuffer).Top(most), "answers · {{instance}}"),
					line(the(metric.ClientMaxInputBuffer).Top(most), "requests · {{instance}}")...),
			},
		}},
		groupLine(),
	}
}

// nearClientLimit is the limit of clients of servers that have a tenth of it: the
// usual ten thousand would press all else against the axis.
func nearClientLimit() promql.Expr {
	return the(metric.MaxClients).And(the(metric.ConnectedClients).Scaled(10).Exceeds(the(metric.MaxClients)))
}

package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// busy is the label err of a scrape that a script kept from the server's numbers.
const busy = "busy"

// The answer BUSY goes with redis_up 1, and the series of err="busy" goes stale with
// the first scrape that has INFO again. So the one half counts how often it was the
// answer, and the other says that nothing better has come since; a scrape that timed
// out in between does not begin anew.
var blocked = &Alert{
	Name: alert.Blocked, Component: alert.Server, Severity: config.Critical,
	Expr: promql.Sum(promql.OnesOver(metric.LastScrapeError, 3*time.Minute, promql.Eq(metric.LabelErr, busy)), promql.Without{metric.LabelErr}).AboveNumber(1).
		And(promql.Recent(metric.SourceSuccess, promql.Eq(metric.LabelSource, "info")).Is(0), promql.OnInstance()),
	For:         time.Minute,
	KeepFiring:  2 * time.Minute,
	Summary:     `A script blocks Valkey {{ $labels.instance }}: it answers everybody with BUSY`,
	Description: `For {for} a script or function has kept the server to itself. Every command of every application is refused until it ends or is killed: nobody can read, write or enqueue.`,
	Runbook: Runbook{
		Meaning: "The server runs one Lua script or function, and answers everything else with `BUSY`. One thread executes all commands, so nothing is served beside a script.",
		Impact:  "As in an outage: every cache look-up, session and job fails. `redis_up` is 1, because the server does answer.",
		Diagnosis: []Step{
			{"valkey-cli PING", "`PONG`: it is over. `BUSY` says which command ends it: `SCRIPT KILL` or `FUNCTION KILL`. While it lasts, `INFO`, `CLIENT LIST` and `SLOWLOG` get the same answer: they cannot tell whose script it is."},
			{"valkey-cli FUNCTION STATS", "The only question that is answered meanwhile, and only if it is a function: `running_script` has its name, the command and how long it has run."},
			{"", "The server's log: `Slow script detected`, with the SHA1 of the script or the name of the function. Search the applications for it."},
			{"valkey-cli SLOWLOG GET 10", "Afterwards: the script, how long it took, and the address and name of the client. Of an `EVALSHA` it has only the SHA1."},
			{"valkey-cli INFO commandstats", "Afterwards: `calls` and `usec_per_call` of `eval`, `evalsha` and `fcall`. If `calls` grows fast, the next one is on its way."},
		},
		Mitigation: []string{
			"`SCRIPT KILL`, or `FUNCTION KILL`, whichever the answer `BUSY` names. It ends a script that has not written, at once and without loss.",
			"`UNKILLABLE`: the script has written, and to end it half-way would leave half of its writes. If it will end by itself soon, wait.",
			"If it will not, and a replica is healthy: promote that with `REPLICAOF NO ONE` and point the applications to it. The writes of a script are sent when it ends, so that the replica has none of them.",
			"Without a replica: `SHUTDOWN NOSAVE`, and start the server. What the script has written is lost as a whole. With an append-only file that is all; with snapshots alone everything since the last one is lost, jobs too; with neither, everything.",
			"Stop whoever sends it before you kill it a second time: clients try again, and the next one blocks as well.",
		},
		Why: "Two scrapes within three minutes were answered with `BUSY`, none has succeeded since, and that for {for}: a script of some ten seconds is met by one scrape only, and one of half a minute is over by then. " +
			"It is told after about two minutes at a scrape interval of 15 seconds, and within about four at a minute. A value holds for three minutes, so that a missed scrape does not make the wait begin again; nor does one that times out in between. " +
			"It pages, because nothing gets through. `ValkeyDown` does not fire: an answer is not down, and something else is to be done. It fires for two minutes more, so that a script which is sent again at once is the same incident.",
		Blind: "The first `busy-reply-threshold` milliseconds of a script, 5000 by default: until then the server answers nothing at all, and where that is 0 it never says `BUSY`. Then it is `ValkeyDown`. " +
			"Scripts that block for some ten seconds again and again, with time for a scrape in between, and a slow command that is no script: `ValkeySlowCommands`, `ValkeyCommandLatencyHigh`. Whether the script would end by itself.",
	},
}

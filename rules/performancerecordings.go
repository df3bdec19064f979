package rules

import (
	"strings"

	"valkey-exporter/collector/metric"
	"valkey-exporter/rules/promql"
)

// blocking commands end when somebody else has done something, or when their time
// is up. The wait does not count as time that they take (measured on Valkey 8.0);
// but there are many from idle workers, which cost next to nothing and would make
// the average look better than it is.
var blocking = []string{
	"blpop", "brpop", "brpoplpush", "blmove", "blmpop", "bzpopmin", "bzpopmax", "bzmpop",
	"xread", "xreadgroup", "wait", "waitaof", "monitor", "subscribe", "psubscribe", "ssubscribe",
}

// monitoring are commands that exporters and health checks send whether or not
// an application is there: those that this exporter may use, and what connections
// and replicas keep up with.
var monitoring = []string{
	"info", "ping", "hello", "auth", "select", "type", "scan", "exists", "pttl",
	"llen", "lindex", "lpos", "lrange", "scard", "sscan", "zcard", "zrange", "xlen", "xpending", "xrange",
	"eval_ro", "evalsha_ro", "replconf", "psync", "sync",
}

// monitoringGroups are commands whose subcommands are counted one by one, as
// config|get, and older servers count together, as config.
var monitoringGroups = []string{"acl", "client", "command", "config", "latency", "memory", "object", "slowlog", "xinfo"}

// isMonitoring matches all of them.
var isMonitoring = strings.Join(monitoring, "|") + "|(" + strings.Join(monitoringGroups, "|") + ")([|].*)?"

// What is computed of the speed.
var (
	CommandRate = record("valkey:commands:rate5m", metric.PerSecond,
		"Commands per second, those of the exporter included.",
		promql.Rate(metric.CommandsProcessed, window))
	// The server counts a command only once somebody has sent it, so that the sum
	// is absent on one that applications have not found since it started: that is
	// 0, and not unknown.
	ApplicationRate = record("valkey:application_commands:rate5m", metric.PerSecond,
		"Commands of applications per second: all but those that monitoring uses.",
		promql.Sum(promql.Rate(metric.CommandCalls, window, promql.Unlike(metric.LabelCmd, isMonitoring)), promql.Without{metric.LabelCmd}).
			Or(promql.Rate(metric.CommandsProcessed, window).Scaled(0)))
	MainThread = record("valkey:main_thread_cpu:rate5m", metric.Ratio,
		"Share of one processor that the main thread uses, which executes all commands.",
		promql.Rate(metric.CPUUserMain, window).Plus(promql.Rate(metric.CPUSysMain, window)))
	CommandTime = record("valkey:command_latency_seconds:rate5m", metric.Seconds,
		"Average time that a command takes inside the server, without those that wait for others; absent when there were none.",
		promql.Sum(promql.Rate(metric.CommandDuration, window, promql.NotIn(metric.LabelCmd, blocking...)), promql.Without{metric.LabelCmd}).
			Over(promql.Sum(promql.Rate(metric.CommandCalls, window, promql.NotIn(metric.LabelCmd, blocking...)), promql.Without{metric.LabelCmd}).Positive()))
)

var performanceRecordings = []*Recording{CommandRate, ApplicationRate, MainThread, CommandTime, LatencyMissed}

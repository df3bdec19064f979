package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// Alert is one alert: what somebody is told, when and why.
type Alert struct {
	Name      alert.Name
	Component alert.Component
	Severity  config.Severity // unless the configuration says otherwise

	// Expr yields a series for each thing that is wrong. For is how long it has to
	// be wrong, so that what passes by itself wakes nobody; KeepFiring is how long
	// the alert outlasts a symptom that flickers.
	Expr       promql.Expr
	For        time.Duration
	KeepFiring time.Duration

	// OnReplicas is set for an alert of component queue that replicas have too. As
	// a rule they have none: what a replica holds is a copy, and stands still when the
	// replica is cut off.
	OnReplicas bool

	// Variants, instead of Expr, makes several rules under one name: for each
	// severity of a queue, for each job, for each window.
	Variants func(config.Validated) []Variant

	// Summary is the line of a notification, Description the sentences below it.
	// Both are templates of Prometheus; {memory_high} is the value of a threshold
	// in human units, {for} is For.
	Summary     string
	Description string

	Runbook Runbook
}

// Variant is one rule of an alert that has several.
type Variant struct {
	Expr     promql.Expr
	For      time.Duration   // 0: that of the alert
	Severity config.Severity // empty: that of the alert
	Window   string          // the label window; empty: none
	Limits   []string        // said after the description: which limits apply to what
}

// Runbook is what the one who is told should know. All texts are Markdown,
// and may name thresholds as the description does.
type Runbook struct {
	Meaning    string   // what is the case, in plain words
	Impact     string   // who suffers, and what happens if nobody acts
	Diagnosis  []Step   // how to find the cause
	Mitigation []string // what to do, the quickest relief first
	Why        string   // why the thresholds and times are what they are, and what others get wrong
	Blind      string   // what the alert does not tell
}

// Step is a look at something. Run is a command of valkey-cli, tested against a
// real server; Look says what to look for. A step without a command is done
// elsewhere.
type Step struct{ Run, Look string }

// variants are the rules of an alert, of which there is at least one unless the
// configuration needs none.
func (a *Alert) variants(c config.Validated) []Variant {
	all := []Variant{{Expr: a.Expr}}
	if a.Variants != nil {
		all = a.Variants(c)
	}
	if a.Component != alert.Queue || a.OnReplicas {
		return all
	}
	return each(all, func(v Variant) promql.Expr { return onPrimary(v.Expr) })
}

// onPrimary leaves out what a replica says.
func onPrimary(e promql.Expr) promql.Expr {
	return e.Unless(promql.Recent(metric.InstanceInfo, replica), promql.OnInstance())
}

// replica is how the role of one is written.
var replica = promql.Eq(metric.LabelRole, "slave")

// Group is a topic of rules, evaluated together and in order: recordings first,
// so that alerts compare what was recorded at the same moment.
type Group struct {
	Name    string // as in the rule file
	Title   string // the question that it answers
	Records []*Recording
	Alerts  []*Alert
}

// Groups are all groups in the order of the file.
func Groups() []Group {
	return []Group{
		{"valkey.availability", "Is it there?", nil, availabilityAlerts},
		{"valkey.memory", "Is it full?", memoryRecordings, memoryAlerts},
		{"valkey.cache", "Is the cache earning its keep?", cacheRecordings, cacheAlerts},
		{"valkey.classes", "Do keys live as long as they should?", classRecordings, classAlerts},
		{"valkey.performance", "Is it fast, and does it answer everybody?", performanceRecordings, performanceAlerts},
		{"valkey.clients", "Who is connected, and who listens?", nil, clientAlerts},
		{"valkey.durability", "Would the data survive?", nil, durabilityAlerts},
		{"valkey.replication", "Are the replicas in step?", nil, replicationAlerts},
		{"valkey.audit", "Is it set up as intended?", nil, auditAlerts},
		{"valkey.queues", "Is work getting done?", queueRecordings, queueAlerts},
		{"valkey.queue_age", "Are jobs done in time?", ageRecordings, ageAlerts},
		{"valkey.streams", "Are streams read?", nil, streamAlerts},
		{"valkey.jobs", "What becomes of jobs that go wrong?", jobRecordings, jobAlerts},
		{"valkey.exporter", "Can the exporter be believed?", nil, exporterAlerts},
		{"valkey.meta", "Does alerting work at all?", nil, metaAlerts},
	}
}

// Alerts are all alerts in the order of the groups.
func Alerts() []*Alert {
	var all []*Alert
	for _, g := range Groups() {
		all = append(all, g.Alerts...)
	}
	return all
}

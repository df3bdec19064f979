package statuspage

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// level is a judgement. It has a word beside its colour.
type level int

// The levels; a larger one needs attention sooner.
const (
	neutral  level = iota // not judged
	good                  // compared with a threshold, and fine
	blind                 // not known
	note                  // for the record
	warning               // working hours
	critical              // now
)

// Class is the level's name in the style sheet.
func (l level) Class() string {
	return [...]string{"neutral", "good", "blind", "note", "warning", "critical"}[l]
}

// Word is what the level is called on the page.
func (l level) Word() string {
	return [...]string{"", "ok", unknown, "note", "warning", "critical"}[l]
}

// levels are those of the severities. What reaches nobody is not judged.
var levels = map[config.Severity]level{config.Critical: critical, config.Warning: warning, config.Info: note, config.None: neutral}

// problem is something that needs attention.
type problem struct {
	Level   level
	Text    string
	Do      string   // what can be done about it; may be empty
	Alert   string   // the alert that is about the same
	Runbook string   // its address, if it is one
	Reasons []string // values of its label reason, or check; may be none
}

// problemsShown bounds the list of what is wrong.
const problemsShown = 20

// judge compares with the thresholds of the alert rules, and collects what is
// wrong. The rules wait until something has lasted, the page does not.
type judge struct {
	alerts   config.Alerts
	problems []problem
	blind    []string // what cannot be judged, and why
}

// usual are the severities of the alerts that do not take that of a queue. A
// test compares them with the rules, which the exporter does not link.
var usual = map[alert.Name]config.Severity{
	alert.Down: config.Critical, alert.Blocked: config.Critical, alert.LoadingDataset: config.Warning, alert.ScrapeIncomplete: config.Warning,
	alert.HighMemory: config.Warning, alert.MemoryCritical: config.Critical, alert.MemoryUnbounded: config.Warning,
	alert.HitRateLow: config.Warning, alert.HighEviction: config.Warning,
	alert.CommandRateHigh: config.Warning, alert.LatencyObjective: config.Warning, alert.ClientsNearLimit: config.Warning, alert.ConnectionsRejected: config.Critical,
	alert.ReplicaLinkDown: config.Warning, alert.ReplicationLag: config.Warning, alert.ReplicaBehind: config.Warning, alert.SnapshotFailed: config.Warning, alert.AOFWriteFailed: config.Critical,
	alert.SnapshotStale: config.Warning, alert.AOFRewriteFailed: config.Warning, alert.AOFRewriteOverdue: config.Warning,
	alert.QueueDrainTooSlow: config.Warning, alert.QueueStarved: config.Warning, alert.QueueStreamStuck: config.Warning,
	alert.QueueProcessingExpires: config.Warning, alert.QueueWorkerLost: config.Warning,
	alert.QueueMessagesVanished: config.Critical, alert.QueueEvictable: config.Warning,
	alert.ConfigDrift: config.Info, alert.QueuesNotPersisted: config.Warning, alert.Unprotected: config.Warning, alert.Insecure: config.Info,
	alert.CommandDenied: config.Info, alert.ReloadFailed: config.Warning, alert.StateNotSaved: config.Warning,
	alert.ClassLeaking: config.Warning, alert.LockStuck: config.Warning, alert.LimitUntrimmed: config.Warning, alert.TagsDead: config.Info,
	alert.ClientGroupOverLimit: config.Warning, alert.SlowSubscriber: config.Warning, alert.ChannelUnheard: config.Warning,
	alert.QueueUnreadable: config.Warning, alert.QueueLooksFailing: config.Warning, alert.DiscoveryIncomplete: config.Warning,
}

// severity is that of an alert: of the configuration, or its usual one.
func (j *judge) severity(name alert.Name) level { return j.severityOf(name, usual[name]) }

// severityOf is that of an alert that takes its own from a queue.
func (j *judge) severityOf(name alert.Name, own config.Severity) level {
	if changed, ok := j.alerts.Severity[name]; ok {
		severity, on := changed.Get()
		if !on {
			return neutral
		}
		return levels[severity]
	}
	return levels[own]
}

// above reports whether a value is above a threshold that is on. The level is
// neutral without one, blind without a value, good or that of the alert.
func (j *judge) above(v float64, t config.Threshold, name alert.Name) level {
	limit, on := j.alerts.Thresholds.Get(t)
	if !on {
		return neutral
	}
	return compare(v, limit, j.severity(name))
}

// compare is the level of a value of which that above a limit is bad.
func compare(v, limit float64, bad level) level {
	switch {
	case bad == neutral || math.IsNaN(limit):
		return neutral
	case math.IsNaN(v):
		return blind
	case v > limit:
		return bad
	}
	return good
}

// limit is a threshold, of which the caller knows that it is on.
func (j *judge) limit(t config.Threshold) float64 {
	v, _ := j.alerts.Thresholds.Get(t)
	return v
}

// tell adds a problem, if the level says that it is one.
func (j *judge) tell(l level, name alert.Name, text, do string) {
	if l < note {
		return
	}
	p := problem{Level: l, Text: text, Do: do, Alert: string(name)}
	if strings.HasPrefix(j.alerts.RunbookURL, "https://") || strings.HasPrefix(j.alerts.RunbookURL, "http://") {
		p.Runbook = strings.ReplaceAll(j.alerts.RunbookURL, "{name}", string(name))
	}
	j.problems = append(j.problems, p)
}

// because adds the reasons of what was told since there were so many problems.
func (j *judge) because(told int, reasons []string) {
	for i := range j.problems[told:] {
		j.problems[told+i].Reasons = reasons
	}
}

// cannot adds what is not known.
func (j *judge) cannot(what string) { j.blind = append(j.blind, what) }

// worst first, and otherwise in the order in which they were found.
func (j *judge) sorted() []problem {
	slices.SortStableFunc(j.problems, func(a, b problem) int { return cmp.Compare(b.Level, a.Level) })
	return j.problems
}

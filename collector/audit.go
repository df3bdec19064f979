package collector

import (
	"math"
	"strings"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config/audit"
)

// Audit is what the server is compared with.
type Audit struct {
	Baseline audit.Baseline
	Checks   audit.Switches
	// QueuesUsed says that a queue has held something lately. Queues that nobody
	// uses have nothing to lose.
	QueuesUsed bool
	// Rights says that the default user is asked about.
	Rights bool
}

// Audited is the outcome of an audit. What the server does not tell is not in it,
// but for checks, of which it says why.
type Audited struct {
	Settings []Setting
	Findings []Finding
	Checks   []Check
	Exposed  Answer // other machines can reach the server
}

// Setting is a parameter of which something is expected.
type Setting struct {
	Parameter        audit.Parameter
	Actual, Expected string // for people
	OK               bool
}

// Finding says whether settings are wrong together.
type Finding struct {
	Check audit.Check
	Is    bool
}

// Check is a check of the security.
type Check struct {
	Check audit.Check
	Answer
}

// Answer is yes or no, or why nobody can tell.
type Answer struct {
	Yes    bool
	Reason string // empty: the answer is known
}

// Known says whether there is an answer.
func (a Answer) Known() bool { return a.Reason == "" }

// Judge compares a server with what is expected of it. Of one that did not answer
// nothing is known, and a nil Audit expects nothing.
func (a *Audit) Judge(s valkey.Snapshot) Audited {
	if a == nil || !s.Up {
		return Audited{Exposed: untold(notTold)}
	}
	exposure := exposureOf(s)
	return Audited{
		Settings: settings(s.Config, a.Baseline), Findings: a.findings(s),
		Checks: a.security(s, exposure), Exposed: Answer{exposure.exposed, exposure.reason},
	}
}

// settings judges the parameters one by one. Of one that the server does not know
// nothing is said.
func settings(config map[string]string, baseline audit.Baseline) []Setting {
	all := make([]Setting, 0, len(baseline))
	for _, p := range audit.Parameters() {
		expected := baseline[p]
		if actual, told := config[p.String()]; told && !expected.Any() {
			all = append(all, Setting{p, audit.Shown(actual), expected.String(), expected.Met(p, actual)})
		}
	}
	return all
}

// findings judges settings together.
func (a *Audit) findings(s valkey.Snapshot) []Finding {
	var all []Finding
	found := func(c audit.Check, is, told bool) {
		if a.Checks[c] && told {
			all = append(all, Finding{c, is})
		}
	}
	limit := numeric(s.Config[audit.Maxmemory.String()])
	limitTold := !math.IsNaN(limit)
	found(audit.MemoryUnlimited, limit == 0, limitTold)

	// Where the queues cannot be read nobody knows whether they are used.
	used, known := a.QueuesUsed, a.QueuesUsed || s.Sources[valkey.SourceQueues].Err == nil
	policy, told := s.Config[audit.MaxmemoryPolicy.String()]
	found(audit.QueuesEvictable, used && limit > 0 && strings.HasPrefix(policy, "allkeys-"), known && told && limitTold)

	nothing, told := persistsNothing(s.Config)
	found(audit.QueuesNotPersisted, used && nothing, known && told)
	found(audit.NothingPersisted, nothing, told)
	return all
}

// persistsNothing says whether there is neither an append-only file nor a
// snapshot, and whether the server tells.
func persistsNothing(config map[string]string) (nothing, told bool) {
	file, tellsFile := config[audit.Appendonly.String()]
	snapshots, tellsSnapshots := config[audit.Save.String()]
	return file == "no" && snapshots == "", tellsFile && tellsSnapshots
}

// describeAudit describes how the server compares with what is expected of it.
func describeAudit(b *builder, s valkey.Snapshot, a *Audit) {
	all := a.Judge(s)
	for _, p := range all.Settings {
		b.gauge(metric.ConfigCompliant, yes(p.OK), b.labels(metric.ConfigCompliant, p.Parameter.String())...)
		b.gauge(metric.ConfigParameterInfo, 1, b.labels(metric.ConfigParameterInfo, p.Actual, p.Expected, p.Parameter.String())...)
	}
	for _, f := range all.Findings {
		b.gauge(metric.ConfigFinding, yes(f.Is), b.labels(metric.ConfigFinding, f.Check.String())...)
	}
	for _, c := range all.Checks {
		if c.Known() {
			b.gauge(metric.SecurityCheck, yes(c.Yes), b.labels(metric.SecurityCheck, c.Check.String())...)
		} else {
			b.gauge(metric.SecurityCheckUnknown, 1, b.labels(metric.SecurityCheckUnknown, c.Check.String(), c.Reason)...)
		}
	}
	if all.Exposed.Known() {
		b.gauge(metric.SecurityExposed, yes(all.Exposed.Yes))
	}
}

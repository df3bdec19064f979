package statuspage

import (
	"fmt"
	"strings"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config/alert"
	"valkey-exporter/config/audit"
)

// asked is what an audit needs of a scrape.
func asked(s valkey.Snapshot) valkey.Snapshot {
	return valkey.Snapshot{Up: s.Up, Config: s.Config, Access: s.Access, Sources: s.Sources, Unavailable: s.Unavailable}
}

// audit judges whether the server is set up as intended, and closed to strangers.
func (j *judge) audit(a *collector.Audit, last *scraped, replica bool) {
	if a == nil || last == nil || last.facts == nil {
		return
	}
	outcome := a.Judge(last.asked)
	j.settings(outcome.Settings)
	for _, f := range outcome.Findings {
		if f.Check == audit.QueuesNotPersisted && f.Is && !replica {
			j.tell(j.severity(alert.QueuesNotPersisted), alert.QueuesNotPersisted, "A restart loses all jobs: there is neither an append-only file nor a snapshot.", "CONFIG SET appendonly yes, and in the configuration file.")
		}
	}
	j.security(outcome)
}

// settings tells in one line of all that differ.
func (j *judge) settings(all []collector.Setting) {
	var differ []string
	for _, s := range all {
		if !s.OK {
			differ = append(differ, fmt.Sprintf("%s is %s, not %s", s.Parameter, shown(s.Actual, nameShown), s.Expected))
		}
	}
	if len(differ) > 0 {
		j.tell(j.severity(alert.ConfigDrift), alert.ConfigDrift,
			fmt.Sprintf("%s not as expected: %s.", isOrAre(len(differ), "setting"), strings.Join(differ, "; ")), "Undo the change, or make it the baseline: audit.baseline.")
	}
}

// security tells what strangers could do, where they can reach the server, and
// what of it nobody can tell.
func (j *judge) security(outcome collector.Audited) {
	failed := map[audit.Check]bool{}
	var failing, hidden []string
	denied := false // else rights are no help: the command was renamed, or the answer lacks something
	for _, c := range outcome.Checks {
		switch {
		case !c.Known():
			hidden = append(hidden, c.Check.String())
			denied = denied || c.Reason == valkey.ReasonDenied
		case !c.Yes:
			failed[c.Check] = true
			failing = append(failing, c.Check.String())
		}
	}
	if len(hidden) > 0 {
		text := fmt.Sprintf("how secure it is: the server does not tell the exporter of %s.", strings.Join(hidden, ", "))
		if denied {
			text += " docs/acl.md has the rights that are needed."
		}
		j.cannot(text)
	}
	if !outcome.Exposed.Yes || len(failing) == 0 {
		return
	}
	if failed[audit.DefaultUserPassword] && failed[audit.ProtectedMode] {
		j.tell(j.severity(alert.Unprotected), alert.Unprotected, "Anybody who reaches the server may use it: there is no password.", "Close its port to strangers, or set a password.")
	}
	told := len(j.problems)
	j.tell(j.severity(alert.Insecure), alert.Insecure,
		fmt.Sprintf("Other machines reach the server, and %s not passed: %s.", isOrAre(len(failing), "check"), strings.Join(failing, ", ")), "docs/audit.md says what each is about.")
	j.because(told, failing)
}

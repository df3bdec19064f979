package collector

import (
	"math"
	"net/netip"
	"strings"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/config/audit"
)

// notTold is why nobody can tell when the answer leaves something out, as that of
// a managed service does.
const notTold = "not_told"

func passed(is bool) Answer       { return Answer{Yes: is} }
func untold(reason string) Answer { return Answer{Reason: reason} }

// security judges who could do what: yes is a check that is passed.
func (a *Audit) security(s valkey.Snapshot, e exposure) []Check {
	var all []Check
	check := func(c audit.Check, outcome Answer) {
		if a.Checks[c] {
			all = append(all, Check{c, outcome})
		}
	}
	check(audit.ProtectedMode, protectedMode(s, e))
	check(audit.TLS, tls(e))
	if !a.Rights {
		return all
	}
	check(audit.DefaultUserPassword, password(s))
	for _, c := range commandChecks {
		check(c.check, mayNot(s, c.command))
	}
	return all
}

// commandChecks are the commands that the default user should not be able to run.
var commandChecks = []struct {
	check   audit.Check
	command string
}{
	{audit.CommandFlushall, "flushall"},
	{audit.CommandFlushdb, "flushdb"},
	{audit.CommandConfig, "config|set"},
	{audit.CommandKeys, "keys"},
	{audit.CommandDebug, "debug"},
}

// password says whether the default user needs one.
func password(s valkey.Snapshot) Answer {
	u := s.Access.User
	if u == nil {
		return untold(whyNot(s, valkey.SourceACL, "ACL GETUSER"))
	}
	return passed(!u.On || !u.NoPass)
}

// mayNot says whether a command is out of reach of the default user.
func mayNot(s valkey.Snapshot, name string) Answer {
	u := s.Access.User
	switch {
	case name == "debug" && s.Config["enable-debug-command"] == "no":
		return passed(true)
	case u != nil && !u.On:
		return passed(true)
	}
	for _, c := range s.Access.Commands {
		switch {
		case c.Name != name:
		case !c.Exists:
			return passed(true)
		case u != nil:
			return passed(!u.May(c))
		}
	}
	if u == nil {
		return untold(whyNot(s, valkey.SourceACL, "ACL GETUSER"))
	}
	return untold(whyNot(s, valkey.SourceACL, "COMMAND INFO"))
}

// whyNot is why a command of a source has told nothing.
func whyNot(s valkey.Snapshot, source valkey.Source, command string) string {
	for _, u := range s.Unavailable {
		if u.Command == command {
			return u.Reason
		}
	}
	if s.Sources[source].Err != nil {
		return valkey.ReasonUnavailable
	}
	return notTold
}

// exposure is where a server listens.
type exposure struct {
	reason  string // why nobody can tell; empty if somebody can
	exposed bool   // other machines can reach it
	plain   bool   // on a port without TLS
}

func exposureOf(s valkey.Snapshot) exposure {
	port, tlsPort := numeric(s.Config["port"]), numeric(s.Config["tls-port"])
	plain, secured := port > 0, tlsPort > 0 // a server that cannot do TLS has no tls-port
	bind := s.Config["bind"]
	if math.IsNaN(port) || bind == "" && (plain || secured) {
		return exposure{reason: whyNot(s, valkey.SourceConfig, "CONFIG GET")}
	}
	return exposure{exposed: (plain || secured) && beyondLoopback(bind), plain: plain}
}

// protectedMode is on, or there is nobody to protect from.
func protectedMode(s valkey.Snapshot, e exposure) Answer {
	switch mode := s.Config["protected-mode"]; {
	case mode == "yes" || e.reason == "" && !e.exposed:
		return passed(true)
	case mode == "":
		return untold(whyNot(s, valkey.SourceConfig, "CONFIG GET"))
	case e.reason != "":
		return untold(e.reason)
	}
	return passed(false)
}

// tls is used, or nobody could read along.
func tls(e exposure) Answer {
	if e.reason != "" {
		return untold(e.reason)
	}
	return passed(!e.exposed || !e.plain)
}

// beyondLoopback says whether one of the addresses of bind can be reached from
// other machines. A minus in front of one says that it may be missing.
func beyondLoopback(bind string) bool {
	for word := range strings.FieldsSeq(bind) {
		address := strings.TrimPrefix(word, "-")
		ip, err := netip.ParseAddr(address)
		if address != "localhost" && (err != nil || !ip.IsLoopback()) {
			return true // a name, or * and ::* for all
		}
	}
	return false
}

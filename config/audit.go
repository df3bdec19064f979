package config

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/config/audit"
)

// Audit says how the server should be set up.
type Audit struct {
	Interval Limit[time.Duration] // from one question about the rights of the default user to the next; off: none
	Checks   audit.Switches
	Baseline audit.Baseline
}

var auditFields = section[Audit]{
	named("interval", func(a *Audit) *Limit[time.Duration] { return &a.Interval }, orOff(duration(time.Second))),
	named("checks", func(a *Audit) *audit.Switches { return &a.Checks }, checkFields),
	named("baseline", func(a *Audit) *audit.Baseline { return &a.Baseline }, baselineFields),
}

// checkFields are the fields of the section audit.checks.
var checkFields = func() section[audit.Switches] {
	var fields section[audit.Switches]
	for _, c := range audit.Checks() {
		onOff := converted(onOrOff(), func(s Switch) bool { return bool(s) }, func(on bool) Switch { return Switch(on) })
		fields = append(fields, named(c.String(), func(s *audit.Switches) *bool { return &s[c] }, onOff))
	}
	return fields
}()

// baselineFields are the fields of the section audit.baseline.
var baselineFields = func() section[audit.Baseline] {
	var fields section[audit.Baseline]
	for _, p := range audit.Parameters() {
		fields = append(fields, named(p.String(), func(b *audit.Baseline) *audit.Expectation { return &b[p] }, expectation(p)))
	}
	return fields
}()

// expectation is what is expected of a parameter of the server. It takes true and
// false for yes and no: tools that follow YAML 1.1 rewrite the one as the other.
func expectation(p audit.Parameter) scalar[audit.Expectation] {
	return scalar[audit.Expectation]{
		wants: p.Wants(),
		parse: func(n *yaml.Node) (audit.Expectation, bool) {
			value := n.Value
			switch n.ShortTag() {
			case strTag, intTag:
			case boolTag:
				value = map[string]string{"true": "yes", "false": "no"}[n.Value]
			default:
				return audit.Expectation{}, false
			}
			return audit.Parse(p, value)
		},
		print: func(e audit.Expectation) *yaml.Node {
			n := plain(strTag, e.String())
			n.Style = yaml.DoubleQuotedStyle
			if strings.Contains(n.Value, `"`) {
				n.Style = yaml.SingleQuotedStyle
			}
			return n
		},
	}
}

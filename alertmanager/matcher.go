package alertmanager

import (
	"strings"

	"valkey-exporter/config/alert"
)

// Matcher compares a label, in the syntax that all versions of Alertmanager read in
// the same way: the value is always quoted.
type Matcher struct{ label, operator, value string }

// Equal matches one value.
func Equal(label, value string) Matcher { return Matcher{label, "=", value} }

// OneOf matches each of some words. Names of alerts, components and severities have
// nothing in them that a regular expression would take for an operator.
func OneOf[W ~string](label string, words ...W) Matcher {
	if len(words) == 1 {
		return Equal(label, string(words[0]))
	}
	return Matcher{label, "=~", alternatives(words)}
}

// NoneOf matches all but some words.
func NoneOf(label string, words ...alert.Name) Matcher {
	if len(words) == 1 {
		return Matcher{label, "!=", string(words[0])}
	}
	return Matcher{label, "!~", alternatives(words)}
}

func alternatives[W ~string](words []W) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, "|")
}

var quotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// String is the matcher as it stands in the file.
func (m Matcher) String() string { return m.label + m.operator + `"` + quotes.Replace(m.value) + `"` }

// MarshalYAML writes a matcher as one text.
func (m Matcher) MarshalYAML() (any, error) { return m.String(), nil }

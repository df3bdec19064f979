package audit

import (
	"fmt"
	"slices"
	"strings"
)

// Expectation is what is expected of a parameter. The zero Expectation is met by
// any value.
type Expectation struct{ text string }

const (
	anyValue = "any"  // nothing is expected
	between  = " or " // alternatives
	nothing  = `""`   // the value without a character, as it is shown
)

// Any says that nothing is expected: the parameter is not judged.
func (e Expectation) Any() bool { return e.text == "" }

// String is the expectation as it stands in the file, "any" for none. What is
// expected to be empty is shown as "".
func (e Expectation) String() string {
	if e.Any() {
		return anyValue
	}
	return e.text
}

// Parse reads what is expected of a parameter: a value as in valkey.conf, a bound
// such as ">= 5", several of them with "or" in between, or the word any.
func Parse(p Parameter, text string) (Expectation, bool) {
	if text == anyValue {
		return Expectation{}, true
	}
	if text == "" {
		text = nothing
	}
	for alternative := range strings.SplitSeq(text, between) {
		if !p.understands(alternative) {
			return Expectation{}, false
		}
	}
	return Expectation{text}, true
}

// Wants describes what Parse takes.
func (p Parameter) Wants() string {
	switch s := specs[p]; s.kind {
	case word:
		return "`" + strings.Join(s.words, "`, `") + "`, several of them with `or` in between, or `any`"
	case points:
		return "seconds and changes such as `3600 1`, empty for no snapshots, or `any`"
	case limits:
		return "class, hard limit, soft limit and seconds such as `pubsub 32mb 8mb 60`, for one class or more, or `any`"
	case size:
		return "a size such as `64mb`, a bound such as `>= 64mb`, several of them with `or` in between, or `any`"
	case number:
	}
	return "a number such as `5`, a bound such as `>= 5`, several of them with `or` in between, or `any`"
}

// understands says whether a text is an alternative for the parameter.
func (p Parameter) understands(text string) bool {
	switch s := specs[p]; s.kind {
	case word:
		return slices.Contains(s.words, text)
	case points:
		return text == nothing || len(strings.Fields(text))%2 == 0 && allNumbers(strings.Fields(text))
	case limits:
		classes, ok := readLimits(text)
		return ok && len(classes) > 0
	case number, size:
	}
	_, digits := bound(text)
	_, ok := p.quantity(digits)
	return ok
}

// Met says whether the value that a server has for a parameter is as expected.
func (e Expectation) Met(p Parameter, actual string) bool {
	return e.Any() || slices.ContainsFunc(strings.Split(e.text, between), func(alternative string) bool {
		return p.meets(alternative, actual)
	})
}

func (p Parameter) meets(expected, actual string) bool {
	switch specs[p].kind {
	case word:
		return strings.EqualFold(expected, actual)
	case points:
		return slices.Equal(strings.Fields(strings.ReplaceAll(expected, nothing, "")), strings.Fields(actual))
	case limits:
		return meetsLimits(expected, actual)
	case number, size:
	}
	op, digits := bound(expected)
	want, _ := p.quantity(digits)
	have, ok := p.quantity(actual)
	return ok && compare(op, have, want)
}

// Shown is a value of a server for people: an empty one would look as if it were
// missing.
func Shown(actual string) string {
	if actual == "" {
		return nothing
	}
	return actual
}

// bounds are the operators; those that begin like another come first.
var bounds = []string{">=", "<=", ">", "<"}

// bound splits an alternative into its operator, if it has one, and the number.
func bound(text string) (op, digits string) {
	for _, op := range bounds {
		if digits, ok := strings.CutPrefix(text, op); ok {
			return op, strings.TrimPrefix(digits, " ")
		}
	}
	return "", text
}

func compare(op string, have, want int64) bool {
	switch op {
	case ">=":
		return have >= want
	case "<=":
		return have <= want
	case ">":
		return have > want
	case "<":
		return have < want
	case "":
		return have == want
	}
	panic(fmt.Sprintf("audit: no operator %q", op))
}

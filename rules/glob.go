package rules

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"valkey-exporter/collector/metric"
)

// globRegexp is a glob of the server as a regular expression that matches the
// labels of the same keys. Prometheus anchors it at both ends. The server
// compares bytes and Prometheus characters, which is the same for what people
// write in patterns. Where keys are not text, it may take one for another.
func globRegexp(glob string) string {
	var b strings.Builder
	for glob != "" {
		var element string
		element, glob = globElement(glob)
		b.WriteString(element)
	}
	return b.String()
}

// globElement translates the first element of a glob and returns what follows.
func globElement(glob string) (element, rest string) {
	switch glob[0] {
	case '*':
		return ".*", strings.TrimLeft(glob, "*")
	case '?':
		return ".", glob[1:]
	case '[':
		return globSet(glob[1:])
	case '\\':
		if len(glob) > 1 {
			glob = glob[1:]
		}
	}
	_, size := utf8.DecodeRuneInString(glob)
	return globLiteral(glob[:size]), glob[size:]
}

// globLiteral matches the label of one character, or of a byte that is none. A
// label has a backslash as it is, or escaped where it would look like the escape
// of a byte.
func globLiteral(char string) string {
	if char == `\` {
		return `\\(?:x5c)?`
	}
	return regexp.QuoteMeta(metric.LabelValue(char))
}

// escapedByte matches what stands in a label for a byte that is no text.
const escapedByte = `\\x[0-9a-f]{2}`

// globSet translates a set, of which the opening bracket has been read.
func globSet(set string) (element, rest string) {
	class, bytes := "", false
	not := strings.HasPrefix(set, "^")
	set = strings.TrimPrefix(set, "^")
	for set != "" && set[0] != ']' {
		low, high, size := setMember(set)
		if low == utf8.RuneError || high == utf8.RuneError {
			bytes = true
		} else {
			class += classRange(low, high)
		}
		set = set[size:]
	}
	return classRegexp(class, not, bytes), strings.TrimPrefix(set, "]")
}

// setMember reads the first member of a set, a character or a range, and says
// how many bytes it takes.
func setMember(set string) (low, high rune, size int) {
	switch {
	case set[0] == '\\' && len(set) >= 2:
		low, size = utf8.DecodeRuneInString(set[1:])
		return low, low, 1 + size
	case len(set) >= 3 && set[1] == '-':
		low, _ = utf8.DecodeRuneInString(set)
		high, size = utf8.DecodeRuneInString(set[2:])
		return min(low, high), max(low, high), 2 + size
	}
	low, size = utf8.DecodeRuneInString(set)
	return low, low, size
}

func classRange(low, high rune) string {
	if low == high {
		return classChar(low)
	}
	return classChar(low) + "-" + classChar(high)
}

func classChar(r rune) string {
	if strings.ContainsRune(`\]^-[`, r) {
		return `\` + string(r)
	}
	return string(r)
}

// classRegexp is a class of characters, also one without members, which cannot
// be written with brackets. Bytes that are no text may be members of any.
func classRegexp(class string, not, bytes bool) string {
	switch {
	case class != "" && not:
		class = "[^" + class + "]"
	case class != "":
		class = "[" + class + "]"
	case not:
		class = "."
	default:
		class = `[^\x00-\x{10FFFF}]`
	}
	if bytes {
		return "(?:" + class + "|" + escapedByte + ")"
	}
	return class
}

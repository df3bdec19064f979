package config

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// syntax notes an error of the YAML library: on its line, with advice.
func (r *report) syntax(err error, data []byte) {
	line, text := syntaxLine(strings.TrimPrefix(err.Error(), "yaml: "), data)
	advice := "check the indentation and the quotes"
	for _, a := range syntaxAdvice {
		if strings.Contains(text, a.fragment) {
			advice = a.advice
			break
		}
	}
	r.line(line, "not YAML, here or just below: "+text+"; "+advice)
}

// syntaxLine separates the line from the text of an error. The library's
// scanner counts lines from 1, its parser from 0, and an alias without an anchor
// has no line at all.
func syntaxLine(text string, data []byte) (int, string) {
	if m := unknownAnchor.FindStringSubmatch(text); m != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
		return 1 + bytes.Count(before, []byte("\n")), text
	}
	m := withLine.FindStringSubmatch(text)
	if m == nil {
		return 1, text
	}
	line, _ := strconv.Atoi(m[1]) // digits, says the expression
	if fromParser.MatchString(m[2]) {
		line++
	}
	return line, m[2]
}

var (
	withLine      = regexp.MustCompile(`^line (\d+): (.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	fromParser    = regexp.MustCompile(`^did not find expected (<|node content|'-'|key|',')|^found (undefined tag|duplicate %|incompatible)`)
)

const (
	quoteAdvice     = "put quotes around a text that begins with *, [, {, &, !, @, % or `"
	backslashAdvice = "write \\\\ for a backslash in double quotes, or use single quotes"
)

var syntaxAdvice = []struct{ fragment, advice string }{
	{"cannot start any token", "indent with spaces, not tabs, and " + quoteAdvice},
	{"alphabetic or numeric character", quoteAdvice},
	{"unknown anchor", quoteAdvice},
	{"did not find expected key", "check the indentation, and " + quoteAdvice},
	{"mapping values are not allowed", "check the indentation, and put quotes around a text that contains a colon and a space"},
	{"tab character", "indent with spaces, not tabs"},
	{"unknown escape character", backslashAdvice},
	{"expected hexdecimal number", backslashAdvice},
}

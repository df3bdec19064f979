package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxPathNames = 10
	maxPathBytes = 200
)

// path leads to a value inside a message: the names of fields with dots between
// them. Words are values that are no path. The empty path, which resets one that
// was merged, is not printed.
func path(example string, words ...string) scalar[string] {
	wants := "a dotted path such as `" + example + "`"
	if len(words) > 0 {
		wants += ", or " + quoted(words)
	}
	return scalar[string]{
		wants: wants,
		parse: func(n *yaml.Node) (string, bool) {
			return n.Value, n.ShortTag() == strTag && pathMistake(n.Value) == ""
		},
		print: text().print,
		help: func(n *yaml.Node) string {
			mistake := pathMistake(n.Value)
			switch tag := n.ShortTag(); {
			case tag == strTag && mistake != "":
				return "; " + mistake
			case tag == strTag, tag == nullTag, tag == binaryTag:
				return ""
			}
			return "; put quotes around it"
		},
	}
}

// pathMistake says what is wrong with a path, or "".
func pathMistake(path string) string {
	names := strings.Split(path, ".")
	switch {
	case path == "":
		return ""
	case len(path) > maxPathBytes:
		return fmt.Sprintf("it is longer than %d bytes", maxPathBytes)
	case len(names) > maxPathNames:
		return fmt.Sprintf("it has more than %d names", maxPathNames)
	case names[0] == "$":
		return "a path begins with a name; leave out the $"
	case slices.Contains(names, ""):
		return "a name beside a dot is missing"
	}
	return ""
}

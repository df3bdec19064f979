package config

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// wrong reports a value that is not of the kind it should be. It returns false,
// for the caller to pass on.
func wrong(r *report, name string, n *yaml.Node, want string, more ...string) bool {
	r.at(n, "%s: want %s, got %s%s", name, want, got(n), strings.Join(more, ""))
	return false
}

// got describes a node to the person who wrote it.
func got(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == nullTag:
		return "nothing"
	case n.Style&yaml.TaggedStyle != 0:
		return brief(n.ShortTag()) + ` "` + brief(n.Value) + `"`
	case n.ShortTag() == strTag:
		return `"` + brief(n.Value) + `"`
	}
	return brief(n.Value)
}

// brief is a text from the file as a message may contain it: short, on one
// line, and harmless to a terminal.
func brief(s string) string {
	q := strconv.Quote(shorten(s))
	return q[1 : len(q)-1]
}

// shorten keeps a message readable when a key is not.
func shorten(s string) string {
	const most = 100
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "..."
		}
	}
	return s
}

// suggest is the advice for an unknown name.
func suggest(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "did you mean `" + near + "`?"
	}
	return "known here are " + quoted(known)
}

// nearest is the known name that name abbreviates or misspells, or "".
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, least := "", len(name)+1
	for _, k := range known {
		if len(name) > 2*len(k) {
			continue // far off, and perhaps very long
		}
		if len(name) > 2 && strings.HasPrefix(k, name) {
			return k
		}
		if d := distance(name, k); d < least && d <= (len(k)+2)/3 {
			best, least = k, d
		}
	}
	return best
}

// distance counts the characters to insert, remove or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

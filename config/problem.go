package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one mistake in a configuration file: where it is, what is wrong,
// and what to do about it.
type Problem struct {
	File   string // as given to Load or Parse
	Line   int    // counted from 1; 0 is the file as a whole
	Column int    // counted from 1 in characters; 0 is the line as a whole
	Text   string // one line
}

// String is the problem as compilers print it: file:line:column: text.
func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Problems are all mistakes of one file, in the order of its lines.
type Problems []Problem

// Error has one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// report collects problems while a file is read.
type report struct {
	file  string
	found Problems
}

// at notes a problem of a node.
func (r *report) at(n *yaml.Node, format string, args ...any) {
	r.found = append(r.found, Problem{r.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// line notes a problem of a line; line 0 is the file as a whole.
func (r *report) line(line int, text string) {
	r.found = append(r.found, Problem{r.file, line, 0, text})
}

// problems is nil when there are none. A mistake in a mapping that is merged
// into several others was found several times and is told once.
func (r *report) problems() error {
	if len(r.found) == 0 {
		return nil
	}
	slices.SortStableFunc(r.found, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(r.found)
}

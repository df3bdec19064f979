package main

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// window is how far a difference is followed until two equal lines are
	// found.
	window = 200
	// maxDiffLines keeps the diff of a changed format readable.
	maxDiffLines = 60
)

// diff shows what would change from got to want: removed lines with -, added
// ones with +, and @ with the line number in front of each place.
func diff(got, want string) string {
	var out []string
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		removed, added := change(a[i:], b[j:])
		out = append(out, fmt.Sprintf("@ line %d", i+1))
		out = append(out, prefixed("- ", a[i:i+removed])...)
		out = append(out, prefixed("+ ", b[j:j+added])...)
		i, j = i+removed, j+added
	}
	if len(out) > maxDiffLines {
		out = append(out[:maxDiffLines], fmt.Sprintf("... and %d lines more", len(out)-maxDiffLines))
	}
	return strings.Join(out, "\n") + "\n"
}

// change is the smallest number of lines to skip on both sides until they
// agree again.
func change(a, b []string) (removed, added int) {
	for distance := 1; distance <= window; distance++ {
		for removed = 0; removed <= distance; removed++ {
			added = distance - removed
			if removed < len(a) && added < len(b) && a[removed] == b[added] {
				return removed, added
			}
		}
	}
	return len(a), len(b)
}

func prefixed(prefix string, lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		lines[i] = prefix + line
	}
	return lines
}

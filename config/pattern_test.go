package config

import (
	"strings"
	"testing"
)

func TestPatternsThatMeanSomethingAreAccepted(t *testing.T) {
	for _, p := range []string{"*", "?", "a*", "[abc]", "[^a]", "[^]", "[a-c]", "[a-]z]", `[\]]`, `a\*?`, `\\*`, `a]*`, `[a\-z]`, "\xff*"} {
		if m := patternMistake(p); m != "" {
			t.Errorf("%q: %s", p, m)
		}
	}
}

func TestPatternsThatAreSurelyNotMeantAreReported(t *testing.T) {
	tests := map[string]string{
		"[":      "never closed",
		"[^":     "never closed",
		"a[bc*":  "never closed",
		"[a-]":   "never closed", // a range from a to ]
		`[ab\]`:  "never closed",
		`[ab\`:   "never closed",
		"a[]b":   "are empty",
		"[]-z]*": "are empty", // the first ] closes, always
		`a*\`:    "single backslash",
		`a*\\\`:  "single backslash",
		"queue":  "no wildcard",
		`a\*b\?`: "no wildcard",
	}
	for p, want := range tests {
		if m := patternMistake(p); !strings.Contains(m, want) {
			t.Errorf("%q: want %q, got %q", p, want, m)
		}
	}
}

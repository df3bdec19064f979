package queue

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, key string
		want         bool
	}{
		{"queue:processing:*", "queue:processing:worker-1", true},
		{"queue:processing:*", "queue:processing:", true},
		{"queue:processing:*", "queue:processing", false},
		{"*:dead", "queue:dead:dead", true},
		{"*a*b*c", "xxaxxbxxbxxc", true},
		{"*a*b*c", "xxaxxcxxbxx", false},
		{"q?", "q", false},
		{"q?", "qé", false}, // two bytes
		{"q??", "qé", true},
		{"[hm]igh", "high", true},
		{"[^h]igh", "high", false},
		{"[^h]igh", "sigh", true},
		{"[^h]igh", "igh", false},
		{"[a-c]x", "bx", true},
		{"[c-a]x", "bx", true}, // a range works in both directions
		{"[a-]]x", "]x", true}, // even ] ends a range
		{"[]x", "x", false},    // an empty set matches nothing
		{"[^]x", "ax", true},   // and its opposite any byte
		{"[abc", "c", true},    // a missing bracket is taken as read
		{`[\]]`, "]", true},
		{`[\`, `\`, true},
		{`\*`, "*", true},
		{`\*`, "x", false},
		{`x\`, `x\`, true}, // a backslash at the end is a backslash
		{"", "", true},
		{"", "x", false},
		{"*", "", true},
		{"?", "", false},
		{"a\nb", "a\nb", true},
		{"\xff*", "\xff\x00", true},
	} {
		if got := Match(c.pattern, c.key); got != c.want {
			t.Errorf("Match(%q, %q) = %v, want %v", c.pattern, c.key, got, c.want)
		}
	}
}

// A matcher that tries every way to place the stars would not return from
// these within the age of the universe.
func TestManyStarsAreNoWorseThanTwo(t *testing.T) {
	for _, c := range []struct{ pattern, key string }{
		{strings.Repeat("a*", 1000) + "b", strings.Repeat("a", 10_000)},
		{strings.Repeat("*?", 1000) + "b", strings.Repeat("a", 10_000)},
		{strings.Repeat("*[a-b]", 1000) + "c", strings.Repeat("ab", 5_000)},
		{strings.Repeat("*", 10_000) + "b", strings.Repeat("a", 10_000)},
	} {
		if Match(c.pattern, c.key) {
			t.Errorf("Match(%.20q..., %.20q...) = true", c.pattern, c.key)
		}
		if !Match(c.pattern, c.key+c.pattern[len(c.pattern)-1:]) {
			t.Errorf("Match(%.20q..., %.20q...) = false with the last byte added", c.pattern, c.key)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, seed := range []struct{ pattern, key string }{
		{"queue:processing:*", "queue:processing:worker-1"},
		{"a*a*a*a*b", "aaaaaaaaaaaaaaaa"},
		{`[^a-\]]?\`, `b]\`},
		{"[", "["},
		{"[^", "^"},
		{"[a-", "-"},
		{`\`, `\`},
		{"**", ""},
		{"\xff[\x80-\xff]", "\xff\x90"},
	} {
		f.Add(seed.pattern, seed.key)
	}
	f.Fuzz(func(t *testing.T, pattern, key string) {
		if Match(pattern, key) && !strings.HasPrefix(key, literalPrefix(pattern)) {
			t.Errorf("%q matches %q, which does not begin with %q", pattern, key, literalPrefix(pattern))
		}
		if !Match(escape(key), key) {
			t.Errorf("%q, escaped as %q, does not match itself", key, escape(key))
		}
		if !Match(escape(key)+"*", key+pattern) {
			t.Errorf("%q, escaped as %q, is no prefix of %q", key, escape(key), key+pattern)
		}
		if Match(escape(key), key+"x") || Match(escape(key), "x"+key) {
			t.Errorf("%q, escaped as %q, matches more than itself", key, escape(key))
		}
		if !Match("*"+pattern, "x"+key) && Match(pattern, key) {
			t.Errorf("%q matches %q, but not with a star and a byte before them", pattern, key)
		}
	})
}

func TestPrefixes(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{"queue:processing:*", "queue:processing:"},
		{"queue:h?gh", "queue:h"},
		{"queue:[hm]*", "queue:"},
		{`queue:\*:*`, "queue:*:"},
		{`queue:\`, `queue:\`},
		{"*", ""},
		{"", ""},
		{"exact", "exact"},
	} {
		if got := literalPrefix(c.pattern); got != c.want {
			t.Errorf("literalPrefix(%q) = %q, want %q", c.pattern, got, c.want)
		}
	}
}

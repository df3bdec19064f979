package metric

import (
	"regexp"
	"strconv"
	"testing"
	"unicode/utf8"
)

func TestLabelValue(t *testing.T) {
	for _, c := range []struct{ key, want string }{
		{"queue:high", "queue:high"},
		{"", ""},
		{"wörk \"x\"\n\x00", "wörk \"x\"\n\x00"},
		{"\ufffd", "\ufffd"}, // a valid key, though it looks like a broken one
		{"q\xff", `q\xff`},
		{`q\xff`, `q\x5cxff`},
		{"q\xc3", `q\xc3`}, // half a character
		{`a\b`, `a\b`},
		{`a\xyz`, `a\xyz`},
		{"\\\xff", `\\xff`},
		{"\\x\xff", `\x\xff`},
	} {
		if got := LabelValue(c.key); got != c.want {
			t.Errorf("LabelValue(%q) = %q, want %q", c.key, got, c.want)
		}
	}
}

var escapedByte = regexp.MustCompile(`\\x[0-9a-f]{2}`)

func FuzzLabelValue(f *testing.F) {
	for _, seed := range []string{"queue:high", "\xff", `\xff`, `\\xff`, "\\x\xff", `\x5c\x5cx`, "\\x4\xf0\x9f"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		got := LabelValue(key)
		if !utf8.ValidString(got) {
			t.Errorf("LabelValue(%q) = %q is not UTF-8", key, got)
		}
		// What can be turned back is different for different keys.
		back := escapedByte.ReplaceAllStringFunc(got, func(s string) string {
			n, _ := strconv.ParseUint(s[2:], 16, 8)
			return string([]byte{byte(n)})
		})
		if back != key {
			t.Errorf("LabelValue(%q) = %q could be that of %q", key, got, back)
		}
	})
}

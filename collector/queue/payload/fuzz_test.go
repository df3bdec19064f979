package payload

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzTime(f *testing.F) {
	for _, m := range messages {
		f.Add([]byte(m.text), true, m.deadLetter, "payload.created_at")
	}
	for _, text := range unknownFormats {
		f.Add([]byte(text), false, false, "0.at")
	}
	f.Add([]byte(rfcUUID), true, false, "")
	f.Fuzz(func(t *testing.T, text []byte, whole, dead bool, path string) {
		finder := Finder{DeadLetter: dead}
		finder.Path, _ = ParsePath(path)
		before := string(text)
		at, source, failure := finder.Time(text, whole, now)
		switch {
		case string(text) != before:
			t.Errorf("Time changed the text to %q", text)
		case (source == "") == (failure == ""), at.IsZero() == (failure == ""):
			t.Errorf("Time = %v, %q, %q: want a time with its source, or a failure", at, source, failure)
		case failure != "" && !slices.Contains(Failures(), failure):
			t.Errorf("unknown failure %q", failure)
		case failure == "" && (at.Before(earliest) || at.After(now.Add(tolerance))):
			t.Errorf("%v from %q cannot be right", at, source)
		case failure == "" && source != finder.Path.String() && !knownSource(source):
			t.Errorf("source %q is not one of the fixed names", source)
		}
	})
}

func knownSource(source string) bool {
	if source == SourceUUIDv7 || source == SourceULID {
		return true
	}
	parent, name, nested := strings.Cut(source, ".")
	if !nested {
		parent, name = "*", source
	}
	known := parent == "*"
	for _, p := range parents {
		known = known || p.name == parent
	}
	f := fields[foldName(name)]
	return known && f.name == name && f.kind != anyID && f.kind != jobID
}

func FuzzReason(f *testing.F) {
	for _, m := range messages {
		f.Add([]byte(m.text), "original.error")
	}
	f.Add([]byte(`{"exc_info":"Traceback (most recent call last):\n  File \"a\"\nX: y"}`), "")
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		p, _ := ParsePath(path)
		reason := Reason(text, true, p)
		if !utf8.ValidString(reason) || len(reason) > longestReason || strings.TrimSpace(reason) != reason {
			t.Errorf("Reason = %q", reason)
		}
		checkNormal(t, reason)
	})
}

func FuzzNormalise(f *testing.F) {
	for _, seed := range []string{
		"", "timeout", "dial tcp [::1]:6379: refused", "password: hunter2", `key 'a' is "b`, "GET https://u:p@h/x?y=1", "a@b.org, c=d",
		"/a/b 2024-01-02T03:04:05Z", "\x1b[31mred\n", "`a' “b” `c", "deadbeef0x1f " + uuid4Text, "<n><id><secret>\"…\"", strings.Repeat("größe 1", 20),
		"token_2_x: y", `"a"/b "c"::1 'd`, "Unexpected token u", "pass /0", "x-2024-01-02 03:04:05@y", "Traceback (most recent call last)\n  File \"a\"\nX",
	} {
		f.Add(seed)
	}
	f.Fuzz(checkNormal)
}

// checkNormal checks what is true for every normalised text.
func checkNormal(t *testing.T, reason string) {
	got := Normalise(reason)
	switch {
	case !utf8.ValidString(got):
		t.Errorf("Normalise(%q) = %q is not UTF-8", reason, got)
	case utf8.RuneCountInString(got) > LongestReason:
		t.Errorf("Normalise(%q) = %q is too long", reason, got)
	case strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsNumber(r) }):
		t.Errorf("Normalise(%q) = %q has a control character or a digit", reason, got)
	case Normalise(got) != got:
		t.Errorf("Normalise(%q) = %q, and of that %q", reason, got, Normalise(got))
	}
}

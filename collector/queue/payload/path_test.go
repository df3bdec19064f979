package payload

import (
	"strings"
	"testing"
)

func TestParsePathSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "path is empty",
		".":                            "name 1 is empty",
		"meta.":                        "name 2 is empty",
		"meta..at":                     "name 2 is empty",
		"a\xff":                        "want UTF-8",
		strings.Repeat("a", 201):       "has 201 bytes, want at most 200",
		strings.Repeat("a.", 16) + "a": "has 17 names, want at most 16",
	} {
		if p, err := ParsePath(text); err == nil || !strings.Contains(err.Error(), want) || !p.IsZero() {
			t.Errorf("ParsePath(%q) = %v, %v, want no path and an error with %q", text, p, err, want)
		}
	}
	for _, text := range []string{"at", "meta.enqueued_at", "0.at", "args.0.sentAt", "größe", "a b", "meta. at", "a\nb", "@timestamp"} {
		if p := parsed(t, text); p.String() != text || p.IsZero() {
			t.Errorf("ParsePath(%q).String() = %q", text, p)
		}
	}
}

func TestThePathIsLookedAtFirst(t *testing.T) {
	const at = "2024-06-01T11:59:50Z"
	for _, c := range []struct{ path, text string }{
		{"x", `{"enqueued_at":1700000000,"x":1717243190}`},
		{"a.b.c", `{"a":{"b":{"c":1717243190}}}`},
		{"args.1.sentAt", `{"args":[{"sentAt":5},{"sentAt":"1717243190"}]}`},
		{"0.at", `[{"at":1717243190}]`},
		{"1", `["x",1717243190]`},
		{"a.0", `{"a":{"0":1717243190}}`},
		{"größe", `{"gr\u00f6\u00dfe":1717243190}`},
		{"message.at", `{"message":"{\"at\":1717243190}"}`},
		{"at", `"{\"at\":1717243190}"`},
		{"x", "\ufeff" + `{"x":1717243190}`},
	} {
		wantFound(t, Finder{Path: parsed(t, c.path)}, c.text, found{at, c.path, ""})
	}
	wantFound(t, Finder{Path: parsed(t, "key")}, `{"key":"`+rfcUUID+`"}`, found{rfcTime, "key", ""})
}

func TestWithoutAValueAtThePathTheUsualFieldsAreSearched(t *testing.T) {
	want := found{"2024-06-01T11:59:50Z", "ts", ""}
	for _, path := range []string{"x", "X.y", "ts.x", "list.7", "list.x", "list.-1", "list.0.a", "none", "99999999999999999999"} {
		wantFound(t, Finder{Path: parsed(t, path)}, `{"x":null,"list":[1,2],"ts":1717243190}`, want)
	}
	wantFound(t, Finder{Path: parsed(t, "x")}, uuid4Text, found{failure: NoTimestamp})
}

func TestAValueAtThePathThatIsNoTimeIsAFailure(t *testing.T) {
	finder := Finder{Path: parsed(t, "x")}
	for value, want := range map[string]string{
		`"soon"`: BadValue, `true`: BadValue, `{}`: BadValue, `[1717243190]`: BadValue, `""`: BadValue, `0`: BadValue, `"` + uuid4Text + `"`: BadValue,
		`5`: Absurd, `2717243190`: Future,
	} {
		wantFound(t, finder, `{"ts":1717243190,"x":`+value+`}`, found{failure: want})
	}
}

func TestTimeIsAFinderOfLivingMessages(t *testing.T) {
	text := []byte(`{"failed_at":1717243199,"x":1717243190}`)
	at, source, failure := Finder{Path: parsed(t, "x")}.Time(text, true, now)
	if at.Unix() != 1717243190 || source != "x" || failure != "" {
		t.Errorf("Time = %v, %q, %q", at, source, failure)
	}
	if _, _, failure := (Finder{}).Time(text, true, now); failure != NoTimestamp {
		t.Errorf("Time = %q, want %q", failure, NoTimestamp)
	}
}

package payload

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

func TestStringsAreReadAsByEncodingJSON(t *testing.T) {
	for _, inside := range []string{
		``, `plain`, `größe`, `\"\\\/\b\f\n\r\t`, `\u0041\u00e9\u4E2D`, `\ud83d\ude00`, `\ud83d`, `\ud83dx`, `\ud83d\u0041`, `\ude00\ud83d`, `a\u0000b`,
	} {
		var want string
		if err := json.Unmarshal([]byte(`"`+inside+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if got := string(unquote([]byte(inside))); got != want {
			t.Errorf("unquote(%s) = %q, want %q", inside, got, want)
		}
	}
	for inside, want := range map[string]string{`\x`: "x", `\u12`: "\ufffd12", `\uzzzz`: "\ufffdzzzz", `a\`: `a\`, "a\nb": "a\nb"} {
		if got := string(unquote([]byte(inside))); got != want {
			t.Errorf("unquote(%s) = %q, want %q", inside, got, want)
		}
	}
}

func TestMembersAreReadAsByEncodingJSON(t *testing.T) {
	for _, m := range messages {
		var want map[string]json.RawMessage
		if err := json.Unmarshal([]byte(m.text), &want); err != nil {
			continue // an id
		}
		got := map[string]json.RawMessage{}
		all := read(value(m.text))
		for {
			key, v, ok := all.next()
			if !ok {
				break
			}
			got[string(key)] = json.RawMessage(v)
		}
		same := func(a, b json.RawMessage) bool { return string(a) == string(b) }
		if !all.closed || all.broken || !maps.EqualFunc(got, want, same) {
			t.Errorf("%s: got %s, want %s", m.name, got, want)
		}
	}
}

func TestWhatIsNoJSONIsBroken(t *testing.T) {
	for _, text := range []string{
		`{a:1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a":1,,"b":2}`, `{"a":,"b":2}`, `{"a"}`, `[1 2]`, `[,1]`, `[1,]x`, `{1:2}`, `[}`, `{]`,
	} {
		all := read(value(text))
		for ok := true; ok; {
			_, _, ok = all.next()
		}
		if !all.broken || all.closed {
			t.Errorf("%s: broken %v, closed %v", text, all.broken, all.closed)
		}
	}
}

func TestACutTextIsNeitherBrokenNorClosed(t *testing.T) {
	const text = ` {"a" : "b\"" , "c" : [ 1 , { } ] , "d" : -1.5e3 , "e" : { "f" : null } }`
	for size := 2; size < len(text); size++ {
		all := read(value(skipSpace([]byte(text[:size]))))
		for ok := true; ok; {
			var v value
			_, v, ok = all.next()
			if ok && !strings.Contains(text, string(v)) {
				t.Errorf("cut at %d: %s", size, v)
			}
		}
		if all.broken || all.closed {
			t.Errorf("%s: broken %v, closed %v", text[:size], all.broken, all.closed)
		}
	}
}

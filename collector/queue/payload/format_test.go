package payload

import (
	"strings"
	"testing"
)

// unknownFormats are messages as encoders wrote them, most of them of
// {"id":1,"enqueued_at":1700000000.5}.
var unknownFormats = map[string]string{
	"MessagePack": "\x82\xa2id\x01\xabenqueued_at\xcb\x41\xd9\x54\xfc\x40\x20\x00\x00",
	"pickle, protocol 4": "\x80\x04\x951\x00\x00\x00\x00\x00\x00\x00(\x8c\x12mymodule.tasks.add\x94NK\x01K\x02\x86\x94}\x94\x8c\x02at\x94" +
		"GA\xd9T\xfc@ \x00\x00st\x94.",
	"gzip":            "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabV\xcaLQ\xb22\xd4QJ\xcd+,M-MM\x89O,\x01\xf2\xcd\r\xa0@\xcf\xb4\x16\x00/ \x0c\x8a#\x00\x00\x00",
	"zlib":            "x\x9c\xabV\xcaLQ\xb22\xd4QJ\xcd+,M-MM\x89O,\x01\xf2\xcd\r\xa0@\xcf\xb4\x16\x00\xbf[\t\xfa",
	"zstd":            "\x28\xb5\x2f\xfd\x04\x58\x19\x01\x00" + `{"id":1,"enqueued_at":1700000000.5}` + "\xbc\x98\xc9\x20",
	"snappy, block":   "\x23\x88" + `{"id":1,"enqueued_at":1700000000.5}`,
	"snappy, stream":  "\xff\x06\x00\x00sNaPpY\x01\x27\x00\x00\x5b\x19\x90\x6c" + `{"id":1,"enqueued_at":1700000000.5}`,
	"protobuf: asynq": "\x0a\x0aemail:send\x12\x0d{\"user_id\":7}\x1a\x24" + uuid4Text + "\x22\x07default\x28\x19\x38\x88\x0e",
	"PHP: object":     `O:8:"stdClass":1:{s:11:"enqueued_at";i:1717243190;}`,
	"PHP: list":       `a:1:{s:11:"enqueued_at";i:1717243190;}`,
	"PHP: string":     `s:3:"job";`,
	"base 64":         "W1syLCAyXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d",
	"XML":             `<job><enqueued_at>1717243190</enqueued_at></job>`,
	"Latin-1":         "stra\xdfe",
	"NUL":             "job\x00",
	"broken JSON":     `{"id":1,"enqueued_at"=>1717243190}`,
	"JSON5":           `{id:1,enqueued_at:1717243190}`,
	"half JSON":       `{"id":1,"enqueued_`,
	"half a list":     `[1,2`,
	"broken list":     `[1 2]`,
}

func TestUnknownFormatsAreRecognised(t *testing.T) {
	for name, text := range unknownFormats {
		t.Run(name, func(t *testing.T) {
			wantFound(t, Finder{}, text, found{failure: UnknownFormat})
			if reason := Reason([]byte(text), true, Path{}); reason != "" {
				t.Errorf("Reason = %q, want none", reason)
			}
		})
	}
}

func TestABinaryMessageThatIsTooBigIsOfAnUnknownFormatAllTheSame(t *testing.T) {
	for _, name := range []string{"MessagePack", "pickle, protocol 4", "gzip", "zstd", "protobuf: asynq"} {
		if got := foundBy(Finder{}, []byte(unknownFormats[name][:14]), false); got.failure != UnknownFormat {
			t.Errorf("%s: got %+v, want %q", name, got, UnknownFormat)
		}
	}
}

func TestTextsWithoutATime(t *testing.T) {
	for _, text := range []string{
		"4711", "-1", "null", "true", `"4711"`, "worker-1:4711", "send mail to bob", "größe", "{}", "[]", `[1,"a",null]`, `""x`,
		strings.Repeat("0123456789abcdef", 8), "a:b", `"\"\"nested\"\""`,
	} {
		wantFound(t, Finder{}, text, found{failure: NoTimestamp})
	}
	for _, text := range []string{"", " \r\n\t", `""`, `" "`, "\ufeff"} {
		wantFound(t, Finder{}, text, found{failure: Empty})
	}
}

func TestACutTextIsTooBig(t *testing.T) {
	for _, text := range []string{"send mail to b", "gr\xc3", `"{\"ts\":1717243190}`, `{"a":[1,2`, `{`, `[`, `"`, rfcUUID, ulidText} {
		if got := foundBy(Finder{}, []byte(text), false); got != (found{failure: TooBig}) {
			t.Errorf("%q: got %+v, want %q", text, got, TooBig)
		}
	}
}

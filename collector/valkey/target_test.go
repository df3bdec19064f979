package valkey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTargetsAreReadAsPeopleWriteThem(t *testing.T) {
	for address, want := range map[string]Target{
		"localhost":                         {Network: "tcp", Address: "localhost:6379"},
		"localhost:6380":                    {Network: "tcp", Address: "localhost:6380"},
		"10.0.0.1":                          {Network: "tcp", Address: "10.0.0.1:6379"},
		"[::1]":                             {Network: "tcp", Address: "[::1]:6379"},
		"[::1]:7000":                        {Network: "tcp", Address: "[::1]:7000"},
		"valkey://cache/0":                  {Network: "tcp", Address: "cache:6379"},
		"redis://cache:1/":                  {Network: "tcp", Address: "cache:1"},
		"valkeys://cache":                   {Network: "tcp", Address: "cache:6379", TLS: true},
		"rediss://app:s%40cret@cache:6390":  {Network: "tcp", Address: "cache:6390", TLS: true, User: "app", password: "s@cret"},
		"redis://:secret@cache":             {Network: "tcp", Address: "cache:6379", password: "secret"},
		"VALKEY://cache":                    {Network: "tcp", Address: "cache:6379"},
		"unix:///run/valkey/valkey.sock":    {Network: "unix", Address: "/run/valkey/valkey.sock"},
		"unix://app:secret@/run/valkey.sck": {Network: "unix", Address: "/run/valkey.sck", User: "app", password: "secret"},
	} {
		got, err := ParseTarget(address)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Target{})); err != nil || diff != "" {
			t.Errorf("%s: %v, -want +got\n%s", address, err, diff)
		}
	}
}

func TestWrongTargetSaysWhatIsWanted(t *testing.T) {
	for address, want := range map[string]string{
		"":                     "is empty",
		"http://host":          `unknown scheme "http"`,
		"valkey://":            "names no host",
		":6379":                "names no host",
		"host:port":            "not a valid URL",
		"valkey://host/3":      "databases are set per queue",
		"valkey://host?db=3":   "? or # part",
		"valkey://host#x":      "? or # part",
		"unix://":              "absolute path",
		"unix://relative/path": "absolute path",
		"valkey://a:b c@host":  "not a valid URL",
	} {
		if _, err := ParseTarget(address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", address, err, want)
		}
	}
}

func TestPrintedTargetHoldsNoSecret(t *testing.T) {
	for address, want := range map[string]string{
		"redis://app:secret@cache": "valkey://cache:6379", "rediss://:secret@cache:1": "valkeys://cache:1", "unix:///s": "unix:///s",
	} {
		target, err := ParseTarget(address)
		if err != nil || target.String() != want || fmt.Sprint(target) != want || target.HasPassword() != strings.Contains(address, "secret") {
			t.Errorf("%s: got %v, %v, want %s", address, target, err, want)
		}
	}
	options := Options{Credentials: Credentials{User: "app"}.Password("secret")}
	if text := fmt.Sprintf("%v %+v", options, options); strings.Contains(text, "secret") {
		t.Errorf("options show their password: %s", text)
	}
}

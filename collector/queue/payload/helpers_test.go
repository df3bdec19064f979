package payload

import (
	"testing"
	"time"
)

// now is when the messages of the tests are looked at.
var now = time.Date(2024, time.June, 1, 12, 0, 0, 0, time.UTC)

// found is what Time returns: a time and its source, or a failure.
type found struct {
	at      string // RFC 3339
	source  string
	failure string
}

func foundBy(f Finder, text []byte, whole bool) found {
	at, source, failure := f.Time(text, whole, now)
	if at.IsZero() {
		return found{source: source, failure: failure}
	}
	return found{at.Format(time.RFC3339Nano), source, failure}
}

func parsed(t testing.TB, path string) Path {
	t.Helper()
	if path == "" {
		return Path{}
	}
	p, err := ParsePath(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wantFound(t *testing.T, f Finder, text string, want found) {
	t.Helper()
	if got := foundBy(f, []byte(text), true); got != want {
		t.Errorf("%q:\n got %+v\nwant %+v", text, got, want)
	}
}

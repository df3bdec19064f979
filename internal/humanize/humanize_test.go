package humanize

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestUnits(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ got, want string }{
		{Count(0), "0"},
		{Count(999), "999"},
		{Count(1000), "1,000"},
		{Count(1234567), "1,234,567"},
		{Count(-1234), "-1,234"},
		{Count(nan), "unknown"},
		{Rate(0), "0"},
		{Rate(0.004), "< 0.01"},
		{Rate(1), "1"},
		{Rate(1.25), "1.25"},
		{Rate(12.34), "12.3"},
		{Rate(1234.6), "1,235"},
		{Rate(nan), "unknown"},
		{Size(0), "0 B"},
		{Size(999), "999 B"},
		{Size(1000), "0.98 KiB"},
		{Size(852_000_000), "813 MiB"},
		{Size(1 << 30), "1.00 GiB"},
		{Size(nan), "unknown"},
		{Percent(0.8), "80 %"},
		{Percent(0.69999), "69.9 %"},
		{Percent(0.29), "29 %"},
		{Percent(1.02), "102 %"},
		{Percent(nan), "unknown"},
		{Seconds(0), "0 s"},
		{Seconds(0.2), "< 1 s"},
		{Seconds(59.9), "59 s"},
		{Seconds(60), "1 min"},
		{Seconds(3599), "59 min 59 s"},
		{Seconds(3660), "1 h 1 min"},
		{Seconds(86400), "1 d"},
		{Seconds(200000), "2 d 7 h"},
		{Seconds(-90), "-1 min 30 s"},
		{Seconds(math.Inf(1)), "11574074 d 1 h"},
		{Seconds(nan), "unknown"},
		{Took(1500 * time.Microsecond), "1.5 ms"},
		{Took(2 * time.Second), "2.00 s"},
		{Plural(1, "queue"), "1 queue"},
		{Plural(1200, "queue"), "1,200 queues"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// A name may be anything: what cannot be seen is written out, and what is long is
// cut.
func TestShown(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"queue:high", "queue:high"},
		{"a\nb\x1b[31m", `a\x0ab\x1b[31m`},
		{"left\u202eright", `left\u202eright`},
		{strings.Repeat("x", 30), strings.Repeat("x", 20) + "… (30 bytes)"},
	} {
		if got := Shown(c.name, 20); got != c.want {
			t.Errorf("%q is shown as %q, want %q", c.name, got, c.want)
		}
	}
}

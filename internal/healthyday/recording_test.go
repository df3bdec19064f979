package healthyday

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var nan = missing

func TestARecordingIsReadAsItWasWritten(t *testing.T) {
	want := Recording{
		Start: time.Unix(1700000000, 0), Interval: 15 * time.Second, Scrapes: 8, Restart: 3,
		Series: []Series{
			{`constant{job="valkey"}`, []float64{5, 5, 5, 5, 5, 5, 5, 5}},
			{`falling{job="valkey"}`, []float64{8, 6, 4, 2, 0, -2, -4, -6}},
			{`fraction{job="valkey"}`, []float64{0.1, 0.2, 0.3, 1e-9, 1e21, -0.5, -0.5, 3}},
			{`growing{a="} 1",job="valkey"}`, []float64{-1, 14, 29, 44, 44, 44, 45, 50}},
			{`gaps{job="valkey"}`, []float64{nan, nan, 1, nan, nan, nan, 2, nan}},
		},
	}
	text := want.Write("Something.")
	for _, line := range []string{
		"# Something.", "start 1700000000", "interval 15s", "restart 3",
		`constant{job="valkey"} 5x7`, `falling{job="valkey"} 8-2x7`, `fraction{job="valkey"} 0.1 0.2 0.3 0.000000001 1000000000000000000000 -0.5x1 3`,
		`growing{a="} 1",job="valkey"} -1+15x3 44x1 45 50`, `gaps{job="valkey"} _x1 1 stale _x1 2 stale`,
	} {
		if !strings.Contains(string(text), line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	got, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAMistakeInARecordingIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		"start soon":                        "line 1",
		"interval 15":                       "missing unit",
		"scrapes 2\nup 1 1":                 "line 2: want a series",
		"scrapes 2\nup{job=\"valkey\"} 1":   "1 values, want 2",
		"scrapes 2\nup{job=\"valkey\"} 1xa": `value "1xa"`,
		"scrapes 2\nup{job=\"valkey\"} a+b": `value "a+b"`,
	} {
		if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

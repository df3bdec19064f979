package valkey

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// list is a reply that is an array.
type list = []any

func TestHistogramsAreReadAndSorted(t *testing.T) {
	got, err := parseHistograms(list{
		"set",
		list{"calls", int64(3), "histogram_usec", list{int64(1), int64(2), int64(4), int64(3)}},
		"config|get",
		list{"calls", int64(1), "histogram_usec", list{int64(33), int64(1)}, "new in some release", "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Histogram{
		{Command: "config|get", Calls: 1, Buckets: []Bucket{{33, 1}}},
		{Command: "set", Calls: 3, Buckets: []Bucket{{1, 2}, {4, 3}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestBrokenHistogramIsAnErrorThatNamesTheCommand(t *testing.T) {
	one := int64(1)
	for name, value := range map[string]any{
		"no list":              "x",
		"odd list":             list{"calls"},
		"name is a number":     list{one, one},
		"calls is text":        list{"calls", "1"},
		"calls is negative":    list{"calls", int64(-1)},
		"buckets are no list":  list{"histogram_usec", "x"},
		"buckets are odd":      list{"histogram_usec", list{one}},
		"bound is text":        list{"histogram_usec", list{"1", one}},
		"count is text":        list{"histogram_usec", list{one, "1"}},
		"count is negative":    list{"histogram_usec", list{one, int64(-1)}},
		"bounds descend":       list{"calls", one, "histogram_usec", list{int64(2), one, one, one}},
		"counts descend":       list{"calls", one, "histogram_usec", list{one, one, int64(2), int64(0)}},
		"more than were calls": list{"calls", one, "histogram_usec", list{one, int64(2)}},
	} {
		if _, err := parseHistograms(list{"lpush", value}); err == nil || !strings.HasPrefix(err.Error(), `"lpush": `) {
			t.Errorf("%s: got %v, want an error about lpush", name, err)
		}
	}
	if _, err := parseHistograms(list{strings.Repeat("x", 1<<20), "y"}); err == nil || len(err.Error()) > longestError {
		t.Errorf("long name: got an error of %d bytes", len(errorText(err)))
	}
	if _, err := parseHistograms(nil); err == nil {
		t.Error("null: want an error")
	}
}

func TestSpikesAreRead(t *testing.T) {
	got, err := parseSpikes(list{list{"fork", int64(1795399140), int64(12), int64(20)}, list{"command", int64(1), int64(2), int64(3), "new"}})
	want := []Spike{{"fork", 1795399140, 12}, {"command", 1, 2}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if got, err := parseSpikes(list{}); err != nil || len(got) != 0 {
		t.Errorf("no spikes: got %v, %v", got, err)
	}
}

func TestBrokenSpikesAreABoundedError(t *testing.T) {
	one := int64(1)
	for name, reply := range map[string]any{
		"no list": "x", "null": nil, "no entry": list{"x"}, "short entry": list{list{"fork", one}},
		"event is a number": list{list{one, one, one}}, "time is text": list{list{"fork", "1", one}}, "duration is text": list{list{"fork", one, "1"}},
		"long text": list{strings.Repeat("x", 1<<20)},
	} {
		if _, err := parseSpikes(reply); err == nil || len(err.Error()) > longestError {
			t.Errorf("%s: got an error of %d bytes", name, len(errorText(err)))
		}
	}
}

func TestNewestSlowEntryIsReadWithoutItsArguments(t *testing.T) {
	got, err := parseSlowEntry(list{list{int64(149), int64(1795399141), int64(233), list{"GET", "user:1"}, "127.0.0.1:1", "app"}})
	if diff := cmp.Diff(&SlowEntry{ID: 149, Micros: 233}, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if got, err := parseSlowEntry(list{}); got != nil || err != nil {
		t.Errorf("empty log: got %v, %v", got, err)
	}
	one := int64(1)
	for name, reply := range map[string]any{
		"no list": "x", "null": nil, "no entry": list{"x"}, "short entry": list{list{one, one}},
		"ID is text": list{list{"1", one, one}}, "duration is text": list{list{one, one, "1"}},
	} {
		if _, err := parseSlowEntry(reply); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestConfigIsRead(t *testing.T) {
	got, err := parseConfig(list{"maxmemory", "0", "databases", "16"})
	if diff := cmp.Diff(map[string]string{"maxmemory": "0", "databases": "16"}, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	for name, reply := range map[string]any{
		"no list": "x", "null": nil, "odd list": list{"maxmemory"}, "name is a number": list{int64(1), "x"}, "value is a number": list{"maxmemory", int64(1)},
	} {
		if _, err := parseConfig(reply); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

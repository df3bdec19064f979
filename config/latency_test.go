package config

import (
	"strings"
	"testing"
	"time"
)

func TestTheDefaultObjectivesAreThoseOfTheSpecification(t *testing.T) {
	const us = time.Microsecond
	want := []Objective{
		{"get", At(100 * us), At(500 * us)},
		{"set", At(200 * us), At(1000 * us)},
		{"lpush", At(200 * us), At(1000 * us)},
		{"zadd", At(300 * us), At(1500 * us)},
	}
	l := Default().Latency()
	if len(l.Objectives) != len(want) {
		t.Fatalf("got %+v", l.Objectives)
	}
	for i, got := range l.Objectives {
		if got != want[i] {
			t.Errorf("got %+v, want %+v", got, want[i])
		}
	}
	if every, on := l.Interval.Get(); !on || every != 5*time.Second || l.SlowlogEntries != 128 {
		t.Errorf("every %v, %d entries", every, l.SlowlogEntries)
	}
}

func TestObjectivesOfAFileReplaceThoseOfTheDefault(t *testing.T) {
	v := parsed(t, `latency: {objectives: [{command: xinfo|stream, p99: 250us}, {command: json.get, p50: 1s, p99: off}]}`)
	got := v.Latency().Objectives
	if len(got) != 2 || got[0] != (Objective{Command: "xinfo|stream", P99: At(250 * time.Microsecond)}) || got[1] != (Objective{Command: "json.get", P50: At(time.Second)}) {
		t.Errorf("got %+v", got)
	}
	if every, _ := v.Latency().Interval.Get(); every != 5*time.Second {
		t.Errorf("every %v, want the default", every)
	}
	if v.Equal(Default()) {
		t.Error("it is said to ask for the same as the default")
	}
	got[0].Command = "changed"
	if v.Latency().Objectives[0].Command != "xinfo|stream" {
		t.Error("whoever asks can change the configuration")
	}
	roundTrip(t, v)
	roundTrip(t, parsed(t, "latency: {interval: off, slowlog_entries: 10, objectives: []}"))
}

func TestTheNumberOfObjectivesIsBounded(t *testing.T) {
	entries := func(n int) string {
		var b strings.Builder
		b.WriteString("latency:\n  objectives:\n")
		for i := range n {
			b.WriteString("    - {command: " + strings.Repeat("x", i+1) + ", p99: 1ms}\n")
		}
		return b.String()
	}
	parsed(t, entries(mostObjectives))
	if _, err := Parse("exporter.yml", []byte(entries(mostObjectives+1))); err == nil || !strings.Contains(err.Error(), "there are 51, and 50 at most") {
		t.Errorf("got %v", err)
	}
}

func TestADemonstrationLooksMoreOften(t *testing.T) {
	fast := Default().Faster(5)
	if every, _ := fast.Latency().Interval.Get(); every != time.Second {
		t.Errorf("every %v, want 1s of 5s", every)
	}
	if limit, _ := fast.Latency().Objectives[0].P99.Get(); limit != 500*time.Microsecond {
		t.Errorf("p99 %v: the server is as fast as ever", limit)
	}
}

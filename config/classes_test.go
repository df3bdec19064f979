package config

import (
	"strings"
	"testing"
	"time"
)

func TestTheDefaultClassesAreThoseOfTheSpecification(t *testing.T) {
	c := Default().Classes()
	want := map[string]Class{
		"user:*":       {MaxTTL: At(5 * time.Minute), Kind: Data},
		"users:page:*": {MaxTTL: At(5 * time.Minute), Kind: Data},
		"api:*":        {MaxTTL: At(10 * time.Minute), Kind: Data},
		"cache:tags:*": {Kind: Tags},
		"session:*":    {MaxTTL: At(time.Hour), Kind: Data},
		"queue:*":      {Kind: Data},
		"rate:*":       {Kind: RateLimit, Window: At(time.Minute)},
		"limit:*":      {MaxTTL: At(time.Hour), Kind: Data},
		"ranking:*":    {Kind: Data},
		"lock:*":       {MaxTTL: At(30 * time.Second), Kind: Lock},
	}
	for _, got := range c.Patterns {
		expected, ok := want[got.Pattern]
		expected.Pattern = got.Pattern
		if !ok || got != expected {
			t.Errorf("got %+v, want %+v", got, expected)
		}
		delete(want, got.Pattern)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if every, on := c.Interval.Get(); !on || every != 5*time.Minute || c.Samples != 2000 {
		t.Errorf("every %v, %d samples", every, c.Samples)
	}
}

func TestClassesOfAFileReplaceThoseOfTheDefault(t *testing.T) {
	v := parsed(t, `classes: {patterns: [{pattern: "mutex:*", kind: lock, max_ttl: 2m}, {pattern: "throttle:*", kind: rate_limit}]}`)
	got := v.Classes().Patterns
	if len(got) != 2 || got[0] != (Class{Pattern: "mutex:*", Kind: Lock, MaxTTL: At(2 * time.Minute)}) || got[1].Window != At(usualWindow) {
		t.Errorf("got %+v", got)
	}
	if every, _ := v.Classes().Interval.Get(); every != 5*time.Minute {
		t.Errorf("every %v, want the default", every)
	}
	if v.Equal(Default()) || v.Classes().AsksAs(Default().Classes()) {
		t.Error("it is said to ask for the same as the default")
	}
	got[0].Pattern = "changed"
	if v.Classes().Patterns[0].Pattern != "mutex:*" {
		t.Error("whoever asks can change the configuration")
	}
	roundTrip(t, v)
	roundTrip(t, parsed(t, "classes: {interval: off, patterns: []}"))
	named := parsed(t, "classes: {largest_key: on}")
	if named.Equal(Default()) || !named.Classes().AsksAs(Default().Classes()) {
		t.Error("to show a name is no other configuration, or asks the server for something else")
	}
	roundTrip(t, named)
}

func TestTheNumberOfClassesIsBounded(t *testing.T) {
	entries := func(n int) string {
		var b strings.Builder
		b.WriteString("classes:\n  patterns:\n")
		for i := range n {
			b.WriteString("    - pattern: \"" + strings.Repeat("x", i+1) + ":*\"\n")
		}
		return b.String()
	}
	parsed(t, entries(mostClasses))
	if _, err := Parse("exporter.yml", []byte(entries(mostClasses+1))); err == nil || !strings.Contains(err.Error(), "there are 51, and 50 at most") {
		t.Errorf("got %v", err)
	}
}

func TestClassesOfADemonstrationAreCountedMoreOften(t *testing.T) {
	fast := Default().Faster(20)
	if every, _ := fast.Classes().Interval.Get(); every != 15*time.Second {
		t.Errorf("every %v, want 15s of 5m", every)
	}
	if ttl, _ := fast.Classes().Patterns[0].MaxTTL.Get(); ttl != 5*time.Minute {
		t.Errorf("max_ttl %v: the application is as slow as ever", ttl)
	}
}

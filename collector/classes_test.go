//go:build unix

package collector_test

import (
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/class"
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// goldenClasses has a class of each kind, one that may not be seen, and a database
// whose walk has not ended yet.
func goldenClasses() *collector.Classes {
	untrimmed := 12.0
	return &collector.Classes{
		MaxShare: 0.01,
		Status: class.Status{
			Walks: []class.Walked{
				{DB: 0, Ended: goldenTime.Add(-time.Minute), Took: 90 * time.Second, Work: 800 * time.Millisecond, Complete: true},
				{DB: 3},
			},
			Reports: []class.Report{
				{
					Class: "session:*", Keys: 40_000, MaxTTL: time.Hour, Samples: 2000,
					Expiry:  &class.Expiry{Without: 400, Overlong: 20, Within: [7]float64{100, 900, 9000, 39_600, 39_600, 39_600, 39_600}, Error: 0.021},
					Memory:  &class.Memory{Bytes: 8_000_000, Error: 0.013},
					Largest: &valkey.Extent{Bytes: 5000, Elements: 4000},
				},
				{Class: "lock:*", Kind: class.Lock, Keys: 3, MaxTTL: 30 * time.Second, Samples: 3, Expiry: &class.Expiry{Without: 1}, Memory: &class.Memory{Bytes: 300}},
				{Class: "rate:*", Kind: class.RateLimit, Keys: 50, Samples: 50, Expiry: &class.Expiry{}, Untrimmed: &untrimmed},
				{Class: "cache:tags:*", Kind: class.Tags, Keys: 2, Samples: 2, Expiry: &class.Expiry{Without: 2}, Dead: &class.DeadMembers{Share: 0.4, Checked: 20}},
				{Class: "secret:\"\xff\n*", Keys: 7, Denied: true},
				{Class: class.Other},
			},
			Unavailable: []valkey.Unavailable{{Command: "MEMORY USAGE", Reason: valkey.ReasonDenied}},
		},
	}
}

// What is not known of a class has no sample: a class that may not be seen is not
// one without leaks.
func TestUnknownOfAClassIsAbsent(t *testing.T) {
	page, err := collector.Describe(valkey.Snapshot{Up: true}, collector.State{Now: goldenTime, Classes: goldenClasses()})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Release()
	having := map[string][]string{}
	for _, f := range page.Families {
		for _, m := range f.Metric {
			for _, l := range m.Label {
				if l.GetName() == string(metric.LabelClass) {
					having[f.GetName()] = append(having[f.GetName()], l.GetValue())
				}
			}
		}
	}
	for name, want := range map[string]int{
		metric.ClassKeys.Name(): 6, metric.ClassSamples.Name(): 6, metric.ClassKeysWithoutTTL.Name(): 4, metric.ClassKeysOverlong.Name(): 2,
		metric.ClassKeysExpiring.Name(): 4 * len(class.Bounds), metric.ClassMemory.Name(): 2, metric.ClassLargestBytes.Name(): 1,
		metric.ClassStuckLocks.Name(): 1, metric.ClassUntrimmed.Name(): 1, metric.ClassDeadMembers.Name(): 1, metric.ClassUnreadable.Name(): 6,
	} {
		if got := having[name]; len(got) != want {
			t.Errorf("%s has classes %q, want %d", name, got, want)
		}
	}
}

func TestNothingIsSaidOfTheKeysOfAServerThatIsDown(t *testing.T) {
	page, err := collector.Describe(valkey.Snapshot{}, collector.State{Now: goldenTime, Classes: goldenClasses()})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Release()
	for _, f := range page.Families {
		if strings.HasPrefix(f.GetName(), "redis_class_") {
			t.Errorf("there is %s", f.GetName())
		}
	}
}

package config_test

import (
	"testing"
	"time"

	"valkey-exporter/config"
)

func TestFasterShortensWhatIsPatient(t *testing.T) {
	usual := config.Default()
	fast := usual.Faster(20)

	if got := fast.Pace(); got != 20 {
		t.Errorf("pace %d, want 20", got)
	}
	if got, _ := fast.Queues()[0].MaxAge.Get(); got != 15*time.Second {
		t.Errorf("queue:high may be %v old, want 15s of 5m", got)
	}
	if got, _ := fast.Queues()[0].MaxLength.Get(); got != 1000 {
		t.Errorf("queue:high may be %d long, want 1000 as ever", got)
	}
	if got := fast.Discovery().Interval; got != 3*time.Second {
		t.Errorf("looks for queues every %v, want 3s of 60s", got)
	}
	if got, _ := fast.Observe().Interval.Get(); got != time.Second {
		t.Errorf("looks into queues every %v, want the shortest, 1s, of 5s", got)
	}
	for threshold, want := range map[config.Threshold]float64{
		config.Stalled:        15,    // of 5m
		config.CommandLatency: 0.001, // how quick, not how patient
		config.MemoryHigh:     0.8,
		config.EvictionRate:   100,
	} {
		if got, _ := fast.Alerts().Thresholds.Get(threshold); got != want {
			t.Errorf("%v is %v, want %v", threshold, got, want)
		}
	}
}

func TestFasterLeavesTheOriginal(t *testing.T) {
	usual := config.Default()
	if fast := usual.Faster(20); fast.Equal(usual) {
		t.Error("twenty times faster is said to be the same")
	}
	if !usual.Equal(config.Default()) || usual.Pace() != 1 {
		t.Error("the configuration that was made faster has changed")
	}
}

package health

import (
	"math"
	"slices"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

func TestDrainIsTheTimeLeftAtThePresentRate(t *testing.T) {
	none := valkey.NotSent
	cases := map[string]struct {
		lengths []float64 // one per interval
		want    float64
	}{
		"two looks are no trend":       {[]float64{100, 90}, none},
		"falling by 10 in 5 seconds":   {[]float64{100, 90, 80}, 40},
		"unevenly":                     {[]float64{100, 99, 80}, 40},
		"growing":                      {[]float64{100, 110, 120}, none},
		"standing still":               {[]float64{100, 100, 100}, none},
		"up and down again":            {[]float64{100, 200, 100}, none},
		"empty":                        {[]float64{100, 50, 0}, none},
		"filled anew":                  {[]float64{100, 50, 0, 80, 70}, none},
		"only the last minute matters": {append(repeat(1000, 20), 988, 976, 964, 952, 940, 928, 916, 904, 892, 880, 868, 856), 356 / 12. * 5 * 2.4044943820224720},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			var d drain
			for i, length := range test.lengths {
				d.add(noon.Add(time.Duration(i)*interval), length, interval)
			}
			if got := d.seconds(); math.Abs(got-test.want) > 1 || math.IsNaN(got) != math.IsNaN(test.want) {
				t.Errorf("drains in %g s, want %g", got, test.want)
			}
		})
	}
}

func repeat(length float64, n int) []float64 { return slices.Repeat([]float64{length}, n) }

func TestDrainReachesBackAMinuteHoweverOftenItIsSeen(t *testing.T) {
	for _, every := range []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second, 15 * time.Second} {
		var d drain
		for at := time.Duration(0); at < 5*time.Minute; at += every {
			d.add(noon.Add(at), 1000-at.Seconds(), every)
		}
		if len(d) < drainLeast || len(d) > drainSamples {
			t.Errorf("every %s: %d samples, want %d to %d", every, len(d), drainLeast, drainSamples)
		}
		if back := d[len(d)-1].at.Sub(d[0].at); back < 45*time.Second || back > drainWindow {
			t.Errorf("every %s: samples reach back %s, want about %s", every, back, drainWindow)
		}
	}
}

func TestSlowLooksAreEnoughForATrend(t *testing.T) {
	var d drain
	for i := range 5 {
		d.add(noon.Add(time.Duration(i)*time.Minute), float64(1000-60*i), time.Minute)
	}
	if got := d.seconds(); math.Abs(got-760) > 1 {
		t.Errorf("drains in %g s, want 760", got)
	}
}

func TestAQueueThatVanishedDidNotDrain(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(100)...)
	s.look().look().look()
	s.del("q")
	s.lpush("q", "a", "b")
	s.look()
	if got := s.report("q").Flow.Drain; !math.IsNaN(got) {
		t.Errorf("drains in %g s, want no trend", got)
	}
}

func TestAQueueDrains(t *testing.T) {
	s := play(t, Settings{}, "work q")
	s.lpush("q", jobs(100)...)
	for range 4 {
		s.look()
		s.rpop("q", 10)
	}
	if got := s.report("q").Flow.Drain; got != 35 {
		t.Errorf("drains in %g s, want 35: 70 messages at 2 per second", got)
	}
}

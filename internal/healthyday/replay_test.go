package healthyday

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// tape is twelve scrapes of one series. What is played again begins at the ninth.
func tapeOf(name string, values ...float64) Recording {
	return Recording{
		Start: time.Unix(1700000000, 0), Interval: 15 * time.Second, Scrapes: len(values),
		Series: []Series{{name + `{job="valkey"}`, values}},
	}
}

func play(r Recording, ticks, every int) []float64 {
	played := r.Play(time.Duration(ticks)*r.Interval, time.Duration(every)*r.Interval, func(string) bool { return true })
	return played[0].Values
}

func TestLapsGoOnFromWhereTheyWere(t *testing.T) {
	const start = 1700000000
	for _, c := range []struct {
		name, series string
		values, want []float64
	}{
		{
			"a gauge repeats", "redis_connected_clients",
			[]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
			[]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 9, 10, 11, 9, 10, 11},
		},
		{
			"a counter goes on", "redis_evicted_keys_total",
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 6, 9},
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 6, 9, 10, 10, 13, 14, 14, 17},
		},
		{
			"so does a gauge that counts", "redis_uptime_in_seconds",
			[]float64{0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165},
			[]float64{0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165, 180, 195, 210, 225, 240, 255},
		},
		{
			"and a bucket", "redis_queue_processing_duration_seconds_bucket",
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2},
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4},
		},
		{
			"but no quantile", "redis_latency_percentiles_usec",
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2},
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 1, 2, 2, 1, 2, 2},
		},
		{
			"a counter that appears stays", "redis_errors_total",
			[]float64{nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 1, 2},
			[]float64{nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 1, 2, 2, 2, 3, 3, 3, 4},
		},
		{
			"a time stays as long ago", "redis_queue_oldest_message_timestamp_seconds",
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, start + 130, start + 140, start + 160},
			[]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 130, 140, 160, 175, 185, 205, 220, 230, 250},
		},
		{
			"but one that does not change is one", "redis_start_time_seconds",
			[]float64{start - 9, start - 9, start - 9, start - 9, start - 9, start - 9, start - 9, start - 9, start - 9, start - 9.1, start - 9, start - 9},
			[]float64{-9, -9, -9, -9, -9, -9, -9, -9, -9, -9.1, -9, -9, -9.1, -9, -9, -9.1, -9, -9},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := tapeOf(c.series, c.values...)
			got := play(r, len(c.want)-1, 1)
			if diff := cmp.Diff(c.want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var every2 []float64
			for i := 0; i < len(c.want); i += 2 {
				every2 = append(every2, c.want[i])
			}
			if diff := cmp.Diff(every2, play(r, len(c.want)-1, 2), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Errorf("at half the pace (-want +got):\n%s", diff)
			}
		})
	}
}

// A restart comes once, and is seen at every interval.
func TestARestartIsPlayedOnce(t *testing.T) {
	uptime := []float64{100, 115, 130, 145, 160, 175, 190, 205, 220, 235, 250, nan, 5, 20, 35, 50, 65, 80, 95, 110, 125, 140, 155}
	r := tapeOf("redis_uptime_in_seconds", uptime...)
	r.Restart = 11
	for _, every := range []int{1, 2, 4} {
		got := play(r, 80, every)
		down := slices.IndexFunc(got, math.IsNaN)
		if down < 80/2/every-4 || down > 80/2/every {
			t.Errorf("every %d: the server is down in scrape %d of %d", every, down, len(got))
		}
		for i, v := range got[1:] {
			if i+1 != down && i != down && v != got[i]+15*float64(every) {
				t.Errorf("every %d: scrape %d is %v after %v", every, i+1, v, got[i])
			}
		}
		if after := got[down+1]; after != 5+15*float64(every-1) {
			t.Errorf("every %d: %v after the restart", every, after)
		}
	}
}

func TestSeriesBelongToTheirMetrics(t *testing.T) {
	for _, family := range []string{"redis_up", "redis_queue_processing_duration_seconds_bucket", "redis_exporter_scrape_duration_seconds_sum", "up"} {
		if catalogued(family) == nil {
			t.Errorf("no metric of %s", family)
		}
	}
	for _, family := range []string{"redis_up_total", "redis_up_sum", "other"} {
		if m := catalogued(family); m != nil {
			t.Errorf("%s is %s", family, m)
		}
	}
}

// What is played on as a count never falls, unless its server is restarted.
func TestCountsGrowInTheRecordings(t *testing.T) {
	for _, s := range Scenarios() {
		r := load(t, recordings, s)
		for _, series := range r.Series {
			m := catalogued(series.Family())
			if m == nil {
				t.Errorf("%s: %s is not in the catalogue", s.Name, series.Name)
			} else if !counts(series.Family(), m) {
				continue
			}
			last, at := missing, 0
			for n, v := range series.Values {
				if v < last && (at > r.Restart || n <= r.Restart) {
					t.Errorf("%s: %s falls from %v to %v in scrape %d", s.Name, series.Name, last, v, n)
				}
				if !math.IsNaN(v) {
					last, at = v, n
				}
			}
		}
	}
}

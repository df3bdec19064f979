package healthyday

import (
	"math"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"valkey-exporter/collector/metric"
)

// settled is how many scrapes a server and its exporter take until all is as it
// will be: they are played once, what follows is played again and again.
const settled = 8

// Play is a recording laid end to end: the series of some families, from a scrape
// at time 0 to one after the time, at an interval that is a multiple of that of
// the recording. What counts goes on counting, times stay as long ago as they
// were, and everything else repeats. A restart is played once, half-way.
func (r Recording) Play(over, interval time.Duration, wanted func(family string) bool) []Series {
	every := int(interval / r.Interval)
	steps := r.steps(int(over/r.Interval)+every, every)
	var all []Series
	for _, s := range r.Series {
		if !wanted(s.Family()) {
			continue
		}
		values := r.player(s.Family(), s.Values)(steps)
		played := Series{Name: s.Name}
		for tick := 0; time.Duration(tick)*r.Interval <= over; tick += every {
			played.Values = append(played.Values, values[tick])
		}
		all = append(all, played)
	}
	return all
}

// step is a moment of the replay.
type step struct {
	scrape int // of the recording
	lap    lap // what has just begun again, if anything
}

// lap is a part of the recording that is played again: first and last are the
// same moment, which is not played twice.
type lap struct{ first, last int }

// steps are the moments of the replay. One in every moments is a scrape; the one
// that finds a server down is among them.
func (r Recording) steps(n, every int) []step {
	if r.Restart == 0 {
		return part(nil, 0, r.Scrapes, n)
	}
	laps := max(0, (n/2-r.Restart)/(r.Restart-1-settled))
	before := r.Restart + laps*(r.Restart-1-settled)
	all := part(nil, 0, r.Restart, before)
	all = part(all, r.Restart, r.Scrapes, n+every)
	return all[before%every:]
}

// part plays the recording from a scrape up to another until there are n steps.
func part(all []step, from, to, n int) []step {
	for scrape, again := from, (lap{}); len(all) < n; {
		all = append(all, step{scrape, again})
		again = lap{}
		if scrape++; scrape == to {
			again = lap{from + settled, to - 1}
			scrape = again.first + 1
		}
	}
	return all
}

// player says how the values of a family go on.
func (r Recording) player(family string, values []float64) func([]step) []float64 {
	switch m := catalogued(family); {
	case counts(family, m):
		return func(steps []step) []float64 { return count(steps, values) }
	case m != nil && m.Unit() == metric.Timestamp:
		return func(steps []step) []float64 { return r.times(steps, values) }
	}
	return func(steps []step) []float64 {
		played := make([]float64, len(steps))
		for i, s := range steps {
			played[i] = values[s.scrape]
		}
		return played
	}
}

// catalogued is the metric of a family of series, nil if the catalogue has none.
func catalogued(family string) *metric.Metric {
	for _, m := range metric.All() {
		rest, ok := strings.CutPrefix(family, m.Name())
		if !ok {
			continue
		}
		switch m.Type() {
		case dto.MetricType_HISTOGRAM, dto.MetricType_SUMMARY:
			ok = slices.Contains([]string{"", "_bucket", "_count", "_sum"}, rest)
		default:
			ok = rest == ""
		}
		if ok {
			return m
		}
	}
	return nil
}

// growing are gauges that only grow while the server runs: they count although
// they are no counters.
var growing = []metric.Family{
	metric.Uptime, metric.SlowlogLastID, metric.RDBChanges, metric.RDBSaves, metric.LazyfreeFreed,
	metric.DefragHits, metric.DefragMisses, metric.DefragKeyHits, metric.DefragKeyMisses,
	metric.ResyncsFull, metric.ResyncsPartial, metric.ResyncsDenied,
	metric.ReplicationOffset, metric.ReplicaOffset, metric.BacklogFirstOffset, metric.SlaveReplOffset, metric.SlaveReadOffset,
	metric.StreamGroupRead,
}

// counts says whether the series of a family count. The quantiles of a summary,
// which have its name, do not.
func counts(family string, m *metric.Metric) bool {
	switch {
	case m == nil:
		return false
	case m.Type() == dto.MetricType_SUMMARY:
		return family != m.Name()
	case m.Type() == dto.MetricType_GAUGE:
		return slices.ContainsFunc(growing, func(g metric.Family) bool { return g.Base() == m })
	}
	return true
}

// count lets a counter go on from where it was when a part is played again. A
// fall is a restart: it begins anew. What appears in the course of a part has
// been there since, as far as the next laps go.
func count(steps []step, values []float64) []float64 {
	played := make([]float64, len(steps))
	offset, before, last := 0.0, missing, missing
	for i, s := range steps {
		v := values[s.scrape]
		if s.lap != (lap{}) {
			offset, before = offset+gain(values[s.lap.first:s.lap.last+1]), missing
		}
		switch {
		case !math.IsNaN(v):
			if v < before {
				offset = 0
			}
			before = v
			played[i] = v + offset
			last = played[i]
		case i > 0 && !math.IsNaN(played[i-1]) && math.IsNaN(before):
			played[i] = last
		default:
			played[i] = missing
		}
	}
	return played
}

// gain is by how much a counter grows within a lap.
func gain(values []float64) float64 {
	there := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(there) == 0 {
		return 0
	}
	return there[len(there)-1] - there[0]
}

// times moves times along, so that they are as long ago as when they were
// recorded. A time that does not change in a lap is one: of a start, for example.
func (r Recording) times(steps []step, values []float64) []float64 {
	const jitter = 2.0 // seconds by which a time may move that is computed anew in each scrape
	epoch, interval := float64(r.Start.Unix()), r.Interval.Seconds()
	played := make([]float64, len(steps))
	shift, before := 0.0, missing
	for i, s := range steps {
		v := values[s.scrape]
		if math.IsNaN(v) || v == 0 { // 0 is never
			played[i] = v
			continue
		}
		if !(math.Abs(v-before) < jitter) {
			shift = float64(i-s.scrape)*interval - epoch
		}
		before = v
		played[i] = v + shift
	}
	return played
}

package latency

import (
	"math"
	"slices"
	"strings"
	"time"

	"valkey-exporter/collector/valkey"
)

// Percentile is one of those that an objective may be about.
type Percentile int

// The percentiles.
const (
	P50 Percentile = 50
	P99 Percentile = 99
)

// Allowed is the share of calls that may take longer.
func (p Percentile) Allowed() float64 { return 1 - float64(p)/100 }

// Objective is how long most calls of a command may take inside the server.
type Objective struct {
	Command    string // as the server names it
	Percentile Percentile
	Limit      time.Duration
}

// Exceeded is how many of the calls of a histogram have certainly taken longer than
// the objective allows: those above the first bound of the server's that is not
// below it.
func (o Objective) Exceeded(h valkey.Histogram) uint64 {
	bound := Bound(o.Limit)
	within := uint64(0)
	for _, b := range h.Buckets {
		if b.Micros > bound {
			break
		}
		within = b.Calls
	}
	return h.Calls - within
}

// Bound is the server's own bound, in microseconds, up to which calls count as
// within a limit. The server counts by powers of two of 1.024 microseconds and
// names each bound by up to one in a hundred too high, as a whole number; it leaves
// those out in which nothing is, so they cannot be taken from its answer.
func Bound(limit time.Duration) float64 {
	const first, rounding = 1.024, 1.01
	power := math.Ceil(math.Log2(max(1, float64(limit.Nanoseconds())/1e3/first)))
	return math.Floor(first * math.Exp2(power) * rounding)
}

// Calls are those of a command, with those that took longer than an objective allows.
type Calls struct {
	Objective
	Calls    uint64
	Exceeded uint64
}

// Judge counts for each objective whose command the server has run.
func Judge(objectives []Objective, histograms []valkey.Histogram) []Calls {
	all := make([]Calls, 0, len(objectives))
	for _, o := range objectives {
		if h, ok := find(histograms, o.Command); ok {
			all = append(all, Calls{o, h.Calls, o.Exceeded(h)})
		}
	}
	return all
}

// find is the histogram of a command, in a list that is sorted by command.
func find(histograms []valkey.Histogram, command string) (valkey.Histogram, bool) {
	i, ok := slices.BinarySearchFunc(histograms, command, func(h valkey.Histogram, name string) int { return strings.Compare(h.Command, name) })
	if !ok {
		return valkey.Histogram{}, false
	}
	return histograms[i], true
}

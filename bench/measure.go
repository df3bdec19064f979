//go:build unix

package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// warmUp is how often each subject runs before it is measured.
const warmUp = 20

// subject is one thing whose time is taken.
type subject struct {
	name  string
	run   func() error
	times []time.Duration
}

func timed(name string, run func() error) *subject { return &subject{name: name, run: run} }

// interleave takes the times of all subjects in turn, so that whatever else
// the machine does meanwhile meets all of them alike.
func interleave(ctx context.Context, rounds int, subjects ...*subject) error {
	for i := range warmUp + rounds {
		for _, s := range subjects {
			if err := ctx.Err(); err != nil {
				return err
			}
			start := time.Now()
			if err := s.run(); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			if i >= warmUp {
				s.times = append(s.times, time.Since(start))
			}
		}
	}
	return nil
}

// spread is the middle of many times and what most of them lie between.
type spread struct{ low, median, high time.Duration }

// spread is the 10th, 50th and 90th percentile.
func (s *subject) spread() spread {
	times := slices.Sorted(slices.Values(s.times))
	at := func(percent int) time.Duration { return times[(len(times)-1)*percent/100] }
	return spread{at(10), at(50), at(90)}
}

func (s spread) to(other spread) float64 { return float64(s.median) / float64(other.median) }

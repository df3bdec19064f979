//go:build unix

package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"valkey-exporter/internal/fault"
)

// proof is a run, of one wave or several.
type proof struct {
	flags   flags
	faults  []fault.Fault
	begun   time.Time
	results []result
}

// waves are the faults in groups of at most so many; what takes long is in the same
// group. There is a group even without faults, for what is healthy.
func waves(faults []fault.Fault, atOnce int) [][]fault.Fault {
	if atOnce == 0 || len(faults) <= atOnce {
		return [][]fault.Fault{faults}
	}
	sorted := slices.Clone(faults)
	slices.SortStableFunc(sorted, func(a, b fault.Fault) int { return cmp.Compare(a.Lasts(), b.Lasts()) })
	return slices.Collect(slices.Chunk(sorted, atOnce))
}

// prove breaks everything of a wave at the same time.
func (p *proof) prove(ctx context.Context, wave []fault.Fault) error {
	l, err := open(ctx, p.flags, wave)
	if err != nil {
		return err
	}
	defer l.close()
	p.results = append(p.results, l.prove(ctx)...)
	return ctx.Err()
}

package main

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// unit is one test, as a file of its own.
type unit struct {
	file    string
	content []byte
	asked   []string // names that it asks about
	needed  []string // names of the rules that it needs
	cost    time.Duration
	kills   int
}

// trial is how mutants of rules of one name are tried: by all tests that ask about
// what these rules may affect.
type trial struct {
	mutex sync.Mutex
	units []*unit
}

func (s *ruleSet) trial(r *rule) (*trial, error) {
	affected := s.affected(r)
	t := &trial{}
	for _, file := range s.tests {
		units, err := file.about(affected)
		if err != nil {
			return nil, err
		}
		t.units = append(t.units, units...)
	}
	for _, u := range t.units {
		u.needed = s.needed(u.asked)
	}
	return t, nil
}

// order is the one in which a mutant probably dies soonest: first the tests that
// have killed many others, and cost little. It has no influence on the verdict.
func (t *trial) order() []*unit {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	worth := map[*unit]float64{}
	for _, u := range t.units {
		worth[u] = float64(u.kills+1) / u.cost.Seconds()
	}
	all := slices.Clone(t.units)
	slices.SortStableFunc(all, func(a, b *unit) int { return cmp.Compare(worth[b], worth[a]) })
	return all
}

func (t *trial) killedBy(u *unit) {
	t.mutex.Lock()
	u.kills++
	t.mutex.Unlock()
}

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// report is the outcome of a run.
type report struct {
	mutants []*mutant
	reasons reasons
	stale   []string // reasons for mutants that were killed, or do not exist
}

// tally counts verdicts. A survivor that no test can kill is not counted as one.
type tally struct{ mutants, killed, survived, equal, invalid int }

func (t *tally) add(m *mutant) {
	t.mutants++
	switch {
	case m.verdict == killed:
		t.killed++
	case m.verdict == invalid:
		t.invalid++
	case m.equal != "":
		t.equal++
	default:
		t.survived++
	}
}

// score is the share of mutants that a test noticed, of those that one could.
func (t *tally) score() float64 {
	if t.killed+t.survived == 0 {
		return 1
	}
	return float64(t.killed) / float64(t.killed+t.survived)
}

// judge compares the verdicts with the reasons that are known. Reasons for mutants
// that were not run cannot be judged, unless all were.
func judge(mutants []*mutant, known reasons, whole bool) *report {
	r := &report{mutants: mutants, reasons: known}
	survivors, run := map[string]bool{}, map[string]bool{}
	for _, m := range mutants {
		key := m.rule.title + ": " + m.text
		run[key] = true
		survivors[key] = m.verdict == survived && m.equal == ""
	}
	for _, title := range slices.Sorted(maps.Keys(known)) {
		for _, text := range slices.Sorted(maps.Keys(known[title])) {
			if key := title + ": " + text; !survivors[key] && (whole || run[key]) {
				r.stale = append(r.stale, key)
			}
		}
	}
	return r
}

// survivors are mutants that a test could have noticed, and none did.
func (r *report) survivors() []*mutant {
	var all []*mutant
	for _, m := range r.mutants {
		if m.verdict == survived && m.equal == "" {
			all = append(all, m)
		}
	}
	return all
}

func (r *report) total() *tally {
	var t tally
	for _, m := range r.mutants {
		t.add(m)
	}
	return &t
}

// conclude says how it went, and fails when something has to be done.
func (r *report) conclude(out io.Writer, least float64) error {
	t := r.total()
	fmt.Fprintf(out, "%d mutants: %d killed, %d survived, %d equivalent, %d invalid; score %.1f %%\n",
		t.mutants, t.killed, t.survived, t.equal, t.invalid, 100*t.score())
	unexplained := slices.DeleteFunc(r.survivors(), func(m *mutant) bool { return r.reasons.of(m) != "" })
	if err := explain(out, unexplained); err != nil {
		return err
	}
	if len(r.stale) > 0 {
		fmt.Fprintln(out, "\nReasons without a survivor:")
		for _, key := range r.stale {
			fmt.Fprintln(out, "  "+key)
		}
	}
	switch {
	case t.score() < least:
		return fmt.Errorf("the tests notice %.1f %% of the mutants, and should notice %.1f %%", 100*t.score(), 100*least)
	case len(unexplained) > 0:
		return fmt.Errorf("survivors without a reason: %d; write a test that kills them, or the reason into survivors.yml", len(unexplained))
	case len(r.stale) > 0:
		return fmt.Errorf("reasons without a survivor: %d; take them out of survivors.yml", len(r.stale))
	}
	return nil
}

// explain says what there is to do about survivors.
func explain(out io.Writer, survivors []*mutant) error {
	var untested []string
	var open []*mutant
	for _, m := range survivors {
		switch {
		case len(m.trial.units) > 0:
			open = append(open, m)
		case !slices.Contains(untested, m.rule.title):
			untested = append(untested, m.rule.title)
		}
	}
	if len(untested) > 0 {
		fmt.Fprintln(out, "\nRules that no test asks about: "+strings.Join(untested, ", "))
	}
	if len(open) == 0 {
		return nil
	}
	list, err := wanting(open)
	if err == nil {
		fmt.Fprintf(out, "\nSurvivors without a reason, as they would be written into survivors.yml:\n\n%s", list)
	}
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/rulefmt"
)

// runner runs promtool on mutants.
type runner struct {
	promtool string
	jobs     int
	timeout  time.Duration
	set      *ruleSet
}

// try finds the verdict on every mutant. First the tests must pass on the rules as
// they are: else they would fail on mutants too, for another reason.
func try(ctx context.Context, o options, set *ruleSet, mutants []*mutant) error {
	promtool, err := exec.LookPath(o.promtool)
	if err != nil {
		return err
	}
	if promtool, err = filepath.Abs(promtool); err != nil {
		return err
	}
	r := runner{promtool, o.jobs, o.timeout, set}
	if err := r.untouched(ctx, mutants); err != nil {
		return err
	}
	done := counter{all: len(mutants)}
	return each(ctx, r.jobs, mutants, func(ctx context.Context, m *mutant) error {
		defer done.add()
		if err := r.judge(ctx, m); err != nil {
			return fmt.Errorf("%s: %s: %w", m.rule.title, m.text, err)
		}
		return nil
	})
}

// untouched runs all tests on the rules as they are, and notes how long each takes.
func (r runner) untouched(ctx context.Context, mutants []*mutant) error {
	type pair struct {
		rule *rule
		unit *unit
	}
	var pairs []pair
	var seen []*trial
	for _, m := range mutants {
		if slices.Contains(seen, m.trial) {
			continue
		}
		seen = append(seen, m.trial)
		for _, u := range m.trial.units {
			pairs = append(pairs, pair{m.rule, u})
		}
	}
	var mutex sync.Mutex
	var failing []string
	err := each(ctx, r.jobs, pairs, func(ctx context.Context, p pair) error {
		start := time.Now()
		passed, err := r.passes(ctx, p.rule, p.rule.Rule, p.unit)
		p.unit.cost = time.Since(start)
		mutex.Lock()
		defer mutex.Unlock()
		if !passed && err == nil && !slices.Contains(failing, p.rule.title) {
			failing = append(failing, p.rule.title)
		}
		return err
	})
	if err == nil && len(failing) > 0 {
		slices.Sort(failing)
		err = fmt.Errorf("tests fail on rules as they are, first make them pass: %s", strings.Join(failing, ", "))
	}
	return err
}

// judge finds the verdict on one mutant.
func (r runner) judge(ctx context.Context, m *mutant) error {
	content, err := r.set.file(m.rule, m.changed, nil)
	if err != nil {
		return err
	}
	if _, err := checked(content); err != nil {
		m.verdict = invalid
		return nil
	}
	for _, u := range m.trial.order() {
		passed, err := r.passes(ctx, m.rule, m.changed, u)
		if err != nil {
			return err
		}
		if !passed {
			m.trial.killedBy(u)
			m.verdict = killed
			break
		}
	}
	return nil
}

// passes runs one test, with a rule in the place of another. The folder is like that
// of the rules, because the test names the rule file by a relative path.
func (r runner) passes(ctx context.Context, old *rule, changed rulefmt.Rule, u *unit) (bool, error) {
	rules, err := r.set.file(old, changed, u.needed)
	if err != nil {
		return false, err
	}
	folder, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	test := testsFolder + "/" + u.file
	for path, content := range map[string][]byte{rulesFile: rules, test: u.content} {
		path = filepath.Join(folder, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return false, err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return false, err
		}
	}
	return r.run(ctx, folder, "test", "rules", filepath.FromSlash(test))
}

// run runs promtool. That it fails does not say why: only if it says so itself has
// a test failed. A run that takes too long is an error, and no verdict.
func (r runner) run(ctx context.Context, folder string, args ...string) (passed bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.timeout, fmt.Errorf("promtool has taken more than %s", r.timeout))
	defer cancel()
	command := exec.CommandContext(ctx, r.promtool, args...)
	command.Dir = folder
	output, err := command.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case err == nil:
		return true, nil
	case errors.As(err, &exit) && strings.Contains(string(output), "FAILED"):
		return false, nil
	}
	return false, fmt.Errorf("promtool: %w: %s", err, output)
}

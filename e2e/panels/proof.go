//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// proof is what is asked, and what came of it.
type proof struct {
	*lab

	patience time.Duration
	begun    time.Time // when all targets were scraped, and no alert fired any more
}

// settled is when the start is over. Prometheus takes seconds to find its targets,
// which are minutes at this pace: it rightly tells that nothing is measured.
var settled = question{
	board: "the proof", panel: "the start is over", instant: true,
	expr: `count(redis_up{job="$job"} == 1) == 2 unless on () ALERTS{severity=~"critical|warning",alertstate="firing"}`,
}

func (p *proof) settle(ctx context.Context) error {
	left, err := p.until(ctx, p.asker(), []question{settled})
	if err == nil && len(left) > 0 {
		err = errors.New("an alert fires, or a target is not scraped, although nothing was done to it")
	}
	p.begun = time.Now()
	return err
}

func (p *proof) asker() asker {
	return asker{prometheus: "http://" + p.stack.Prometheus.Addr, interval: p.stack.Interval(), since: p.begun}
}

// unanswered are those of some questions that have no answer.
func unanswered(ctx context.Context, a asker, all []question) ([]question, error) {
	var left []question
	for _, q := range all {
		ok, err := a.answered(ctx, q)
		if err != nil {
			return nil, err
		}
		if !ok {
			left = append(left, q)
		}
	}
	return left, nil
}

// until asks again and again until no question is left, or patience is.
func (p *proof) until(ctx context.Context, a asker, all []question) ([]question, error) {
	end := time.Now().Add(p.patience)
	for {
		var err error
		if all, err = unanswered(ctx, a, all); err != nil || len(all) == 0 || time.Now().After(end) || ctx.Err() != nil {
			return all, errors.Join(err, ctx.Err())
		}
		wait(ctx, time.Second)
	}
}

// whileAllIsWell wants an answer to all that waits for nothing.
func (p *proof) whileAllIsWell(ctx context.Context) error {
	var sure []question
	for _, q := range p.questions {
		if waitsFor(q) == nil {
			sure = append(sure, q)
		}
	}
	say("%d questions; %d of them have an answer as long as all is well", len(p.questions), len(sure))
	left, err := p.until(ctx, p.asker(), sure)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("no answer while all is well, and not on the list of e2e/panels/conditions.go:\n%s", list(left))
	}
	return p.needed(ctx)
}

// needed wants no answer yet to what waits for something.
func (p *proof) needed(ctx context.Context) error {
	var waiting []question
	for _, q := range p.questions {
		if c := waitsFor(q); c != nil && !c.may {
			waiting = append(waiting, q)
		}
	}
	left, err := unanswered(ctx, p.asker(), waiting)
	if err != nil || len(left) == len(waiting) {
		return err
	}
	early := slices.DeleteFunc(waiting, func(q question) bool { return slices.Contains(left, q) })
	return fmt.Errorf("answered while all is well: take them off the list of e2e/panels/conditions.go:\n%s", list(early))
}

// whileItIsNot brings about one condition after the other.
func (p *proof) whileItIsNot(ctx context.Context) error {
	var problems []error
	for i := range conditions {
		c := &conditions[i]
		all := slices.DeleteFunc(slices.Clone(p.questions), func(q question) bool { return waitsFor(q) != c })
		if len(all) == 0 {
			problems = append(problems, fmt.Errorf("nothing waits for %q: take it off the list", c.when))
			continue
		}
		say("%s: %d questions", c.when, len(all))
		if err := c.happens(ctx, p.lab); err != nil {
			return fmt.Errorf("%s: %w", c.when, err)
		}
		a := p.asker()
		a.later = c.later / time.Duration(p.config.Pace())
		left, err := p.until(ctx, a, all)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			problems = append(problems, fmt.Errorf("no answer although %s:\n%s", c.when, list(left)))
		}
	}
	return errors.Join(problems...)
}

func list(all []question) string {
	var text strings.Builder
	for _, q := range all {
		fmt.Fprintf(&text, "  %v: %s\n", q, q.expr)
	}
	return text.String()
}

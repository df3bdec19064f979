package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/checkup"
)

// runCheck is `exporter check`: an exporter that looks once, and says what it has seen to
// a person. It returns the exit code.
func runCheck(args []string) int {
	flags, err := parseCheckFlags(args)
	if err != nil {
		complain(err)
		return checkup.Unknown.ExitCode()
	}
	settings, err := flags.settings(os.Getenv)
	if err != nil {
		complain(err)
		return checkup.Unknown.ExitCode()
	}
	silent := slog.New(slog.DiscardHandler) // what is wrong is in the report
	redis.SetLogger(poolLog{silent})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait for anything
	c := &checkRun{flags: flags, settings: settings, started: time.Now(), interrupted: ctx}
	report := c.run(silent)
	if err := write(os.Stdout, report, flags.output); err != nil {
		complain(fmt.Errorf("the report cannot be written: %w", err))
		return checkup.Unknown.ExitCode()
	}
	return report.Result.ExitCode()
}

func write(to *os.File, report checkup.Report, output string) error {
	if output == textOutput {
		_, err := io.WriteString(to, report.Text(styleOf(to)))
		return err
	}
	text, err := report.JSON()
	if err == nil {
		_, err = to.Write(text)
	}
	return err
}

// checkRun is one check under way.
type checkRun struct {
	flags       *checkFlags
	settings    *settings
	started     time.Time
	interrupted context.Context // that it has ended is a result of the check

	exporter   *exporter
	snapshot   valkey.Snapshot // the latest that says something about the server
	incomplete []string
}

const (
	// answerTimeout is how long the server has for its first answer, as in a scrape.
	answerTimeout = 10 * time.Second
	// lastLook is how much of the timeout is left for the second scrape.
	lastLook = 2 * time.Second
	// pollInterval is how often a check looks whether there is more to wait for.
	pollInterval = 50 * time.Millisecond
)

// run looks at the server: a scrape, what the loops find out until they have seen
// everything, and another scrape.
func (c *checkRun) run(log *slog.Logger) checkup.Report {
	ctx, cancel := context.WithTimeout(c.interrupted, c.flags.timeout)
	defer cancel()
	c.exporter = newExporter(ctx, c.settings, log)
	defer c.exporter.close()
	c.exporter.page.Closely(c.settings.once.commands)
	c.scrape(ctx, min(answerTimeout, c.flags.timeout))
	if c.snapshot.Up {
		c.wait(ctx)
		c.scrape(ctx, c.flags.timeout)
	}
	return c.report()
}

// scrape asks what a scrape asks. One that was interrupted before it was answered says
// nothing.
func (c *checkRun) scrape(ctx context.Context, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if snap := c.exporter.shared.Snapshot(ctx); c.interrupted.Err() == nil || snap.Up {
		c.snapshot = snap
	}
}

// wait is over when the keys were walked over, the queues were looked into, and the
// server was watched for long enough; or when there is no more time.
func (c *checkRun) wait(ctx context.Context) {
	limit := c.flags.timeout - min(lastLook, c.flags.timeout/4)
	waiting, cancel := context.WithDeadline(ctx, c.started.Add(limit))
	defer cancel()
	bar := c.progress()
	defer bar.clear()
	observed := false
	for tick := time.NewTicker(pollInterval); ; {
		looked := c.looked()
		if looked && !observed {
			c.exporter.page.Observe() // what comes and goes is seen from here on
			observed = true
		}
		if looked && c.walked() && time.Since(c.started) >= c.flags.watch {
			return
		}
		bar.show(c.settings.once.met.Load())
		select {
		case <-tick.C:
		case <-waiting.Done():
			return
		}
	}
}

// looked reports whether every queue was looked into, or cannot be.
func (c *checkRun) looked() bool {
	w := c.exporter.current()
	looks := w.looks()
	return w.observer == nil || !looks.Last.IsZero() || looks.Failures > 0
}

// walked reports whether the walk over the keys has ended.
func (c *checkRun) walked() bool {
	select {
	case <-c.settings.once.done:
		return true
	default:
		return false
	}
}

// report is what there is to say. The loops end before: what they have not finished
// counts as far as it came.
func (c *checkRun) report() checkup.Report {
	walked, looked := c.walked(), c.looked()
	e, w := c.exporter, c.exporter.current()
	w.end()
	if w.survey != nil {
		w.survey.Stop()
	}
	e.page.Observe()
	if c.snapshot.Up {
		c.missing(walked, looked)
	}
	return checkup.New(checkup.Seen{
		Target: c.settings.target.String(), User: cmp.Or(c.settings.credentials.User, c.settings.target.User), Settings: c.settings.config,
		Snapshot: c.snapshot, State: e.state(), Assessment: e.page.Assess(),
		Took: time.Since(c.started), Incomplete: c.incomplete, Interrupted: c.interrupted.Err() != nil,
		WalkFailed: c.walkFailed(),
	})
}

// walkFailed is why the walk over the keys failed; nothing while it goes on.
func (c *checkRun) walkFailed() valkey.Kind {
	if !c.walked() {
		return valkey.KindNone
	}
	return valkey.KindOf(c.settings.once.err)
}

// missing says what the check did not come to.
func (c *checkRun) missing(walked, looked bool) {
	why := fmt.Sprintf("--timeout (%s) is over", c.flags.timeout)
	if c.interrupted.Err() != nil {
		why = "the check was interrupted"
	}
	met := fmt.Sprintf("of %s it has met %s. Numbers of keys are lower bounds, and queues may be missing that are found by pattern.",
		keysOf(c.snapshot), metKeys(c.settings.once.met.Load()))
	switch {
	case !walked:
		c.incomplete = append(c.incomplete, fmt.Sprintf("%s before all keys were counted: %s", why, met))
	case c.settings.once.err != nil:
		c.incomplete = append(c.incomplete, fmt.Sprintf("the walk over the keys failed (%s): %s", valkey.KindOf(c.settings.once.err), met))
	}
	if !looked {
		c.incomplete = append(c.incomplete, why+" before all queues were looked into.")
	}
}

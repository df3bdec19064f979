//go:build unix

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/fault"
	"valkey-exporter/internal/notification"
)

// trial is a fault and the service that it happens to.
type trial struct {
	fault.Fault

	place fault.Place
	lab   *lab

	broken, healed time.Time
	result         result
}

func newTrial(f fault.Fault, p fault.Place, l *lab) *trial {
	return &trial{Fault: f, place: p, lab: l, result: result{Fault: f}}
}

// slack is what a machine with other things to do may add to any time.
const slack = 20 * time.Second

// run breaks, waits, heals and waits.
func (t *trial) run(ctx context.Context) result {
	wait(ctx, time.Until(t.lab.begun.Add(t.lab.stack.Scaled(max(t.lab.flags.warm, t.Uptime)))))
	t.broken = time.Now()
	heal, err := t.Break(ctx, t.place)
	if err != nil {
		t.complain("could not be broken: %v", err)
		return t.result
	}
	say("%s: broken", t.Name)
	for _, w := range t.Wants {
		t.result.Found = append(t.result.Found, t.await(ctx, w))
	}
	t.awaitMuted(ctx)
	t.healed = time.Now()
	if err := heal(ctx); err != nil {
		t.complain("could not be healed: %v", err)
		return t.result
	}
	say("%s: healed", t.Name)
	for i, w := range t.Wants {
		t.result.Found[i].Resolved = t.over(ctx, w)
	}
	t.others()
	say("%s: %s", t.Name, t.result.verdict())
	return t.result
}

func (t *trial) complain(format string, args ...any) {
	t.result.Wrong = append(t.result.Wrong, fmt.Sprintf(format, args...))
}

// until waits for something, at most a time of life and some slack.
func (t *trial) until(ctx context.Context, most time.Duration, there func() bool) bool {
	deadline := time.Now().Add(t.lab.stack.Scaled(most) + t.Takes + slack)
	for ctx.Err() == nil {
		if there() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		wait(ctx, 50*time.Millisecond)
	}
	return false
}

// await waits for what must be told.
func (t *trial) await(ctx context.Context, w fault.Want) found {
	f := found{Want: w}
	if w.Nobody {
		t.awaitSilent(ctx, &f)
		return f
	}
	var m message
	if !t.until(ctx, w.Within-time.Since(t.broken)*time.Duration(t.lab.stack.Pace()), func() (ok bool) {
		m, ok = t.find(w, notification.Firing, t.broken)
		return ok
	}) {
		t.complain("%s has not arrived within %v", w.Alert, w.Within)
		return f
	}
	f.Detected = m.at.Sub(t.broken)
	f.Receiver = m.receiver
	t.read(m, w)
	return f
}

// find is the first message that a want is about.
func (t *trial) find(w fault.Want, status notification.Status, since time.Time) (message, bool) {
	for _, m := range t.lab.heard.toldOf(t.place.Service) {
		if m.Status == status && m.at.After(since) && t.matches(w, m.Labels) {
			return m, true
		}
	}
	return message{}, false
}

func (t *trial) matches(w fault.Want, labels map[string]string) bool {
	instance := t.Name
	if w.Replica {
		instance = t.place.Service.ReplicaName()
	}
	return labels["alertname"] == string(w.Alert) && (w.Queue == "" || labels["queue"] == w.Queue) &&
		labels["severity"] == string(w.Severity) && (labels["instance"] == instance || labels["instance"] == "")
}

// read looks at what a person would read.
func (t *trial) read(m message, w fault.Want) {
	team := "platform"
	if m.Labels["component"] == string(alert.Queue) {
		team = "jobs"
	}
	for label, want := range map[string]string{"team": team, "job": t.place.Service.Job} {
		if m.Labels[label] != want {
			t.complain("%s: the label %s is %q, want %q", w.Alert, label, m.Labels[label], want)
		}
	}
	for _, annotation := range []string{"summary", "description", "runbook_url", "dashboard_url"} {
		text := m.Annotations[annotation]
		if text == "" || strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
			t.complain("%s: the annotation %s is %q", w.Alert, annotation, text)
		}
	}
	if said := m.Annotations["summary"] + m.Annotations["description"]; w.Alert != alert.MetricsAbsent && !strings.Contains(said, t.Name) {
		t.complain("%s: the text does not say which server: %q", w.Alert, said)
	}
	if !strings.Contains(m.Annotations["runbook_url"], string(w.Alert)) {
		t.complain("%s: the runbook is %q", w.Alert, m.Annotations["runbook_url"])
	}
}

// nobody is the receiver that tells nobody.
const nobody = "nobody"

// awaitSilent waits for an alert that fires and is told to nobody.
func (t *trial) awaitSilent(ctx context.Context, f *found) {
	var s state
	if !t.until(ctx, f.Within-time.Since(t.broken)*time.Duration(t.lab.stack.Pace()), func() (ok bool) {
		s, ok = t.known(f.Want)
		return ok
	}) {
		t.complain("%s does not fire within %v", f.Alert, f.Within)
		return
	}
	f.Detected, f.Receiver = s.first.Sub(t.broken), nobody
	for _, r := range s.Receivers {
		if r.Name != nobody {
			t.complain("%s goes to %s, want nobody", f.Alert, r.Name)
		}
	}
}

// known is the state of a wanted alert that began after the fault.
func (t *trial) known(w fault.Want) (state, bool) {
	for _, s := range t.lab.heard.statesOf(t.place.Service) {
		if t.matches(w, s.Labels) && s.first.After(t.broken) {
			return s, true
		}
	}
	return state{}, false
}

// awaitMuted waits for the alerts that must fire and be muted.
func (t *trial) awaitMuted(ctx context.Context) {
	for _, name := range t.Muted {
		if !t.until(ctx, 5*time.Minute, func() bool { return slices.Contains(t.lab.heard.mutedOf(t.place.Service), name) }) {
			t.complain("%s was not muted", name)
		}
	}
}

// over waits until Alertmanager says that an alert is over.
func (t *trial) over(ctx context.Context, w fault.Want) time.Duration {
	var at time.Time
	if !t.until(ctx, w.Resolved-time.Since(t.healed)*time.Duration(t.lab.stack.Pace()), func() bool {
		if w.Nobody {
			s, ok := t.known(w)
			at = s.last
			return ok && time.Since(s.last) > t.lab.stack.Scaled(time.Minute)+time.Second
		}
		m, ok := t.find(w, notification.Resolved, t.healed)
		at = m.at
		return ok
	}) {
		t.complain("%s is not over within %v after healing", w.Alert, w.Resolved)
		return 0
	}
	return at.Sub(t.healed)
}

// others are the alerts that nobody asked for. That they are over does not count: a
// message that a cause is over names its effects too, which nobody was told of.
func (t *trial) others() {
	t.result.Muted = t.lab.heard.mutedOf(t.place.Service)
	for _, m := range t.lab.heard.toldOf(t.place.Service) {
		name := alert.Name(m.Labels["alertname"])
		switch {
		case m.Status != notification.Firing:
		case t.wants(name):
		case slices.Contains(t.Also, name):
			t.result.Also = append(t.result.Also, name)
		default:
			t.complain("%s (%s) was told, which is not of this fault: %s", name, m.Labels["severity"], m.Annotations["summary"])
		}
		if m.Labels["severity"] == string(config.Info) {
			t.complain("%s is for information and was told", name)
		}
	}
	slices.Sort(t.result.Also)
	t.result.Also = slices.Compact(t.result.Also)
	slices.Sort(t.result.Wrong)
	t.result.Wrong = slices.Compact(t.result.Wrong)
}

func (t *trial) wants(name alert.Name) bool {
	return slices.ContainsFunc(t.Wants, func(w fault.Want) bool { return w.Alert == name && !w.Nobody })
}

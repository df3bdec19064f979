//go:build unix

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"valkey-exporter/config/alert"
	"valkey-exporter/internal/fault"
)

// result is what became of a fault.
type result struct {
	fault.Fault

	Found []found
	Also  []alert.Name // told as well, and allowed
	Muted []alert.Name // fired and was muted
	Wrong []string
}

// found is a wanted alert and when it came and went, as measured.
type found struct {
	fault.Want

	Detected, Resolved time.Duration
	Receiver           string
}

func (r result) verdict() string {
	if len(r.Wrong) > 0 {
		return "WRONG: " + strings.Join(r.Wrong, "; ")
	}
	return "as it must be"
}

// leftAlone are the results of the services that nobody has broken.
func (l *lab) leftAlone() []result {
	var all []result
	for _, v := range l.healthy {
		r := result{Fault: fault.Fault{Name: v.Name}}
		for _, m := range l.heard.toldOf(v) {
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s was told although nothing is wrong: %s", m.Labels["alertname"], m.Annotations["summary"]))
		}
		all = append(all, r)
	}
	return all
}

// everything is what must be true of all that was told: each alert has come to its
// receiver, and the alert that always fires has come again and again.
func (l *lab) everything() result {
	r := result{Fault: fault.Fault{Name: "receivers"}}
	l.heard.lock.Lock()
	defer l.heard.lock.Unlock()
	beats := 0
	for _, m := range l.heard.told {
		want := receiverOf(m.Labels)
		if m.receiver != want || m.path != "/"+want {
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s has come to %s (%s), want %s", m.Labels["alertname"], m.receiver, m.path, want))
		}
		if want == heartbeat {
			beats++
		}
	}
	if beats < 2 {
		r.Wrong = append(r.Wrong, fmt.Sprintf("the dead man's switch has heard %d heartbeats", beats))
	}
	if l.heard.lost != nil {
		r.Wrong = append(r.Wrong, fmt.Sprintf("Alertmanager could not be asked: %v", l.heard.lost))
	}
	return r
}

func failures(all []result) error {
	var wrong []error
	for _, r := range all {
		for _, w := range r.Wrong {
			wrong = append(wrong, fmt.Errorf("%s: %s", r.Name, w))
		}
	}
	return errors.Join(wrong...)
}

func known() string {
	var all []string
	for _, f := range fault.Faults() {
		all = append(all, f.Name)
	}
	return strings.Join(all, ", ")
}

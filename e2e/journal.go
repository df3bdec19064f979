//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"valkey-exporter/config/alert"
	"valkey-exporter/internal/notification"
	"valkey-exporter/internal/stack"
)

// journal is what was told, and what Alertmanager knew and did not tell.
type journal struct {
	lock   sync.Mutex
	told   []message
	states map[string]state // by fingerprint, the latest
	muted  []state          // each that was ever muted
	lost   error            // why Alertmanager could not be asked
}

// message is an alert that has arrived.
type message struct {
	notification.Alert

	receiver, path string
	at             time.Time
}

// state is an alert in Alertmanager.
type state struct {
	Fingerprint string            `json:"fingerprint"`
	Labels      map[string]string `json:"labels"`
	StartsAt    time.Time         `json:"startsAt"`
	Receivers   []struct {
		Name string `json:"name"`
	} `json:"receivers"`
	Status struct {
		InhibitedBy []string `json:"inhibitedBy"`
	} `json:"status"`

	first time.Time // when it was first seen
	last  time.Time // when it was last seen
}

// hear takes what arrives at the receiver.
func (j *journal) hear(path string, n notification.Notification) {
	j.lock.Lock()
	defer j.lock.Unlock()
	for _, a := range n.Alerts {
		j.told = append(j.told, message{a, n.Receiver, path, time.Now()})
	}
}

// watch looks at Alertmanager again and again.
func (j *journal) watch(ctx context.Context, alertmanager string) {
	for ctx.Err() == nil {
		all, err := ask(ctx, alertmanager+"/api/v2/alerts")
		if ctx.Err() == nil {
			j.note(all, err)
		}
		wait(ctx, 250*time.Millisecond)
	}
}

func ask(ctx context.Context, url string) ([]state, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var all []state
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	return all, nil
}

func (j *journal) note(all []state, err error) {
	j.lock.Lock()
	defer j.lock.Unlock()
	if j.lost = err; err != nil {
		return
	}
	if j.states == nil {
		j.states = map[string]state{}
	}
	now := time.Now()
	for _, s := range all {
		s.first, s.last = now, now
		if before, ok := j.states[s.Fingerprint]; ok {
			s.first = before.first
		}
		j.states[s.Fingerprint] = s
		if len(s.Status.InhibitedBy) > 0 {
			j.muted = append(j.muted, s)
		}
	}
}

// toldOf is what has arrived about a service.
func (j *journal) toldOf(v *stack.Service) []message {
	j.lock.Lock()
	defer j.lock.Unlock()
	var all []message
	for _, m := range j.told {
		if about(v, m.Labels) {
			all = append(all, m)
		}
	}
	return all
}

// statesOf is what Alertmanager knows or knew about a service.
func (j *journal) statesOf(v *stack.Service) []state {
	j.lock.Lock()
	defer j.lock.Unlock()
	var all []state
	for _, s := range j.states {
		if about(v, s.Labels) {
			all = append(all, s)
		}
	}
	return all
}

// mutedOf are the names of alerts of a service that were muted.
func (j *journal) mutedOf(v *stack.Service) []alert.Name {
	j.lock.Lock()
	defer j.lock.Unlock()
	var all []alert.Name
	for _, s := range j.muted {
		if about(v, s.Labels) {
			all = append(all, alert.Name(s.Labels["alertname"]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// about says whether labels are those of a service. An alert that has no instance
// is about the job.
func about(v *stack.Service, labels map[string]string) bool {
	instance, ok := labels["instance"]
	if !ok {
		return labels["job"] == v.Job && v.Job != job
	}
	return instance == v.Name || instance == v.ReplicaName()
}

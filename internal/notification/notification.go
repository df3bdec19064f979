// Package notification reads what Alertmanager sends to a webhook, and says it in
// lines for a terminal.
package notification

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Notification is what Alertmanager says of a group of alerts (version 4 of its
// webhook).
type Notification struct {
	Receiver    string            `json:"receiver"`
	Status      Status            `json:"status"`
	GroupLabels map[string]string `json:"groupLabels"`
	Alerts      []Alert           `json:"alerts"`
	Truncated   int               `json:"truncatedAlerts"`
}

// Status is that of an alert.
type Status string

// The statuses.
const (
	Firing   Status = "firing"
	Resolved Status = "resolved"
)

// Alert is one alert of a group.
type Alert struct {
	Status      Status            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

// mostBytes are in a notification: Alertmanager sends far less even of a bad day.
const mostBytes = 16 << 20

// version is that of the format.
const version = "4"

// Read reads the body of a webhook.
func Read(r io.Reader) (Notification, error) {
	var message struct {
		Version string `json:"version"`
		Notification
	}
	if err := json.NewDecoder(io.LimitReader(r, mostBytes)).Decode(&message); err != nil {
		return Notification{}, fmt.Errorf("not a notification of Alertmanager: %w", err)
	}
	if message.Version != version {
		return Notification{}, fmt.Errorf("not a notification of Alertmanager: version %q, want %q", message.Version, version)
	}
	return message.Notification, nil
}

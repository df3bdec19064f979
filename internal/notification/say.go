package notification

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// String is the notification for a terminal: a line for each alert and below it
// what to know.
func (n Notification) String() string {
	var b strings.Builder
	for _, a := range n.Alerts {
		fmt.Fprintf(&b, "%-8s %-8s %s%s\n", strings.ToUpper(string(a.Status)), a.Labels["severity"], a.Labels["alertname"], a.where())
		a.detail(&b, n.Receiver)
	}
	if n.Truncated > 0 {
		fmt.Fprintf(&b, "and %d more\n", n.Truncated)
	}
	return b.String()
}

// indent puts details below the alert's name.
const indent = "                  "

func (a Alert) detail(b *strings.Builder, receiver string) {
	if a.Status == Resolved {
		fmt.Fprintf(b, "%safter %s\n", indent, a.EndsAt.Sub(a.StartsAt).Round(time.Second))
		return
	}
	for _, annotation := range []string{"summary", "description"} {
		if text := a.Annotations[annotation]; text != "" {
			fmt.Fprintf(b, "%s%s\n", indent, oneLine(text))
		}
	}
	fmt.Fprintf(b, "%ssince %s, to %s (team %s)\n", indent, a.StartsAt.Local().Format(time.TimeOnly), receiver, a.Labels["team"])
	if runbook := a.Annotations["runbook_url"]; runbook != "" {
		fmt.Fprintf(b, "%srunbook: %s\n", indent, oneLine(runbook))
	}
}

// where is what the alert is about.
func (a Alert) where() string {
	var all []string
	for _, label := range []string{"queue", "worker", "instance"} {
		if value := a.Labels[label]; value != "" {
			all = append(all, oneLine(value))
		}
	}
	return strings.Join(slices.Insert(all, 0, ""), "  ")
}

// oneLine keeps a terminal in order, whatever a queue is called.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

package notification_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"valkey-exporter/internal/notification"
)

const page = `{
  "version": "4", "receiver": "default", "status": "firing", "groupLabels": {"queue": "queue:high"}, "truncatedAlerts": 2,
  "alerts": [
    {"status": "firing", "startsAt": "2026-03-01T03:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
     "labels": {"alertname": "QueueBackup", "severity": "critical", "team": "jobs", "queue": "queue:high", "instance": "a:9121"},
     "annotations": {"summary": "Too many\njobs", "runbook_url": "https://wiki.example/QueueBackup"}},
    {"status": "resolved", "startsAt": "2026-03-01T03:00:00Z", "endsAt": "2026-03-01T03:12:30Z",
     "labels": {"alertname": "ValkeyHighMemory", "severity": "warning", "instance": "a:9121"}, "annotations": {"summary": "was full"}}
  ]}`

func TestSay(t *testing.T) {
	n, err := notification.Read(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	said := n.String()
	for _, want := range []string{
		"FIRING   critical QueueBackup  queue:high  a:9121\n", "Too many jobs\n", "to default (team jobs)", "runbook: https://wiki.example/QueueBackup",
		"RESOLVED warning  ValkeyHighMemory  a:9121\n", "after 12m30s\n", "and 2 more\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing from\n%s", want, said)
		}
	}
	if strings.Contains(said, "was full") {
		t.Errorf("what is over is told again:\n%s", said)
	}
}

func TestWhatIsNoNotificationIsRefused(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"hello", "not a notification of Alertmanager"},
		{`{"version": "3"}`, `version "3", want "4"`},
		{`{}`, `version "", want "4"`},
	} {
		if _, err := notification.Read(strings.NewReader(c.body)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.body, err, c.want)
		}
	}
}

func TestHandler(t *testing.T) {
	var paths []string
	handler := notification.Handler(func(path string, n notification.Notification) {
		paths = append(paths, path+" "+n.Receiver)
	})
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodPost, "/heartbeat", page, http.StatusOK},
		{http.MethodPost, "/", "x", http.StatusBadRequest},
		{http.MethodGet, "/-/healthy", "", http.StatusOK},
		{http.MethodPut, "/", "", http.StatusMethodNotAllowed},
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body)))
		if answer.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, answer.Code, c.want)
		}
	}
	if len(paths) != 1 || paths[0] != "/heartbeat default" {
		t.Errorf("taken: %q", paths)
	}
}

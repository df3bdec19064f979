//go:build unix

package templates_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/alertmanager"
	"valkey-exporter/alertmanager/templates"
	"valkey-exporter/config"
)

var update = flag.Bool("update", false, "rewrite testdata/*.txt and testdata/*.html")

// Each of testdata/*.json is the alerts of one notification.
var notifications = []string{"critical", "group", "resolved", "hostile"}

// kind is a kind of message, with the text that a receiver's configuration has in
// its place.
type kind struct {
	name string
	mode string // how Alertmanager runs it: text, or html, which escapes
	text string
}

var kinds = []kind{
	{"subject.txt", "text", use("subject")},
	{"text.txt", "text", use("text")},
	{"html", "html", use("html")},
	{"slack.txt", "text", use("slack.color", "slack.title", "slack.text")},
	{"telegram.txt", "html", use("telegram")},
	{"pagerduty.txt", "text", use("pagerduty.severity", "pagerduty.description")},
	{"opsgenie.txt", "text", use("opsgenie.priority", "opsgenie.message", "opsgenie.description")},
	{"links.txt", "text", use("severity", "runbook_url", "dashboard_url", "silence_url")},
}

// use is a text that consists of templates, one a line.
func use(names ...string) string {
	var lines []string
	for _, name := range names {
		lines = append(lines, `{{ template "valkey.`+name+`" . }}`)
	}
	return strings.Join(lines, "\n")
}

// message is what Alertmanager makes templates from.
type message struct {
	Receiver          string            `json:"receiver"`
	Status            string            `json:"status"`
	Alerts            []event           `json:"alerts"`
	GroupLabels       map[string]string `json:"groupLabels"`
	CommonLabels      map[string]string `json:"commonLabels"`
	CommonAnnotations map[string]string `json:"commonAnnotations"`
	ExternalURL       string            `json:"externalURL"`
}

// event is an alert of a message.
type event struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
	Fingerprint string            `json:"fingerprint"`
}

const (
	receiver    = "everyone"
	externalURL = "https://alertmanager.example"
)

func events(t *testing.T, name string) []event {
	t.Helper()
	var all []event
	if err := json.Unmarshal(read(t, "testdata/"+name+".json"), &all); err != nil {
		t.Fatalf("testdata/%s.json: %v", name, err)
	}
	return all
}

func messageOf(alerts []event) message {
	m := message{Receiver: receiver, Status: "resolved", Alerts: alerts, ExternalURL: externalURL}
	m.CommonLabels, m.CommonAnnotations = maps.Clone(alerts[0].Labels), maps.Clone(alerts[0].Annotations)
	for _, a := range alerts {
		if a.Status == "firing" {
			m.Status = "firing"
		}
		keepEqual(m.CommonLabels, a.Labels)
		keepEqual(m.CommonAnnotations, a.Annotations)
	}
	m.GroupLabels = map[string]string{"job": m.CommonLabels["job"]}
	return m
}

func keepEqual(common, labels map[string]string) {
	maps.DeleteFunc(common, func(name, value string) bool { return labels[name] != value })
}

// folder holds the templates as the bundle writes them.
func folder(t *testing.T) string {
	t.Helper()
	actions, err := alertmanager.Actions(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "valkey.tmpl"), []byte(templates.File))
	write(t, filepath.Join(dir, "actions.tmpl"), actions)
	return dir
}

// versions are the newest and the oldest version of a program that the templates
// are proved with.
func versions(t *testing.T, variable string) map[string]string {
	t.Helper()
	all := map[string]string{"newest": os.Getenv(variable), "oldest": os.Getenv(variable + "_OLDEST")}
	for version, path := range all {
		switch {
		case path == "none" && version == "oldest" && os.Getenv("CI") == "":
			delete(all, version) // this platform has no package of it
		case path == "" || path == "none":
			t.Fatalf("%s and %s_OLDEST are not set: run make test", variable, variable)
		}
	}
	return all
}

// render is what amtool makes of a message.
func render(t *testing.T, amtool, dir string, k kind, m message) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "message.json")
	write(t, path, data)
	cmd := exec.CommandContext(t.Context(), amtool, "template", "render", "--template.glob="+filepath.Join(dir, "*.tmpl"),
		"--template.type="+k.mode, "--template.data="+path, "--template.text="+k.text)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", k.name, err, stderr.String())
	}
	return string(out)
}

// What a person reads, for review. Both versions of amtool make the same of it.
func TestMessages(t *testing.T) {
	dir := folder(t)
	for version, amtool := range versions(t, "AMTOOL") {
		for _, name := range notifications {
			m := messageOf(events(t, name))
			for _, k := range kinds {
				t.Run(version+"/"+name+"."+k.name, func(t *testing.T) {
					compare(t, "testdata/"+name+"."+k.name, render(t, amtool, dir, k, m), version == "newest")
				})
			}
		}
	}
}

// As docs/notifications.md says: whoever wants another text need not change ours.
func TestAnotherFileReplacesATemplate(t *testing.T) {
	dir := folder(t)
	write(t, filepath.Join(dir, "zz-own.tmpl"), []byte(`{{ define "valkey.subject" }}{{ .Status }}: {{ .CommonLabels.alertname }}{{ end }}`))
	for version, amtool := range versions(t, "AMTOOL") {
		for _, k := range kinds[:2] {
			got := render(t, amtool, dir, k, messageOf(events(t, "critical")))
			if !strings.HasPrefix(got, "firing: QueueNotBeingProcessed") {
				t.Errorf("%s, %s: got %s", version, k.name, got)
			}
		}
	}
}

// compare compares with a golden file, or rewrites it.
func compare(t *testing.T, golden, got string, decides bool) {
	t.Helper()
	if *update && decides {
		write(t, golden, []byte(got))
	}
	if d := cmp.Diff(string(read(t, golden)), got); d != "" {
		t.Errorf("%s (-want +got); if it is better so, run go test ./alertmanager/templates -update:\n%s", golden, d)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

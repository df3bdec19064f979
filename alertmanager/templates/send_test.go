//go:build unix

package templates_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/internal/child"
)

// Each message is in the golden file that amtool made, whatever the version: what
// the template says, a real Alertmanager sends, in the form that each service
// wants.
func TestServicesReceive(t *testing.T) {
	for version, program := range versions(t, "ALERTMANAGER") {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := newServices(t)
			am := startAlertmanager(t, program, s)
			before := func() {
				for _, name := range notifications {
					am.post(t, still(events(t, name), name == "resolved"))
				}
			}
			s.expect(t, before, "critical", "group", "hostile")
			am.silences(t)
			s.expect(t, func() { am.post(t, events(t, "resolved")) }, "resolved")
		})
	}
}

// still are alerts as they were before their end, all or those that fire anyway:
// they end when nobody repeats them.
func still(alerts []event, all bool) []event {
	for i := range alerts {
		if all || alerts[i].Status == "firing" {
			alerts[i].EndsAt = time.Now().Add(time.Hour)
		}
	}
	return alerts
}

// configuration tells all services everything, a notification for each job.
const configuration = `
global: {smtp_smarthost: '%[2]s', smtp_from: alertmanager@example, smtp_require_tls: false}
templates: ['%[1]s/*.tmpl']
route: {receiver: everyone, group_by: [job], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: everyone
  slack_configs:
  - api_url: '%[3]s/slack'
    send_resolved: true
    color: '{{ template "valkey.slack.color" . }}'
    title: '{{ template "valkey.slack.title" . }}'
    title_link: '{{ template "valkey.runbook_url" . }}'
    text: '{{ template "valkey.slack.text" . }}'
  telegram_configs:
  - {api_url: '%[3]s', bot_token: secret, chat_id: 1, parse_mode: HTML, send_resolved: true, message: '{{ template "valkey.telegram" . }}'}
  pagerduty_configs:
  - url: '%[3]s/pagerduty'
    routing_key: secret
    send_resolved: true
    severity: '{{ template "valkey.pagerduty.severity" . }}'
    description: '{{ template "valkey.pagerduty.description" . }}'
    links: [{href: '{{ template "valkey.runbook_url" . }}', text: Runbook}, {href: '{{ template "valkey.silence_url" . }}', text: Silence}]
  opsgenie_configs:
  - api_url: '%[3]s/opsgenie'
    api_key: secret
    send_resolved: true
    priority: '{{ template "valkey.opsgenie.priority" . }}'
    message: '{{ template "valkey.opsgenie.message" . }}'
    description: '{{ template "valkey.opsgenie.description" . }}'
  email_configs:
  - to: person@example
    send_resolved: true
    headers: {Subject: '{{ template "valkey.subject" . }}'}
    text: '{{ template "valkey.text" . }}'
    html: '{{ template "valkey.html" . }}'
`

// alertmanagerServer is a real Alertmanager on loopback.
type alertmanagerServer struct{ url string }

func startAlertmanager(t *testing.T, program string, s *services) alertmanagerServer {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	write(t, config, fmt.Appendf(nil, configuration, folder(t), s.smtp, s.url))
	address := freeAddress(t)
	// The process outlives the context of the test's body: the cleanup ends it.
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "--config.file="+config, "--storage.path="+dir,
		"--web.listen-address="+address, "--web.external-url="+externalURL, "--cluster.listen-address=")
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	exited, err := child.Start(cmd)
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited
		log.Close()
		if t.Failed() {
			t.Logf("%s", read(t, log.Name()))
		}
	})
	am := alertmanagerServer{"http://" + address}
	am.waitReady(t, exited)
	return am
}

func (am alertmanagerServer) waitReady(t *testing.T, exited <-chan struct{}) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-exited:
			t.Fatal("Alertmanager has exited")
		default:
		}
		response, err := http.Get(am.url + "/-/ready")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatalf("Alertmanager is not ready within %v", patience)
}

// post gives it alerts, as Prometheus does.
func (am alertmanagerServer) post(t *testing.T, alerts []event) {
	t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(am.url+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("alerts: %s", response.Status)
	}
}

// silences asks for the alerts that the link to a new silence chooses: those of
// the message that still fire, and no other.
func (am alertmanagerServer) silences(t *testing.T) {
	t.Helper()
	for _, name := range []string{"critical", "group", "hostile"} {
		var want []string
		for _, e := range events(t, name) {
			if e.Status == "firing" {
				want = append(want, e.Annotations["summary"])
			}
		}
		links := strings.Split(string(read(t, "testdata/"+name+".links.txt")), "\n")
		got := am.chosen(t, matchers(t, links[len(links)-1]))
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: the silence is not that of the message (-want +got):\n%s", name, d)
		}
	}
}

// matchers are those of a link to the form, understood as the form does, which
// splits them without undoing escapes.
func matchers(t *testing.T, link string) []string {
	t.Helper()
	_, filter, found := strings.Cut(link, externalURL+"/#/silences/new?filter=")
	text, err := url.PathUnescape(filter)
	if !found || err != nil || strings.ContainsAny(text, `\`) || !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, `"}`) {
		t.Fatalf("no link to the form: %s: %s, %v", link, text, err)
	}
	return strings.SplitAfter(text[1:len(text)-1], `",`)
}

// chosen are the summaries of the alerts that matchers choose.
func (am alertmanagerServer) chosen(t *testing.T, matchers []string) []string {
	t.Helper()
	query := url.Values{}
	for _, m := range matchers {
		query.Add("filter", strings.TrimSuffix(m, ","))
	}
	response, err := http.Get(am.url + "/api/v2/alerts?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all []struct{ Annotations map[string]string }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		t.Fatalf("%s: %v", response.Status, err)
	}
	var summaries []string
	for _, e := range all {
		summaries = append(summaries, e.Annotations["summary"])
	}
	return summaries
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fullAlertmanager sets every field to something else than the default.
const fullAlertmanager = `
alerts: {teams: {queue: jobs}}
alertmanager:
  receivers:
    phone: {pagerduty: {routing_key_file: /key, url: "https://events.eu.pagerduty.com/v2/enqueue"}}
    other-phone:
      opsgenie: {api_key_file: /etc/am/opsgenie, api_url: "https://api.eu.opsgenie.com/"}
      telegram: {chat_id: -100123, bot_token_file: /etc/am/bot, api_url: "https://telegram.example"}
    chat: {slack: {channel: "#jobs", api_url_file: /etc/am/slack}}
    mail: {email: {to: "Ops <ops@example.org>, boss@example.org"}, webhook: {url_file: /etc/am/hook}}
    switch: {webhook: {url: "https://hc.example/ping"}}
  email: {smarthost: "smtp.example:587", from: am@example.org, username: am, password_file: /etc/am/smtp, require_tls: off}
  routes: {critical: phone, warning: mail, info: mail, watchdog: switch}
  teams: {jobs: {critical: other-phone, warning: chat, info: off}}
  working_hours: {days: [sunday:thursday, saturday], from: "07:30", to: "24:00", time_zone: Europe/Berlin}
  group_wait: 1m
  critical_group_wait: 0s
  group_interval: 10m
  critical_group_interval: 2m
  repeat_critical: 1h
  repeat_warning: 3d
  repeat_watchdog: 2m
`

func TestAlertmanagerIsReadAsWritten(t *testing.T) {
	v := parsed(t, fullAlertmanager)
	roundTrip(t, v)
	want := Alertmanager{
		Receivers: map[string]Receiver{
			"phone": {PagerDuty: PagerDuty{"/key", "https://events.eu.pagerduty.com/v2/enqueue"}},
			"other-phone": {
				Opsgenie: Opsgenie{"/etc/am/opsgenie", "https://api.eu.opsgenie.com/"},
				Telegram: Telegram{-100123, "/etc/am/bot", "https://telegram.example"},
			},
			"chat":   {Slack: Slack{"#jobs", "/etc/am/slack"}},
			"mail":   {Email: Mailbox{"Ops <ops@example.org>, boss@example.org"}, Webhook: Webhook{URLFile: "/etc/am/hook"}},
			"switch": {Webhook: Webhook{URL: "https://hc.example/ping"}},
		},
		Email:        Email{"smtp.example:587", "am@example.org", "am", "/etc/am/smtp", false},
		Routes:       Routes{"phone", "mail", "mail", "switch"},
		Teams:        map[string]TeamRoutes{"jobs": {"other-phone", "chat", Nobody}},
		WorkingHours: &WorkingHours{[]string{"sunday:thursday", "saturday"}, "07:30", "24:00", "Europe/Berlin"},
		GroupWait:    time.Minute, GroupInterval: 10 * time.Minute, CriticalGroupInterval: 2 * time.Minute,
		RepeatCritical: time.Hour, RepeatWarning: 72 * time.Hour, RepeatWatchdog: 2 * time.Minute,
	}
	if d := cmp.Diff(want, v.Alertmanager()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if v.Equal(Default()) || !v.Equal(parsed(t, printed(t, v))) {
		t.Error("Equal does not see the section")
	}
}

func TestTheDefaultTellsAProgramOnTheSameHost(t *testing.T) {
	a := Default().Alertmanager()
	if a.Receivers["default"].Webhook.URL != "http://127.0.0.1:9095/" || a.Routes != (Routes{"default", "default", Nobody, "heartbeat"}) || len(a.Teams) > 0 {
		t.Errorf("got %+v", a)
	}
}

func TestTheDefaultFileLeavesNothingOfAlertmanagerOut(t *testing.T) {
	r := &report{file: "default.yml"}
	var v Validated
	have := topLevel.fill(r, document(r, defaultFile), &v)
	inside := alertmanagerKind.fill(r, have["alertmanager"].node, &v.alertmanager)
	checkComplete(t, "alertmanager.", alertmanagerKind.names(), inside)
	checkComplete(t, "alertmanager.routes.", routeFields.names(), routeFields.fill(r, inside["routes"].node, &v.alertmanager.Routes))
	checkComplete(t, "alertmanager.working_hours.", hoursKind.names(), hoursKind.fill(r, inside["working_hours"].node, v.alertmanager.WorkingHours))
	if !v.alertmanager.Email.RequireTLS {
		t.Error("e-mail goes out in the clear")
	}
}

func TestWorkingHoursAreMergedOrOff(t *testing.T) {
	before := Default()
	got := parsed(t, "alertmanager: {working_hours: {time_zone: Asia/Tokyo}}").Alertmanager().WorkingHours
	if got == nil || got.TimeZone != "Asia/Tokyo" || got.From != "08:00" || len(got.Days) != 1 {
		t.Errorf("got %+v", got)
	}
	if !before.Equal(Default()) || Default().Alertmanager().WorkingHours.TimeZone != "UTC" {
		t.Error("a file has changed the default")
	}
	for _, off := range []string{"off", "false", `"off"`} {
		v := parsed(t, "alertmanager: {working_hours: "+off+"}")
		roundTrip(t, v)
		if v.Alertmanager().WorkingHours != nil {
			t.Errorf("%s: warnings still wait", off)
		}
	}
}

func TestADemonstrationTellsFastAndAtAnyHour(t *testing.T) {
	usual := Default()
	a := usual.Faster(20).Alertmanager()
	if a.WorkingHours != nil || a.GroupWait != 1500*time.Millisecond || a.CriticalGroupWait != time.Second || a.GroupInterval != 15*time.Second ||
		a.RepeatCritical != 12*time.Minute || a.RepeatWatchdog != 4*time.Second {
		t.Errorf("got %+v", a)
	}
	if !usual.Equal(Default()) {
		t.Error("the configuration that was made faster has changed")
	}
}

func TestTheCallerCannotChangeTheReceivers(t *testing.T) {
	v := parsed(t, fullAlertmanager)
	a := v.Alertmanager()
	delete(a.Receivers, "phone")
	a.Teams["jobs"] = TeamRoutes{}
	a.WorkingHours.Days[0], a.WorkingHours.From = "friday", "00:00"
	if !v.Equal(parsed(t, fullAlertmanager)) {
		t.Error("Alertmanager handed out its own values")
	}
}

func TestDestinationsOfSeverities(t *testing.T) {
	team := TeamRoutes{Critical: "phone", Info: Nobody}
	for severity, want := range map[Severity]Destination{Critical: "phone", Warning: Usual, Info: Nobody, None: Nobody} {
		if got := team.Of(severity); got != want {
			t.Errorf("%s: want %q, got %q", severity, want, got)
		}
	}
	for d, want := range map[Destination]string{"phone": "phone", Usual: "", Nobody: ""} {
		if name, told := d.Receiver(); told != (want != "") || told && name != want {
			t.Errorf("%q: got %q, %v", d, name, told)
		}
	}
}

// Whatever is wrong with an address, or with a field that is thought to take a
// secret: what a person has typed there is not shown.
func TestNoSecretIsRepeated(t *testing.T) {
	const secret = "hunter2"
	for _, way := range []string{
		`webhook: {url: "https://me:hunter2@hook.example/"}`,
		`webhook: {url: "hook.example/hunter2"}`,
		`webhook: {url: "https://%zz/hunter2"}`,
		`webhook: {url: [hunter2]}`,
		`webhook: {url: {hunter2: 1}}`,
		`webhook: {url: !!binary hunter2=}`,
		`slack: {channel: "#a", api_url: "https://hooks.slack.example/hunter2"}`,
		`pagerduty: {routing_key: hunter2}`,
		`pagerduty: {service_key: hunter2, routing_key_file: /a, url: "me:hunter2@x"}`,
		`opsgenie: {api_key: hunter2, api_key_file: /a, api_url: "ftp://hunter2"}`,
		`telegram: {chat_id: 1, bot_token: hunter2, api_url: "https://:hunter2@x"}`,
		`telegram: {chat_id: 1, bot_token_file: "123:hunter2"}`,
		`slack: {channel: "#a", api_url_file: "https://hooks.slack.example/hunter2"}`,
		`opsgenie: {api_key_file: [hunter2]}`,
		`slack: "https://hooks.slack.example/hunter2"`,
		`email: {to: ops@example.org, password: hunter2}`,
	} {
		for _, text := range []string{
			"alertmanager:\n  receivers:\n    default: {" + way + "}\n",
			"alertmanager:\n  receivers: {default: {" + way + "}}\n  routes: {watchdog: off}\n",
		} {
			_, err := Parse("test.yml", []byte(text))
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%s: got %v", way, err)
			}
		}
	}
	_, err := Parse("test.yml", []byte("alertmanager: {email: {password: hunter2}}"))
	if err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "`password_file`") {
		t.Errorf("got %v", err)
	}
}

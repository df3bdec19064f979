package alertmanager_test

import (
	"bytes"
	"strings"
	"testing"
	"text/template"
	"unicode/utf8"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// advice is what valkey.action says about an alert.
func advice(t *testing.T, c config.Validated) func(name, reason string) string {
	t.Helper()
	file, err := alertmanager.Actions(c)
	if err != nil {
		t.Fatal(err)
	}
	actions, err := template.New("").Parse(string(file))
	if err != nil {
		t.Fatal(err)
	}
	return func(name, reason string) string {
		var b bytes.Buffer
		label := map[bool]string{true: "check", false: "reason"}[name == "ValkeyInsecure"]
		data := map[string]any{"Labels": map[string]string{"alertname": name, label: reason}}
		if err := actions.ExecuteTemplate(&b, "valkey.action", data); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
}

// A message has room for so much of it, and Slack does not get it escaped.
func TestEachAlertSaysWhatToDoFirst(t *testing.T) {
	say := advice(t, config.Default())
	for _, a := range rules.Alerts() {
		text := say(string(a.Name), "denied") // what QueueUnreadable says depends on it
		if a.Name == alert.Insecure {
			text = say(string(a.Name), "command_debug")
		}
		if strings.ContainsAny(text, "`<>&{}\n") || strings.Contains(text, "queue:") || strings.Contains(text, "**") {
			t.Errorf("%s: no plain text: %s", a.Name, text)
		}
		if n := utf8.RuneCountInString(text); n < 20 || n > 200 || !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %d characters: %s: let its mitigation begin with one of 200 at most", a.Name, n, text)
		}
		if text == seeRunbook {
			t.Errorf("%s has none", a.Name)
		}
	}
}

const seeRunbook = "See the runbook."

func TestWhatToDoFirst(t *testing.T) {
	say := advice(t, config.Default())
	for _, c := range []struct{ name, reason, want string }{
		{"ValkeyMemoryCritical", "", "Raise maxmemory with CONFIG SET maxmemory: it takes effect at once. Leave the host a quarter for forks."},
		{"QueueProcessingExpires", "", "PERSIST QUEUE takes the TTL off at once. The next job that is taken by the same script sets it again."},
		{"QueueUnreadable", "wrong_type", "wrong_type: find out what writes under this key; rename one of the two."},
		{"QueueUnreadable", "moved", "no_such_db and moved: correct the configuration of the exporter and reload it."},
		{"QueueUnreadable", "unavailable", seeRunbook},
		{"ValkeyInsecure", "tls", "tls: set tls-port with certificates and port 0, and write valkeys:// into the address that the exporter has."},
		{"AnAlertOfSomebodyElse", "", seeRunbook},
	} {
		if got := say(c.name, c.reason); got != c.want {
			t.Errorf("%s, %q: got %q, want %q", c.name, c.reason, got, c.want)
		}
	}
}

// An alert that is off sends no message, and all may be off.
func TestNothingToDoAboutAnAlertThatIsOff(t *testing.T) {
	off := "alerts: {severity: {"
	for _, a := range rules.Alerts() {
		off += string(a.Name) + ": off, "
		c, err := config.Parse("test.yml", []byte(off+"}}"))
		if err != nil {
			t.Fatal(err)
		}
		if got := advice(t, c)(string(a.Name), ""); got != seeRunbook {
			t.Errorf("%s: got %q", a.Name, got)
		}
	}
}

//go:build unix

package templates_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// limits are how many characters the services take, in the lines of a kind. Slack
// takes more of a text, and folds it.
var limits = map[string][]int{
	"subject.txt":   {300},
	"telegram.txt":  {4096},
	"slack.txt":     {7, 260, 3200},
	"pagerduty.txt": {8, 1024},
	"opsgenie.txt":  {2, 130, 15000},
}

// A service refuses what is too long, or it is cut in the middle of a tag.
func TestMessagesFit(t *testing.T) {
	dir, amtool := folder(t), versions(t, "AMTOOL")["newest"] // that the oldest says the same, TestMessages shows
	for name, m := range floods() {
		for _, k := range kinds {
			if len(limits[k.name]) == 0 {
				continue
			}
			got := render(t, amtool, dir, k, m)
			parts := strings.SplitN(got, "\n", len(limits[k.name]))
			for i, most := range limits[k.name] {
				if n := utf8.RuneCountInString(parts[i]); n > most {
					t.Errorf("%s, %s: part %d has %d characters, %d are allowed:\n%s", name, k.name, i, n, most, parts[i])
				}
			}
			if k.name == "telegram.txt" {
				wellFormed(t, got)
			}
		}
	}
}

// floods are messages of many alerts, all of whose texts are long and have to be
// escaped.
func floods() map[string]message {
	all := map[string]message{}
	for name, n := range map[string]struct{ firing, resolved int }{
		"one": {1, 0}, "one resolved": {0, 1}, "many": {40, 20}, "many resolved": {0, 40}, "few": {3, 3},
	} {
		var bad, plain []event
		for i := range n.firing + n.resolved {
			bad = append(bad, long(i, i >= n.firing, strings.Repeat(`"<&>'*_`+"`\n\u202e", 30)))
			plain = append(plain, long(i, i >= n.firing, strings.Repeat("plain", 16)))
		}
		all[name+", odd"], all[name+", long"] = messageOf(bad), messageOf(plain)
	}
	return all
}

// long is an alert that the exporter would hardly send, though each of its texts
// can come from the name of a queue.
func long(i int, resolved bool, text string) event {
	a := event{
		Status: "firing", Fingerprint: fmt.Sprintf("%016x", i), StartsAt: time.Unix(1e9, 0), EndsAt: time.Unix(2e9, 0),
		Labels: map[string]string{
			"alertname": []string{"QueueOnEvictingInstance", "ValkeyConnectionsRejected", "ValkeyAOFWriteFailed", "ValkeyMainThreadSaturated"}[i%4], "severity": "critical",
			"queue": text, "instance": text, "worker": text, "db": "db0", "job": "valkey", "zone": text,
		},
		Annotations: map[string]string{
			"summary": text + text, "description": text + text + text + text,
			"runbook_url":   "https://wiki.example/" + strings.Repeat("r", 155),
			"dashboard_url": "https://grafana.example/?" + strings.Repeat("&a=%22", 32),
		},
	}
	if resolved {
		a.Status = "resolved"
	}
	return a
}

var (
	tag    = regexp.MustCompile(`<(/?)([a-z]+)((?: href="[^"<>]*")?)>`)
	entity = regexp.MustCompile(`&(?:amp|lt|gt|quot|#[0-9]+);`)
)

// wellFormed: Telegram refuses a message with a tag that it does not know, that is
// not closed, or with a character that is not escaped.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	var open []string
	for _, found := range tag.FindAllStringSubmatch(text, -1) {
		name := found[2]
		switch {
		case name != "a" && name != "b":
			t.Errorf("unknown tag %s", found[0])
		case found[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Errorf("%s closes nothing in %s", found[0], text)
		default:
			open = open[:len(open)-1]
		}
	}
	rest := entity.ReplaceAllString(tag.ReplaceAllString(text, ""), "")
	if len(open) > 0 || strings.ContainsAny(rest, "<>&") {
		t.Errorf("open: %v, not escaped: %.200s", open, rest)
	}
}

// Who is told of alerts that are not ours, or that lack what ours have, still
// gets a message.
func TestForeignAlerts(t *testing.T) {
	var alerts []event
	for i, labels := range []map[string]string{
		{"alertname": "DiskFull"},
		{"alertname": "C++ (x|y)", "severity": "page"},
		{"host": "a"},
		{"alertname": "<!channel>", "severity": "<!here>"},
		{"alertname": "<!channel>", "severity": "<!here>", "host": "b"},
	} {
		alerts = append(alerts, event{Status: "firing", Labels: labels, StartsAt: time.Unix(1e9, 0), Fingerprint: fmt.Sprintf("%016x", i)})
	}
	want := map[string][]string{
		"subject.txt":  {"[FIRING, 5 alerts] DiskFull"},
		"text.txt":     {"DiskFull", "C++ (x|y)", "See the runbook.", "2 more: 2 × ?!channel?", externalURL + "/#/alerts"},
		"html":         {"DiskFull", "C&#43;&#43; (x|y)", "See the runbook."},
		"slack.txt":    {"DiskFull", "C++ (x|y)", "See the runbook.", "2 more: 2 × ?!channel?"},
		"telegram.txt": {"DiskFull", "C&#43;&#43; (x|y)", "See the runbook."},
		"links.txt":    {"none\n\n\n" + externalURL + "/#/alerts"},
	}
	dir, m := folder(t), messageOf(alerts)
	alone := messageOf(alerts[3:4])
	for version, amtool := range versions(t, "AMTOOL") {
		for _, k := range kinds {
			got := render(t, amtool, dir, k, m)
			for _, text := range want[k.name] {
				if !strings.Contains(got, text) {
					t.Errorf("%s, %s: no %q in\n%s", version, k.name, text, got)
				}
			}
			if strings.Contains(got, "no value") {
				t.Errorf("%s, %s: a value is missing in\n%s", version, k.name, got)
			}
			if got += render(t, amtool, dir, k, alone); k.name == "slack.txt" && strings.Contains(got, "<!") {
				t.Errorf("%s: everybody is called by\n%s", version, got)
			}
		}
	}
}

// What is beyond the first three alerts is counted, by name.
func TestTheRestIsCounted(t *testing.T) {
	var alerts []event
	for i := range 100 {
		a := long(i, false, "")
		a.Labels = map[string]string{"alertname": []string{"A", "AB", "B"}[i%3], "severity": "warning"}
		if i == 50 {
			a.Labels["severity"] = "critical" // it comes first, and is counted no more
		}
		alerts = append(alerts, a)
	}
	k := kind{"more", "text", `{{ template "valkey.more" . }}`}
	for version, amtool := range versions(t, "AMTOOL") {
		got := render(t, amtool, folder(t), k, messageOf(alerts))
		if d := cmp.Diff("97 more: 32 × B, 33 × A, 32 × AB", got); d != "" {
			t.Errorf("%s: %s", version, d)
		}
	}
}

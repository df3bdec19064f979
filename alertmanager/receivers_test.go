package alertmanager_test

import (
	"regexp"
	"strings"
	"testing"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
)

// Alertmanager looks for a template when it sends, which is too late to find that
// there is none.
func TestReceiversUseTemplatesThatThereAre(t *testing.T) {
	c, err := config.Load("testdata/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := alertmanager.Files(c)
	if err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`\{\{ template "([^"]+)" `).FindAllStringSubmatch(string(files["alertmanager.yml"]), -1)
	if len(uses) < 15 {
		t.Errorf("only %d templates are used", len(uses))
	}
	for _, use := range uses {
		if !strings.Contains(string(files["templates/valkey.tmpl"]), `{{ define "`+use[1]+`"`) {
			t.Errorf("there is no template %s", use[1])
		}
	}
}

// Whatever is configured, a secret is a file.
func TestTheFileHoldsNoSecret(t *testing.T) {
	c, err := config.Load("testdata/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := alertmanager.File(c)
	if err != nil {
		t.Fatal(err)
	}
	secrets := regexp.MustCompile(`(?m)^ *(api_url|api_key|routing_key|service_key|bot_token|auth_password|smtp_auth_password|url): (.*)$`)
	for _, m := range secrets.FindAllStringSubmatch(string(text), -1) {
		switch m[2] {
		case "https://events.eu.pagerduty.com/v2/enqueue", "https://api.eu.opsgenie.com/", "https://heartbeat.example/valkey":
		default:
			t.Errorf("%s is in the file: %s", m[1], m[2])
		}
	}
}

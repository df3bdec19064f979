package alertmanager

import "valkey-exporter/config"

type webhook struct {
	SendResolved bool   `yaml:"send_resolved"`
	URL          string `yaml:",omitempty"`
	URLFile      string `yaml:"url_file,omitempty"`
}

type email struct {
	SendResolved bool `yaml:"send_resolved"`
	To           string
	Headers      map[string]string
	HTML         string
	Text         string
}

func newEmail(m config.Mailbox, resolved bool) email {
	return email{resolved, m.To, map[string]string{"Subject": use("valkey.subject")}, use("valkey.html"), use("valkey.text")}
}

// slack has no buttons: the text has the links. Slack refuses a message with a button
// that leads nowhere, and alerts of one notification may have no runbook in common.
type slack struct {
	SendResolved bool   `yaml:"send_resolved"`
	APIURLFile   string `yaml:"api_url_file"`
	Channel      string
	Color        string
	Title        string
	TitleLink    string `yaml:"title_link"`
	Text         string
	Fallback     string
}

func newSlack(s config.Slack, resolved bool) slack {
	return slack{
		resolved, s.APIURLFile, s.Channel, use("valkey.slack.color"),
		use("valkey.slack.title"), use("valkey.runbook_url"), use("valkey.slack.text"), use("valkey.subject"),
	}
}

type pagerDuty struct {
	SendResolved   bool   `yaml:"send_resolved"`
	RoutingKeyFile string `yaml:"routing_key_file"`
	URL            string `yaml:",omitempty"`
	Client         string
	Description    string
	Severity       string
	Source         string
	Class          string
	Component      string
	Group          string
	Details        map[string]string
	Links          []link
}

type link struct{ Href, Text string }

// newPagerDuty replaces the details that Alertmanager would add by itself, which
// newer versions send as JSON.
func newPagerDuty(p config.PagerDuty, resolved bool) pagerDuty {
	return pagerDuty{
		SendResolved: resolved, RoutingKeyFile: p.RoutingKeyFile, URL: p.URL,
		Client:      "Alertmanager",
		Description: use("valkey.pagerduty.description"),
		Severity:    use("valkey.pagerduty.severity"),
		Source:      `{{ or .CommonLabels.instance .CommonLabels.job "valkey" }}`, // never empty: PagerDuty wants it
		Class:       "{{ .CommonLabels.alertname }}",
		Component:   "{{ .CommonLabels.component }}",
		Group:       "{{ or .CommonLabels.queue .CommonLabels.job }}",
		Details: map[string]string{
			"firing":   `{{ if .Alerts.Firing }}` + use("valkey.text") + `{{ end }}`,
			"resolved": `{{ if not .Alerts.Firing }}` + use("valkey.text") + `{{ end }}`,
		},
		Links: []link{
			{use("valkey.runbook_url"), "Runbook"},
			{use("valkey.dashboard_url"), "Dashboard"},
			{use("valkey.silence_url"), "Silence"},
		},
	}
}

type opsgenie struct {
	SendResolved bool   `yaml:"send_resolved"`
	APIKeyFile   string `yaml:"api_key_file"`
	APIURL       string `yaml:"api_url,omitempty"`
	Message      string
	Description  string
	Priority     string
	Tags         string
	Entity       string
}

func newOpsgenie(o config.Opsgenie, resolved bool) opsgenie {
	return opsgenie{
		resolved, o.APIKeyFile, o.APIURL, use("valkey.opsgenie.message"), use("valkey.opsgenie.description"), use("valkey.opsgenie.priority"),
		"valkey, {{ .CommonLabels.severity }}, {{ .CommonLabels.component }}",
		"{{ or .CommonLabels.queue .CommonLabels.instance .CommonLabels.job }}",
	}
}

type telegram struct {
	SendResolved bool   `yaml:"send_resolved"`
	APIURL       string `yaml:"api_url,omitempty"`
	BotTokenFile string `yaml:"bot_token_file"`
	ChatID       int64  `yaml:"chat_id"`
	Message      string
	ParseMode    string `yaml:"parse_mode"`
}

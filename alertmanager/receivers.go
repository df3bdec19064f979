package alertmanager

import (
	"maps"
	"slices"

	"valkey-exporter/config"
)

// Receiver is somebody to tell, as Alertmanager has it. Secrets are names of files.
type Receiver struct {
	Name      string
	Webhook   []webhook   `yaml:"webhook_configs,omitempty"`
	Email     []email     `yaml:"email_configs,omitempty"`
	Slack     []slack     `yaml:"slack_configs,omitempty"`
	PagerDuty []pagerDuty `yaml:"pagerduty_configs,omitempty"`
	Opsgenie  []opsgenie  `yaml:"opsgenie_configs,omitempty"`
	Telegram  []telegram  `yaml:"telegram_configs,omitempty"`
}

// Receivers are those of the configuration, and nobody.
func Receivers(c config.Validated) []Receiver {
	a := c.Alertmanager()
	all := []Receiver{{Name: nobody}}
	for _, name := range slices.Sorted(maps.Keys(a.Receivers)) {
		// The alert that always fires is never resolved, unless Prometheus stops: then the
		// switch has to find out by itself.
		resolved := a.Routes.Watchdog != config.Destination(name)
		all = append(all, receiver(name, a.Receivers[name], resolved))
	}
	return all
}

func receiver(name string, r config.Receiver, resolved bool) Receiver {
	to := Receiver{Name: name}
	if w := r.Webhook; w != (config.Webhook{}) {
		to.Webhook = []webhook{{resolved, w.URL, w.URLFile}}
	}
	if m := r.Email; m != (config.Mailbox{}) {
		to.Email = []email{newEmail(m, resolved)}
	}
	if s := r.Slack; s != (config.Slack{}) {
		to.Slack = []slack{newSlack(s, resolved)}
	}
	if p := r.PagerDuty; p != (config.PagerDuty{}) {
		to.PagerDuty = []pagerDuty{newPagerDuty(p, resolved)}
	}
	if o := r.Opsgenie; o != (config.Opsgenie{}) {
		to.Opsgenie = []opsgenie{newOpsgenie(o, resolved)}
	}
	if t := r.Telegram; t != (config.Telegram{}) {
		to.Telegram = []telegram{{resolved, t.APIURL, t.BotTokenFile, t.ChatID, use("valkey.telegram"), "HTML"}}
	}
	return to
}

// use calls a template of templates/valkey.tmpl.
func use(template string) string { return `{{ template "` + template + `" . }}` }

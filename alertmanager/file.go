package alertmanager

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"valkey-exporter/alertmanager/templates"
	"valkey-exporter/config"
)

// Files are alertmanager.yml and the templates that it uses, by path.
func Files(c config.Validated) (map[string][]byte, error) {
	text, err := File(c)
	if err != nil {
		return nil, err
	}
	actions, err := Actions(c)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"alertmanager.yml":       text,
		"templates/valkey.tmpl":  []byte(templates.File),
		"templates/actions.tmpl": actions,
	}, nil
}

// File is alertmanager.yml. Equal configurations give the same bytes.
func File(c config.Validated) ([]byte, error) {
	rules := InhibitRules(c)
	f := file{
		Global:        global(c.Alertmanager()),
		Templates:     []string{"templates/*.tmpl"},
		Route:         RouteTree(c),
		InhibitRules:  rules,
		TimeIntervals: timeIntervals(c.Alertmanager()),
		Receivers:     Receivers(c),
	}
	var n yaml.Node
	if err := n.Encode(f); err != nil {
		return nil, fmt.Errorf("write alertmanager.yml: %w", err)
	}
	explain(&n, rules)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&n); err != nil {
		return nil, fmt.Errorf("write alertmanager.yml: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("write alertmanager.yml: %w", err)
	}
	return b.Bytes(), nil
}

// file is alertmanager.yml as Alertmanager reads it.
type file struct {
	Global        *globalSettings `yaml:",omitempty"`
	Templates     []string        `yaml:",flow"`
	Route         Route
	InhibitRules  []InhibitRule  `yaml:"inhibit_rules"`
	TimeIntervals []timeInterval `yaml:"time_intervals,omitempty"`
	Receivers     []Receiver
}

// explain puts the reason above each rule of inhibition.
func explain(root *yaml.Node, rules []InhibitRule) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "inhibit_rules" {
			continue
		}
		for j, rule := range root.Content[i+1].Content {
			rule.HeadComment = rules[j].Why
		}
	}
}

// globalSettings are common to all receivers.
type globalSettings struct {
	SMTPSmarthost        string `yaml:"smtp_smarthost"`
	SMTPFrom             string `yaml:"smtp_from"`
	SMTPAuthUsername     string `yaml:"smtp_auth_username,omitempty"`
	SMTPAuthPasswordFile string `yaml:"smtp_auth_password_file,omitempty"`
	SMTPRequireTLS       bool   `yaml:"smtp_require_tls"`
}

// global is nil when nobody gets e-mail.
func global(a config.Alertmanager) *globalSettings {
	for _, r := range a.Receivers {
		if r.Email != (config.Mailbox{}) {
			e := a.Email
			return &globalSettings{e.Smarthost, e.From, e.Username, e.PasswordFile, bool(e.RequireTLS)}
		}
	}
	return nil
}

package dashboards

import (
	"go.yaml.in/yaml/v3"

	"valkey-exporter/config"
)

// provider is the file that tells Grafana of the folder in which it is.
func provider(d config.Dashboards) ([]byte, error) {
	type options struct {
		Path string `yaml:"path"`
	}
	type provider struct {
		Name     string  `yaml:"name"`
		OrgID    int     `yaml:"orgId"`
		Folder   string  `yaml:"folder"`
		Type     string  `yaml:"type"`
		Keep     bool    `yaml:"disableDeletion"`
		Editable bool    `yaml:"allowUiUpdates"` // they are generated; save a copy instead
		Seconds  int     `yaml:"updateIntervalSeconds"`
		Options  options `yaml:"options"`
	}
	return yaml.Marshal(struct {
		APIVersion int        `yaml:"apiVersion"`
		Providers  []provider `yaml:"providers"`
	}{1, []provider{{
		Name: "valkey", OrgID: 1, Folder: d.Folder, Type: "file", Seconds: 30,
		Options: options{"/etc/grafana/provisioning/dashboards"},
	}}})
}

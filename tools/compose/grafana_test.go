package compose

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// datasources is the provisioning file of Grafana, as far as we use it. Grafana
// leaves out without a word what it does not know; this does not.
type datasources struct {
	APIVersion  int  `yaml:"apiVersion"`
	Prune       bool `yaml:"prune"`
	Datasources []struct {
		Name      string         `yaml:"name"`
		Type      string         `yaml:"type"`
		UID       string         `yaml:"uid"`
		URL       string         `yaml:"url"`
		Access    string         `yaml:"access"`
		IsDefault bool           `yaml:"isDefault"`
		Editable  bool           `yaml:"editable"`
		JSONData  datasourceData `yaml:"jsonData"`
	} `yaml:"datasources"`
}

type datasourceData struct {
	HTTPMethod                 string `yaml:"httpMethod"`
	TimeInterval               string `yaml:"timeInterval"`
	AlertmanagerUID            string `yaml:"alertmanagerUid"`
	Implementation             string `yaml:"implementation"`
	HandleGrafanaManagedAlerts bool   `yaml:"handleGrafanaManagedAlerts"`
}

// dashboards is the file that says where dashboards come from, likewise.
type dashboards struct {
	APIVersion int `yaml:"apiVersion"`
	Providers  []struct {
		Name                  string            `yaml:"name"`
		OrgID                 int               `yaml:"orgId"`
		Folder                string            `yaml:"folder"`
		Type                  string            `yaml:"type"`
		DisableDeletion       bool              `yaml:"disableDeletion"`
		AllowUIUpdates        bool              `yaml:"allowUiUpdates"`
		UpdateIntervalSeconds int               `yaml:"updateIntervalSeconds"`
		Options               map[string]string `yaml:"options"`
	} `yaml:"providers"`
}

// provisioned decodes a file of Grafana's provisioning.
func provisioned(t *testing.T, path string, into any) {
	t.Helper()
	file, err := os.Open(filepath.Join(repository, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func TestGrafanaFindsItsDataSources(t *testing.T) {
	var d datasources
	provisioned(t, "deploy/grafana/datasources/prometheus.yml", &d)
	if got := mount(t, service(t, "grafana"), "/etc/grafana/provisioning/datasources"); got != "bind deploy/grafana/datasources ro" {
		t.Errorf("data sources: there is %s", got)
	}
	project, grafana := load(t), service(t, "grafana")
	found := map[string]string{} // the type of each, by uid
	defaults := 0
	for _, s := range d.Datasources {
		found[s.UID] = s.Type
		if s.IsDefault {
			defaults++
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		other, err := project.GetService(u.Hostname())
		if err != nil || len(other.Ports) != 1 || u.Port() != fmt.Sprint(other.Ports[0].Target) {
			t.Errorf("%s: nothing listens on %s: %v", s.Name, s.URL, err)
			continue
		}
		if !shareNetwork(other.NetworksByPriority(), grafana.NetworksByPriority()) {
			t.Errorf("%s: %s is on another network", s.Name, u.Hostname())
		}
	}
	if defaults != 1 || found["prometheus"] != "prometheus" || found["alertmanager"] != "alertmanager" {
		t.Errorf("data sources %v, %d of them the default: want Prometheus, the default, and Alertmanager", found, defaults)
	}
	for _, s := range d.Datasources {
		if uid := s.JSONData.AlertmanagerUID; uid != "" && found[uid] != "alertmanager" {
			t.Errorf("%s: there is no Alertmanager %s", s.Name, uid)
		}
		if s.Type == "prometheus" && s.JSONData.TimeInterval != scrapeInterval(t) {
			t.Errorf("%s: timeInterval %s, but Prometheus scrapes every %s", s.Name, s.JSONData.TimeInterval, scrapeInterval(t))
		}
	}
}

func shareNetwork(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

// scrapeInterval is that of Prometheus.
func scrapeInterval(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(repository + "/deploy/prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Global struct {
			ScrapeInterval string `yaml:"scrape_interval"`
		} `yaml:"global"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if config.Global.ScrapeInterval != "15s" {
		t.Errorf("Prometheus scrapes every %q, want 15s", config.Global.ScrapeInterval)
	}
	return config.Global.ScrapeInterval
}

// The folder that is mounted has the dashboards, and the file that says where they
// are.
func TestGrafanaFindsItsDashboards(t *testing.T) {
	const folder = "dashboards/generated/provisioning"
	var d dashboards
	provisioned(t, folder+"/valkey.yml", &d)
	if len(d.Providers) != 1 || d.Providers[0].Type != "file" || d.Providers[0].Folder == "" {
		t.Fatalf("providers %+v, want one of files, with a folder", d.Providers)
	}
	path := d.Providers[0].Options["path"]
	if path != "/etc/grafana/provisioning/dashboards" || mount(t, service(t, "grafana"), path) != "bind "+folder+" ro" {
		t.Errorf("at %s there is %s", path, mount(t, service(t, "grafana"), path))
	}
	boards, err := filepath.Glob(filepath.Join(repository, folder, "*.json"))
	if err != nil || len(boards) < 6 {
		t.Errorf("dashboards %q, %v: want six or more", boards, err)
	}
}

func TestGrafanaHasNoDefaultPassword(t *testing.T) {
	s := service(t, "grafana")
	if file := s.Environment["GF_SECURITY_ADMIN_PASSWORD__FILE"]; file == nil || len(s.Secrets) != 1 || *file != "/run/secrets/"+s.Secrets[0].Source {
		t.Errorf("the password is %v, the secrets are %v: want the file of the secret", file, s.Secrets)
	}
}

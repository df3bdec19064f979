package dashboards_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"valkey-exporter/config"
	"valkey-exporter/dashboards"
)

func files(t *testing.T, c config.Validated, k dashboards.Kubernetes) map[string][]byte {
	t.Helper()
	all, err := dashboards.Files(c, k)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSameConfigurationGivesTheSameFiles(t *testing.T) {
	c := config.Default()
	first, second := files(t, c, dashboards.Kubernetes{}), files(t, c, dashboards.Kubernetes{})
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
}

// The import dialog asks for the data source, and is told it in one place only.
func TestTheImportDialogAsksForTheDataSource(t *testing.T) {
	all := files(t, config.Default(), dashboards.Kubernetes{})
	for path, text := range all {
		uid, isImport := strings.CutPrefix(path, "import/")
		if !isImport {
			continue
		}
		var asks, plain map[string]any
		if err := errors.Join(json.Unmarshal(text, &asks), json.Unmarshal(all["provisioning/"+uid], &plain)); err != nil {
			t.Fatal(err)
		}
		inputs, _ := json.Marshal(asks["__inputs"])
		if !strings.Contains(string(inputs), `"name":"DS_PROMETHEUS"`) || !strings.Contains(string(inputs), `"pluginId":"prometheus"`) {
			t.Errorf("%s asks for %s", path, inputs)
		}
		if n := bytes.Count(text, []byte("${DS_PROMETHEUS}")); n != 2 { // the text and the value of the variable
			t.Errorf("%s: the answer goes to %d places", path, n)
		}
		delete(asks, "__inputs")
		delete(asks, "__requires")
		for _, d := range []map[string]any{asks, plain} {
			list := d["templating"].(map[string]any)["list"].([]any)
			delete(list[0].(map[string]any), "current")
		}
		if d := cmp.Diff(plain, asks); d != "" {
			t.Errorf("%s differs in more than that:\n%s", path, d)
		}
	}
}

// Provisioned files with inputs would have no data source at all.
func TestProvisionedFilesAskForNothing(t *testing.T) {
	for path, text := range files(t, config.Default(), dashboards.Kubernetes{}) {
		if strings.HasPrefix(path, "provisioning/") && bytes.Contains(text, []byte("DS_PROMETHEUS")) {
			t.Errorf("%s asks for a data source", path)
		}
	}
}

// object is what Kubernetes is given, as far as we use it.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	} `yaml:"metadata"`
	Data map[string]string `yaml:"data"`
}

// lastApplied is the most that an annotation may have, in which kubectl apply
// keeps a copy of the object.
const lastApplied = 256 << 10

func TestConfigMapsHaveWhatTheSidecarLooksFor(t *testing.T) {
	c := parsed(t, "dashboards: {folder: Caches and queues, sidecar_label: example.org/board, sidecar_annotation: folder}")
	all := files(t, c, dashboards.Kubernetes{Namespace: "monitoring"})
	decoder := yaml.NewDecoder(bytes.NewReader(all["kubernetes/valkey-dashboards.yml"]))
	decoder.KnownFields(true)
	var names []string
	for {
		var o object
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, o.Metadata.Name)
		m := o.Metadata
		if o.APIVersion != "v1" || o.Kind != "ConfigMap" || m.Namespace != "monitoring" || m.Labels["example.org/board"] != "1" || m.Annotations["folder"] != "Caches and queues" {
			t.Errorf("%+v", m)
		}
		text := o.Data[m.Name+".json"]
		if len(o.Data) != 1 || text != string(all["provisioning/"+m.Name+".json"]) {
			t.Errorf("%s holds something else than the dashboard", m.Name)
		}
		if copied, _ := json.Marshal(o.Data); len(copied) > lastApplied {
			t.Errorf("%s is too large for kubectl apply: %d bytes", m.Name, len(copied))
		}
	}
	if len(names) != len(dashboards.All(c)) {
		t.Errorf("ConfigMaps %q", names)
	}
}

func TestTheFolderAndTheTimesAreThoseOfTheConfiguration(t *testing.T) {
	c := parsed(t, "dashboards: {folder: Caches, range: 90m, refresh: 1m}\nalerts: {jobs: [eu, u.s]}")
	all := files(t, c, dashboards.Kubernetes{})
	if text := string(all["provisioning/valkey.yml"]); !strings.Contains(text, "folder: Caches\n") {
		t.Error(text)
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasSuffix(path, ".json") {
			continue
		}
		for _, want := range []string{`"from": "now-1h30m"`, `"refresh": "1m"`, `eu|u\\\\.s`} {
			if !strings.Contains(string(all[path]), want) {
				t.Errorf("%s has no %s", path, want)
			}
		}
	}
}

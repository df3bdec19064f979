package dashboards

import (
	"go.yaml.in/yaml/v3"

	"valkey-exporter/config"
)

// Kubernetes says what only a cluster wants to know.
type Kubernetes struct {
	Namespace string // of the ConfigMaps; kubectl's own if empty
}

// configMap is one for each dashboard: kubectl apply keeps a copy of an object in
// an annotation, which may have 256 KiB.
func (k Kubernetes) configMap(uid string, text []byte, d config.Dashboards) ([]byte, error) {
	type metadata struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace,omitempty"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	}
	object := struct {
		APIVersion string            `yaml:"apiVersion"`
		Kind       string            `yaml:"kind"`
		Metadata   metadata          `yaml:"metadata"`
		Data       map[string]string `yaml:"data"`
	}{
		"v1", "ConfigMap",
		metadata{uid, k.Namespace, map[string]string{d.SidecarLabel: "1"}, map[string]string{d.SidecarAnnotation: d.Folder}},
		map[string]string{uid + ".json": string(text)},
	}
	return yaml.Marshal(object)
}

//go:build unix

package stack

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"valkey-exporter/alertmanager"
	"valkey-exporter/rules"
	"valkey-exporter/rules/render"
)

// writeFiles writes what the programs read.
func (s *Stack) writeFiles() error {
	routes, err := alertmanager.Files(s.options.Config)
	if err != nil {
		return err
	}
	for path, text := range routes {
		if err := s.write(path, text, nil); err != nil {
			return err
		}
	}
	for path, content := range map[string]func() ([]byte, error){
		exporterFile:   s.exporterConfig,
		prometheusFile: s.prometheusConfig,
		rulesFile:      func() ([]byte, error) { return render.Prometheus(rules.Build(s.options.Config)) },
	} {
		text, err := content()
		if err := s.write(path, text, err); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file of the stack, unless making its text has failed.
func (s *Stack) write(path string, text []byte, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(s.path(path)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.path(path), text, 0o644)
}

// forExporter are the sections of the configuration that an exporter reads. The
// others have limits that a faster configuration breaks.
var forExporter = []string{"queues", "discovery", "observe", "classes", "clients", "scrape", "audit", "latency"}

func (s *Stack) exporterConfig() ([]byte, error) {
	text, err := s.options.Config.YAML()
	if err != nil {
		return nil, err
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(section string, _ any) bool { return !slices.Contains(forExporter, section) })
	expectSmall(all)
	return yaml.Marshal(all)
}

// expectSmall takes out of the audit what small does in another way.
func expectSmall(all object) {
	audit, _ := all["audit"].(object)
	if baseline, ok := audit["baseline"].(object); ok {
		baseline["io-threads"] = "any"
	}
}

// object is a mapping of a YAML file.
type object = map[string]any

func (s *Stack) prometheusConfig() ([]byte, error) {
	interval := model.Duration(s.Interval()).String()
	jobs := map[string][]object{}
	for _, v := range s.Services {
		jobs[v.Job] = append(jobs[v.Job], s.targetsOf(v)...)
	}
	var scrapes []object
	for _, job := range slices.Sorted(maps.Keys(jobs)) {
		scrapes = append(scrapes, object{"job_name": job, "static_configs": jobs[job]})
	}
	return yaml.Marshal(object{
		"global":         object{"scrape_interval": interval, "scrape_timeout": model.Duration(min(s.Interval(), scrapeInterval*2/3)).String(), "evaluation_interval": interval},
		"rule_files":     []string{rulesFile},
		"alerting":       object{"alertmanagers": []object{{"static_configs": []object{{"targets": []string{s.Alertmanager.Addr}}}}}},
		"scrape_configs": scrapes,
	})
}

func (s *Stack) targetsOf(v *Service) []object {
	if s.removed[v] {
		return nil
	}
	var all []object
	targets := v.targets()
	for _, addr := range slices.Sorted(maps.Keys(targets)) {
		all = append(all, object{"targets": []string{addr}, "labels": object{"instance": targets[addr]}})
	}
	return all
}

// Remove makes Prometheus forget the targets of a service, as a change of its
// configuration or of what it discovers does.
func (s *Stack) Remove(v *Service) error { return s.setRemoved(v, true) }

// Restore makes Prometheus scrape them again.
func (s *Stack) Restore(v *Service) error { return s.setRemoved(v, false) }

func (s *Stack) setRemoved(v *Service, removed bool) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.removed[v] = removed
	text, err := s.prometheusConfig()
	if err := s.write(prometheusFile, text, err); err != nil {
		return err
	}
	return s.Prometheus.Reload()
}

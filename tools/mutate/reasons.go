package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// reasons say why mutants survive, by the title of the rule and the text of the
// mutation. They are written by hand.
type reasons map[string]map[string]string

// reasonEntry is how they are written: one reason may do for several mutants.
type reasonEntry struct {
	Mutations []string `yaml:"mutations"`
	Reason    string   `yaml:"reason"`
}

func readReasons(path string) (reasons, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all, err := parseReasons(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

func parseReasons(content []byte) (reasons, error) {
	var file map[string][]reasonEntry
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	all := reasons{}
	for _, title := range slices.Sorted(maps.Keys(file)) {
		all[title] = map[string]string{}
		for _, e := range file[title] {
			if e.Reason == "" || len(e.Mutations) == 0 {
				return nil, fmt.Errorf("%s: an entry lacks its mutations or its reason", title)
			}
			for _, m := range e.Mutations {
				if _, twice := all[title][m]; twice {
					return nil, fmt.Errorf("%s: two reasons for %q", title, m)
				}
				all[title][m] = e.Reason
			}
		}
	}
	return all, nil
}

// of is the reason for a mutant, or empty.
func (r reasons) of(m *mutant) string { return r[m.rule.title][m.text] }

// wanting are survivors in the form in which reasons are written.
func wanting(survivors []*mutant) ([]byte, error) {
	file := map[string][]reasonEntry{}
	for _, m := range survivors {
		title := m.rule.title
		if len(file[title]) == 0 {
			file[title] = []reasonEntry{{}}
		}
		file[title][0].Mutations = append(file[title][0].Mutations, m.text)
	}
	return yaml.Marshal(file)
}

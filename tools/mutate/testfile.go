package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// testFile is a file of tests for promtool. It is kept as nodes, because what is
// written without quotes must stay as it is: 0x30 is thirty-one zeros to promtool
// and a number to YAML.
type testFile struct {
	name string
	root *yaml.Node // a mapping, without aliases
}

func (s *ruleSet) readTests(folder string) error {
	paths, err := filepath.Glob(filepath.Join(folder, "*.yml"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t, err := parseTests(filepath.Base(path), content)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		s.tests = append(s.tests, t)
	}
	return nil
}

func parseTests(name string, content []byte) (testFile, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return testFile{}, err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return testFile{}, errors.New("is not a mapping")
	}
	return testFile{name, plain(document.Content[0])}, nil
}

// plain is a copy in which what aliases refer to stands in their place, so that
// a part of it can be written without the rest.
func plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return plain(n.Alias)
	}
	c := *n
	c.Anchor = ""
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = plain(child)
	}
	return &c
}

// about are the tests that ask about one of the names, each as a file of its own.
func (t testFile) about(names []string) ([]*unit, error) {
	tests := field(t.root, "tests")
	var all []*unit
	for _, test := range items(tests) {
		asked := asks(test)
		if !meet(asked, names) {
			continue
		}
		one := *tests
		one.Content = []*yaml.Node{test}
		root := *t.root
		root.Content = slices.Clone(root.Content)
		root.Content[slices.Index(root.Content, tests)] = &one
		content, err := yaml.Marshal(&root)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		all = append(all, &unit{file: t.name, content: content, asked: asked})
	}
	return all, nil
}

// asks are the names that a test asks about: of alerts, and of series in
// expressions.
func asks(test *yaml.Node) []string {
	var names []string
	for _, asked := range items(field(test, "alert_rule_test")) {
		if a := field(asked, "alertname"); a != nil {
			names = append(names, a.Value)
		}
	}
	for _, asked := range items(field(test, "promql_expr_test")) {
		if e := field(asked, "expr"); e != nil {
			if expr, err := parse(e.Value); err == nil { // promtool complains of it
				names = append(names, seriesNames(expr)...)
			}
		}
	}
	return names
}

// field is the value of a key, one that was merged in included, or nil.
func field(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	var merged *yaml.Node
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, value := mapping.Content[i], mapping.Content[i+1]
		switch name.Value {
		case key:
			return value
		case "<<":
			merged = field(value, key)
		}
	}
	return merged
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

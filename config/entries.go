package config

import "go.yaml.in/yaml/v3"

const (
	nullTag   = "!!null"
	strTag    = "!!str"
	intTag    = "!!int"
	floatTag  = "!!float"
	boolTag   = "!!bool"
	binaryTag = "!!binary"
	mergeTag  = "!!merge"
)

// entry is a name in a mapping and its value, aliases resolved.
type entry struct{ name, value *yaml.Node }

// entries are the pairs of a mapping, with those it merges by `<<`. As YAML has
// it, the mapping's own pairs win, then those merged first.
func entries(r *report, mapping *yaml.Node) []entry {
	m := merger{report: r, taken: map[string]bool{}, visited: map[*yaml.Node]bool{}}
	m.visit(mapping)
	return m.entries
}

// merger visits each mapping once: a second visit cannot add a name, and a
// mapping may be told to merge itself.
type merger struct {
	*report
	entries []entry
	taken   map[string]bool
	visited map[*yaml.Node]bool
}

func (m *merger) visit(mapping *yaml.Node) {
	if m.visited[mapping] {
		return
	}
	m.visited[mapping] = true
	var merges []*yaml.Node
	lines := map[string]int{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, value := deref(mapping.Content[i]), deref(mapping.Content[i+1])
		first, twice := lines[name.Value]
		switch {
		case name.Kind != yaml.ScalarNode:
			m.at(name, "the name of a field is a word, not %s", got(name))
			continue
		case twice:
			m.at(mapping.Content[i], "field `%s` is already given on line %d; remove one of the two", brief(name.Value), first)
			continue
		}
		lines[name.Value] = mapping.Content[i].Line
		if name.ShortTag() == mergeTag {
			merges = append(merges, value)
		} else if !m.taken[name.Value] {
			m.taken[name.Value] = true
			m.entries = append(m.entries, entry{name, value})
		}
	}
	for _, value := range merges {
		m.merge(value)
	}
}

func (m *merger) merge(value *yaml.Node) {
	if value.Kind == yaml.MappingNode {
		m.visit(value)
		return
	}
	if value.Kind != yaml.SequenceNode {
		wrong(m.report, "<<", value, "a mapping such as `*name`, or a list of them")
		return
	}
	for _, n := range value.Content {
		if n = deref(n); n.Kind != yaml.MappingNode {
			wrong(m.report, "<<", n, "a mapping such as `*name`")
			continue
		}
		m.visit(n)
	}
}

// deref follows an alias to what it stands for.
func deref(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

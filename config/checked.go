package config

import "go.yaml.in/yaml/v3"

// checked is a section with a check that no field can make alone.
type checked[T any] struct {
	section[T]

	// finish is told which fields the mapping has, and whether they are valid.
	finish func(r *report, at *yaml.Node, have map[string]value, item *T)
}

func (c checked[T]) read(r *report, name string, n *yaml.Node, into *T) bool {
	if n.Kind != yaml.MappingNode {
		return c.section.read(r, name, n, into)
	}
	before := len(r.found)
	c.finish(r, n, c.fill(r, n, into), into)
	return len(r.found) == before
}

// needs is the check that some fields are there.
func needs[T any](names ...string) func(*report, *yaml.Node, map[string]value, *T) {
	return func(r *report, at *yaml.Node, have map[string]value, _ *T) {
		for _, name := range names {
			if _, ok := have[name]; !ok {
				r.at(at, "`%s` is missing; add it", name)
			}
		}
	}
}

// way is a section that may be absent as a whole. The zero value is not printed.
type way[T comparable] struct{ checked[T] }

// read takes no section without a line in it: a way has fields that it needs. What is
// there instead is not repeated, for it may be an address that is a secret.
func (w way[T]) read(r *report, name string, n *yaml.Node, into *T) bool {
	if n.Kind != yaml.MappingNode {
		r.at(n, "%s: want %s", name, w.want())
		return false
	}
	return w.checked.read(r, name, n, into)
}

func (w way[T]) show(from T) *yaml.Node {
	var absent T
	if from == absent {
		return nil
	}
	return w.checked.show(from)
}

// sectionOrOff is a section, or the word off, which is nil. A field that the file
// leaves out keeps the value it had.
type sectionOrOff[T any] struct{ checked[T] }

func (s sectionOrOff[T]) want() string { return s.checked.want() + ", or `off`" }

func (s sectionOrOff[T]) read(r *report, name string, n *yaml.Node, into **T) bool {
	if off, ok := onOrOff().parse(n); n.Kind == yaml.ScalarNode && ok && !bool(off) {
		*into = nil
		return true
	}
	if n.Kind != yaml.MappingNode && n.ShortTag() != nullTag {
		return wrong(r, name, n, s.want())
	}
	var item T
	if *into != nil {
		item = **into
	}
	good := s.checked.read(r, name, n, &item)
	*into = &item
	return good
}

func (s sectionOrOff[T]) show(from *T) *yaml.Node {
	if from == nil {
		return plain(strTag, "off")
	}
	return s.checked.show(*from)
}

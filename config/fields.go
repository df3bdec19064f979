package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// kind is a type of value in the file: how it is read, checked and printed.
type kind[V any] interface {
	// read puts the node's value into place, or reports what is wrong with it
	// and returns false. Name is what the report calls the value.
	read(r *report, name string, n *yaml.Node, into *V) bool
	// show is the reverse of read; nil leaves the field out.
	show(V) *yaml.Node
	// want describes the valid values. Error messages and docs/configuration.md
	// use the same words.
	want() string
}

// field is a named value of T.
type field[T any] struct {
	name string
	want string
	read func(r *report, n *yaml.Node, into *T) bool
	show func(T) *yaml.Node
}

// named declares a field: its name in the file, its place in T, its kind.
func named[T, V any](name string, place func(*T) *V, k kind[V]) field[T] {
	return field[T]{
		name: name,
		want: k.want(),
		read: func(r *report, n *yaml.Node, into *T) bool { return k.read(r, name, n, place(into)) },
		show: func(from T) *yaml.Node { return k.show(*place(&from)) },
	}
}

// section is a mapping with a fixed set of fields. A field that the file leaves
// out keeps the value it had.
type section[T any] []field[T]

func (s section[T]) want() string { return "a mapping with " + quoted(s.names()) }

func (s section[T]) names() []string {
	names := make([]string, len(s))
	for i, f := range s {
		names[i] = f.name
	}
	return names
}

// read takes a section without any line in it for one that was left out, so
// that all its lines can be commented out.
func (s section[T]) read(r *report, name string, n *yaml.Node, into *T) bool {
	if n.ShortTag() == nullTag {
		return true
	}
	if n.Kind != yaml.MappingNode {
		return wrong(r, name, n, s.want())
	}
	before := len(r.found)
	s.fill(r, n, into)
	return len(r.found) == before
}

func (s section[T]) show(from T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range s {
		if value := f.show(from); value != nil {
			n.Content = append(n.Content, plain(strTag, f.name), value)
		}
	}
	return n
}

// value is a field that a mapping has. It is valid when it was read without a
// problem.
type value struct {
	node  *yaml.Node
	valid bool
}

// fill reads the fields of a mapping and returns those that it has.
func (s section[T]) fill(r *report, n *yaml.Node, into *T) map[string]value {
	have := map[string]value{}
	for _, e := range entries(r, n) {
		i := slices.IndexFunc(s, func(f field[T]) bool { return f.name == e.name.Value })
		if i < 0 {
			r.at(e.name, "unknown field `%s`; %s", brief(e.name.Value), suggest(e.name.Value, s.names()))
			continue
		}
		have[s[i].name] = value{e.value, s[i].read(r, e.value, into)}
	}
	return have
}

// quoted lists names for people.
func quoted(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

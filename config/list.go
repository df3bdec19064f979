package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// list is a sequence of sections. It replaces what was there.
type list[T any] struct {
	item    section[T]
	example string // a valid item, for error messages

	// finish checks what no field can check alone and completes the item.
	finish func(r *report, at *yaml.Node, have map[string]value, item *T)
	// identity names what may be listed once; "" when the item is too wrong to
	// tell.
	identity func(have map[string]value, item T) string
}

func (l list[T]) want() string { return fmt.Sprintf("a list of entries such as `%s`", l.example) }

func (l list[T]) read(r *report, name string, n *yaml.Node, into *[]T) bool {
	switch {
	case n.ShortTag() == nullTag:
		return wrong(r, name, n, l.want(), "; write [] for none, or remove the line for the default")
	case n.Kind != yaml.SequenceNode:
		return wrong(r, name, n, l.want())
	}
	items := make([]T, 0, len(n.Content))
	lines := map[string]int{}
	for _, at := range n.Content {
		node := deref(at)
		if node.Kind != yaml.MappingNode {
			wrong(r, name, node, fmt.Sprintf("an entry such as `%s`", l.example))
			continue
		}
		var item T
		have := l.item.fill(r, node, &item)
		l.finish(r, at, have, &item)
		if id := l.identity(have, item); id != "" {
			once(r, at, id, lines)
		}
		items = append(items, item)
	}
	*into = items
	return true
}

// once reports what was listed before; lines says where.
func once(r *report, at *yaml.Node, id string, lines map[string]int) {
	if first, again := lines[id]; again {
		r.at(at, "%s is already listed on line %d; remove one of the two", shorten(id), first)
		return
	}
	lines[id] = at.Line
}

func (l list[T]) show(items []T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if len(items) == 0 {
		n.Style = yaml.FlowStyle
	}
	for _, item := range items {
		n.Content = append(n.Content, l.item.show(item))
	}
	return n
}

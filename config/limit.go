package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Limit is a threshold that can be off. The zero Limit is off.
type Limit[V comparable] struct {
	value V
	on    bool
}

// At is a limit that is reached above v.
func At[V comparable](v V) Limit[V] { return Limit[V]{value: v, on: true} }

// Get is the threshold, and whether there is one.
func (l Limit[V]) Get() (V, bool) { return l.value, l.on }

// String is the threshold or the word off.
func (l Limit[V]) String() string {
	if !l.on {
		return "off"
	}
	return fmt.Sprint(l.value)
}

// Switch is something that is on or off. The zero Switch is off.
type Switch bool

// onOrOff takes true and false for the words: see orOff.
func onOrOff() scalar[Switch] {
	return scalar[Switch]{
		wants: "`on` or `off`",
		parse: func(n *yaml.Node) (Switch, bool) {
			on := n.ShortTag() == strTag && n.Value == "on" || n.ShortTag() == boolTag && n.Value == "true"
			off := n.ShortTag() == strTag && n.Value == "off" || n.ShortTag() == boolTag && n.Value == "false"
			return Switch(on), on || off
		},
		print: func(s Switch) *yaml.Node {
			if s {
				return plain(strTag, "on")
			}
			return plain(strTag, "off")
		},
	}
}

// orOff is a limit of another kind, or the word off. It takes false for off:
// tools that follow YAML 1.1, such as Helm, rewrite the one as the other.
func orOff[V comparable](k scalar[V]) scalar[Limit[V]] {
	return scalar[Limit[V]]{
		wants: k.wants + ", or `off`",
		parse: func(n *yaml.Node) (Limit[V], bool) {
			if n.ShortTag() == strTag && n.Value == "off" || n.ShortTag() == boolTag && n.Value == "false" {
				return Limit[V]{}, true
			}
			v, ok := k.parse(n)
			return At(v), ok
		},
		print: func(l Limit[V]) *yaml.Node {
			if v, on := l.Get(); on {
				return k.print(v)
			}
			return plain(strTag, "off")
		},
		help: k.help,
	}
}

// alwaysOn is a limit that cannot be off.
func alwaysOn[V comparable](k scalar[V]) scalar[Limit[V]] {
	return converted(k, At, func(l Limit[V]) V { return l.value })
}

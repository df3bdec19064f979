package config

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// scalar is a value of one word.
type scalar[V any] struct {
	wants string
	parse func(*yaml.Node) (V, bool)
	print func(V) *yaml.Node
	help  func(*yaml.Node) string // more about a wrong value; may be nil
}

func (s scalar[V]) want() string { return s.wants }

func (s scalar[V]) show(v V) *yaml.Node { return s.print(v) }

func (s scalar[V]) read(r *report, name string, n *yaml.Node, into *V) bool {
	if n.Kind == yaml.ScalarNode {
		if v, ok := s.parse(n); ok {
			*into = v
			return true
		}
	}
	if s.help == nil {
		return wrong(r, name, n, s.wants)
	}
	return wrong(r, name, n, s.wants, s.help(n))
}

// text is a key or pattern. Other bytes than UTF-8 come and go as !!binary.
func text() scalar[string] {
	return scalar[string]{
		wants: "a text that is not empty",
		parse: func(n *yaml.Node) (string, bool) {
			switch n.ShortTag() {
			case strTag:
				return n.Value, n.Value != ""
			case binaryTag:
				b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
				return string(b), err == nil && len(b) > 0
			}
			return "", false
		},
		print: func(s string) *yaml.Node {
			switch {
			case s == "":
				return nil
			case !utf8.ValidString(s):
				n := plain(binaryTag, base64.StdEncoding.EncodeToString([]byte(s)))
				n.Style = yaml.TaggedStyle
				return n
			}
			n := plain(strTag, s)
			n.Style = yaml.DoubleQuotedStyle
			return n
		},
		help: func(n *yaml.Node) string {
			switch {
			case n.ShortTag() == binaryTag:
				return "; !!binary is followed by base64"
			case n.ShortTag() == strTag, n.ShortTag() == nullTag, n.Kind != yaml.ScalarNode:
				return ""
			}
			return "; put quotes around it"
		},
	}
}

// whole is an integer in plain digits: 010 is eight to some readers and ten to
// others.
func whole[V int | int64](lowest, highest V) scalar[V] {
	wants := fmt.Sprintf("a whole number, %d or more", lowest)
	if int64(highest) != math.MaxInt64 {
		wants = fmt.Sprintf("a whole number from %d to %d", lowest, highest)
	}
	return scalar[V]{
		wants: wants,
		parse: func(n *yaml.Node) (V, bool) {
			i, err := strconv.ParseInt(n.Value, 10, 64)
			exact := n.ShortTag() == intTag && strconv.FormatInt(i, 10) == n.Value
			return V(i), err == nil && exact && int64(lowest) <= i && i <= int64(highest)
		},
		print: func(v V) *yaml.Node { return plain(intTag, strconv.FormatInt(int64(v), 10)) },
	}
}

// share is a fraction of the whole.
func share(lowest, highest float64) scalar[float64] {
	return scalar[float64]{
		wants: fmt.Sprintf("a number from %g to %g", lowest, highest),
		parse: func(n *yaml.Node) (float64, bool) {
			number := n.ShortTag() == floatTag || n.ShortTag() == intTag
			v, err := strconv.ParseFloat(n.Value, 64)
			return v, err == nil && number && lowest <= v && v <= highest
		},
		print: func(v float64) *yaml.Node { return plain(floatTag, strconv.FormatFloat(v, 'g', -1, 64)) },
	}
}

// numberFrom is any number that is not too low.
func numberFrom(lowest float64) scalar[float64] {
	k := share(lowest, math.MaxFloat64)
	k.wants = fmt.Sprintf("a number, %g or more", lowest)
	return k
}

// converted is a kind whose values are kept in another type than they are read.
func converted[V, W any](k scalar[V], to func(V) W, from func(W) V) scalar[W] {
	return scalar[W]{
		wants: k.wants,
		parse: func(n *yaml.Node) (W, bool) {
			v, ok := k.parse(n)
			return to(v), ok
		},
		print: func(w W) *yaml.Node { return k.print(from(w)) },
		help:  k.help,
	}
}

// duration is written as Prometheus writes it.
func duration(lowest time.Duration) scalar[time.Duration] {
	return scalar[time.Duration]{
		wants: fmt.Sprintf("a duration such as 30s, 5m or 1h30m, %s or more", model.Duration(lowest)),
		parse: func(n *yaml.Node) (time.Duration, bool) {
			d, err := model.ParseDuration(n.Value)
			return time.Duration(d), err == nil && lowest <= time.Duration(d)
		},
		print: func(d time.Duration) *yaml.Node { return plain(strTag, model.Duration(d).String()) },
		help: func(n *yaml.Node) string {
			_, bare := model.ParseDuration(n.Value)
			if d, err := model.ParseDuration(n.Value + "s"); bare != nil && err == nil && lowest <= time.Duration(d) {
				return "; did you mean `" + n.Value + "s`?"
			}
			return ""
		},
	}
}

// choice is one of a few words.
func choice[V ~string](words ...V) scalar[V] {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	return scalar[V]{
		wants: "one of " + quoted(names),
		parse: func(n *yaml.Node) (V, bool) {
			return V(n.Value), n.ShortTag() == strTag && slices.Contains(names, n.Value)
		},
		print: func(v V) *yaml.Node { return plain(strTag, string(v)) },
		help: func(n *yaml.Node) string {
			if word := nearest(n.Value, names); word != "" {
				return "; did you mean `" + word + "`?"
			}
			return ""
		},
	}
}

// plain is a scalar that needs no quotes.
func plain(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

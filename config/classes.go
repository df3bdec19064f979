package config

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// Classes says by which names keys are counted together, and how often.
type Classes struct {
	Interval Limit[time.Duration] // from the start of one walk over all keys to the start of the next; off: none
	Samples  int                  // keys of a class and database that a walk looks at more closely
	Largest  Switch               // the status page tells the name of the largest key of each class
	Patterns []Class              // the first that matches a key has it
}

// ClassKind is what is looked at in the keys of a class besides size and expiry.
type ClassKind string

// The kinds.
const (
	Data      ClassKind = "data"       // nothing
	Lock      ClassKind = "lock"       // whether somebody will never release it
	RateLimit ClassKind = "rate_limit" // sorted sets of times: whether old ones are removed
	Tags      ClassKind = "tags"       // sets of names of keys: whether these keys exist
)

// Class is the keys that a glob matches, in every database.
type Class struct {
	Pattern string // any bytes
	Kind    ClassKind
	MaxTTL  Limit[time.Duration] // by then a key expires; off: it may stay for ever
	Window  Limit[time.Duration] // of a rate limit: what is older counts no more
}

// mostClasses bounds the values of the label class.
const mostClasses = 50

func (c Classes) clone() Classes {
	c.Patterns = slices.Clone(c.Patterns)
	return c
}

func (c Classes) equal(d Classes) bool {
	return c.Interval == d.Interval && c.Samples == d.Samples && c.Largest == d.Largest && slices.Equal(c.Patterns, d.Patterns)
}

// AsksAs says whether two sections ask the server for the same.
func (c Classes) AsksAs(d Classes) bool {
	c.Largest = d.Largest
	return c.equal(d)
}

var classFields = section[Class]{
	named("pattern", func(c *Class) *string { return &c.Pattern }, text()),
	named("kind", func(c *Class) *ClassKind { return &c.Kind }, choice(Data, Lock, RateLimit, Tags)),
	named("max_ttl", func(c *Class) *Limit[time.Duration] { return &c.MaxTTL }, orOff(duration(time.Second))),
	named("window", func(c *Class) *Limit[time.Duration] { return &c.Window }, orOff(duration(time.Second))),
}

var classesKind = checked[Classes]{section[Classes]{
	named("interval", func(c *Classes) *Limit[time.Duration] { return &c.Interval }, orOff(duration(time.Second))),
	named("samples", func(c *Classes) *int { return &c.Samples }, whole(10, 100_000)),
	named("largest_key", func(c *Classes) *Switch { return &c.Largest }, onOrOff()),
	named("patterns", func(c *Classes) *[]Class { return &c.Patterns }, classList),
}, finishClasses}

var classList = list[Class]{
	item:    classFields,
	example: `pattern: "user:*"`,
	finish:  finishClass,
	identity: func(have map[string]value, c Class) string {
		if !have["pattern"].valid {
			return ""
		}
		return fmt.Sprintf("pattern %q", c.Pattern)
	},
}

// usualWindow is that of a rate limit whose entry gives none.
const usualWindow = time.Minute

// finishClass checks that there is a glob, and fills in what is left out.
func finishClass(r *report, at *yaml.Node, have map[string]value, c *Class) {
	pattern, ok := have["pattern"]
	if !ok {
		r.at(at, "a class needs a `pattern`; add one")
	}
	if pattern.valid {
		mistake, wild := globMistake(c.Pattern)
		if mistake == "" && !wild {
			mistake = "has no wildcard *, ? or [...]; a class is of many keys"
		}
		if mistake != "" {
			r.at(pattern.node, "pattern: %s", mistake)
		}
	}
	if _, ok := have["kind"]; !ok {
		c.Kind = Data
	}
	window, given := have["window"]
	_, on := c.Window.Get()
	switch {
	case c.Kind == RateLimit && !given:
		c.Window = At(usualWindow)
	case c.Kind != RateLimit && on && (have["kind"].valid || have["kind"].node == nil):
		r.at(window.node, "window: only a class of the kind `%s` has one, and %s is of the kind `%s`; remove it, or write `kind: %s`",
			RateLimit, shorten(fmt.Sprintf("%q", c.Pattern)), c.Kind, RateLimit)
	}
}

func finishClasses(r *report, at *yaml.Node, _ map[string]value, c *Classes) {
	if len(c.Patterns) > mostClasses {
		r.at(at, "patterns: there are %d, and %d at most: each has series of its own for every database; join some", len(c.Patterns), mostClasses)
	}
}

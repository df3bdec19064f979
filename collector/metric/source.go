package metric

import "fmt"

// Source is the place where a metric's value is read; documentation prints
// what the collector binds to.
type Source interface{ String() string }

// Field is one "key:value" line of the server's INFO reply.
type Field struct {
	Section string  // the section's heading in lower case, for the reader
	Key     string  // the part before the colon
	Decode  Decoder // turns the part after the colon into the exposed value
}

// String names the field as an operator finds it: INFO section, then key.
func (f Field) String() string { return fmt.Sprintf("INFO %s: %s", f.Section, f.Key) }

// Reply is what a command answers, other than a plain INFO field; its text
// names the command and what is taken from the reply.
type Reply string

// String is the command and what is taken from it.
func (r Reply) String() string { return string(r) }

// Own is something that the exporter knows itself; its text says how.
type Own string

// String marks the source as the exporter's own knowledge.
func (o Own) String() string { return "exporter: " + string(o) }

// Library marks metrics that a client library registers and exposes by
// itself. They are declared so that documentation, rules and dashboards can
// refer to them; the collector emits none of them.
type Library string

// String names the part of the library.
func (l Library) String() string { return string(l) }

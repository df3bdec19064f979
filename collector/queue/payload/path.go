package payload

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a path. It becomes a label value, and each of its names costs a pass
// over a part of the message.
const (
	maxPath  = 200 // bytes
	maxNames = 16
)

// Path says where in a message a value is: the names of members, and the
// numbers of elements of lists from 0. The zero Path leads nowhere. Names are
// compared exactly, upper and lower case too. It also leads into an object
// that is kept as a string.
type Path struct {
	text  string
	names []string
}

// ParsePath parses names joined by dots: enqueued_at, meta.enqueued_at,
// args.0.sentAt.
func ParsePath(text string) (Path, error) {
	if text == "" {
		return Path{}, errors.New("path is empty, want names joined by dots such as meta.enqueued_at")
	}
	if len(text) > maxPath {
		return Path{}, fmt.Errorf("path has %d bytes, want at most %d", len(text), maxPath)
	}
	if !utf8.ValidString(text) {
		return Path{}, fmt.Errorf("path %q: want UTF-8 text", text)
	}
	names := strings.Split(text, ".")
	if len(names) > maxNames {
		return Path{}, fmt.Errorf("path %q has %d names, want at most %d", text, len(names), maxNames)
	}
	for i, name := range names {
		if name == "" {
			return Path{}, fmt.Errorf("path %q: name %d is empty", text, i+1)
		}
	}
	return Path{text: text, names: names}, nil
}

// String is the path as it was written.
func (p Path) String() string { return p.text }

// IsZero reports whether p leads nowhere.
func (p Path) IsZero() bool { return len(p.names) == 0 }

// find is the value to which p leads in a message, nil if there is none. Of a
// member that is there twice it is the first.
func (p Path) find(message []byte) value {
	if p.IsZero() {
		return nil
	}
	v := value(skipSpace(message))
	for _, name := range p.names {
		if v.embedded() {
			v = skipSpace(v.text())
		}
		if v = v.part(name); v == nil {
			return nil
		}
	}
	if v.isNull() {
		return nil
	}
	return v
}

// part is the member with a name, or the element with a number; nil if there is
// none.
func (v value) part(name string) value {
	if !v.is('{') && !v.is('[') {
		return nil
	}
	wanted := -1
	if v.is('[') {
		n, err := strconv.ParseUint(name, 10, 31)
		if err != nil {
			return nil
		}
		wanted = int(n)
	}
	all := read(v)
	for i := 0; ; i++ {
		key, part, ok := all.next()
		if !ok {
			return nil
		}
		if i == wanted || wanted < 0 && string(key) == name {
			return part
		}
	}
}

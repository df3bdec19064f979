package config

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document is the root node of the only document in data, or nil when data is
// empty or is not YAML.
func document(r *report, data []byte) *yaml.Node {
	if len(data) > maxSize {
		r.line(0, "larger than 1 MiB; is this the right file?")
		return nil
	}
	if line := unprintable(data); line > 0 {
		r.line(line, "not text: a control character, or bytes that are not UTF-8; save the file as UTF-8, "+
			"and write such a key with \"\\x07\" or !!binary")
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if !next(r, dec, data, &doc) {
		return nil
	}
	if next(r, dec, data, &second) {
		r.at(&second, "a second YAML document starts here; keep one and remove the line ---")
	}
	return doc.Content[0]
}

// next reads one document and says whether there was one.
func next(r *report, dec *yaml.Decoder, data []byte, doc *yaml.Node) bool {
	err := dec.Decode(doc)
	if err != nil && !errors.Is(err, io.EOF) {
		r.syntax(err, data)
	}
	return err == nil && len(doc.Content) > 0
}

// unprintable is the first line with a character that YAML forbids, or 0.
func unprintable(data []byte) int {
	line := 1
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size == 1, !allowed(c):
			return line
		case c == '\n':
			line++
		}
		i += size
	}
	return 0
}

// allowed is the character set of YAML 1.1, byte order mark included.
func allowed(c rune) bool {
	switch {
	case c < ' ':
		return c == '\t' || c == '\n' || c == '\r'
	case c < 0xA0:
		return c < 0x7F || c == 0x85
	}
	return c != 0xFFFE && c != 0xFFFF
}

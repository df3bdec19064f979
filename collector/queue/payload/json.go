package payload

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// value is a JSON value as it is written. Its first byte tells the kind.
type value []byte

func (v value) is(first byte) bool { return len(v) > 0 && v[0] == first }

func (v value) isNull() bool { return string(v) == "null" }

// embedded reports whether v is a string that looks like an object.
func (v value) embedded() bool {
	return v.is('"') && len(v) > 2 && v[1] == '{'
}

// text is what a string says, or any other value as it is written.
func (v value) text() []byte {
	if v.is('"') {
		return unquote(v[1 : len(v)-1])
	}
	return v
}

// parts reads the members of an object or the elements of a list, of which it
// skips what it does not look at without a stack: the depth of the text does
// not matter. It understands the beginning of a text that was cut. Of what the
// end cuts off, objects and lists are there as far as they go; other values are
// not, because what is missing may belong to them.
type parts struct {
	rest   []byte
	end    byte // the closing bracket
	inside bool // behind the first part
	// closed says that the end was seen, broken that this is no JSON. Neither:
	// the text was cut.
	closed, broken bool
}

// read begins to read an object or a list.
func read(v value) parts {
	if v.is('[') {
		return parts{rest: v[1:], end: ']'}
	}
	return parts{rest: v[1:], end: '}'}
}

// next is the next part. In a list the key is empty.
func (p *parts) next() (key []byte, v value, ok bool) {
	if !p.separator() {
		return nil, nil, false
	}
	if p.end == '}' {
		if key, ok = p.key(); !ok {
			return nil, nil, false
		}
	}
	v, p.rest = cutValue(p.rest)
	if v == nil && len(p.rest) > 0 {
		p.broken = true
	}
	return key, v, v != nil
}

// separator steps to where the next part begins, if there is one.
func (p *parts) separator() bool {
	p.rest = skipSpace(p.rest)
	if len(p.rest) == 0 {
		return false
	}
	if p.rest[0] == p.end {
		p.closed = true
		p.rest = nil
		return false
	}
	if p.inside {
		if p.rest[0] != ',' {
			p.broken = true
			return false
		}
		p.rest = skipSpace(p.rest[1:])
	}
	p.inside = true
	return len(p.rest) > 0
}

// key reads a member's key and the colon, and steps to its value. The key is
// unquoted.
func (p *parts) key() (key []byte, ok bool) {
	if p.rest[0] != '"' {
		p.broken = true
		return nil, false
	}
	end := stringEnd(p.rest)
	if end < 0 {
		return nil, false
	}
	key = unquote(p.rest[1 : end-1])
	p.rest = skipSpace(p.rest[end:])
	if len(p.rest) == 0 {
		return nil, false
	}
	if p.rest[0] != ':' {
		p.broken = true
		return nil, false
	}
	p.rest = skipSpace(p.rest[1:])
	return key, len(p.rest) > 0
}

// cutValue splits a text that is not empty behind its first value. The value is
// nil when it is a simple one that touches the end, or none at all.
func cutValue(text []byte) (v value, rest []byte) {
	var end int
	switch text[0] {
	case '"':
		end = stringEnd(text)
	case '{', '[':
		end = nestedEnd(text)
	default:
		if end = wordEnd(text); end == 0 {
			return nil, text
		}
	}
	if end < 0 {
		return nil, nil
	}
	return value(text[:end]), text[end:]
}

// stringEnd is where the string with which text begins ends, or -1.
func stringEnd(text []byte) int {
	for at := 1; ; {
		quote := bytes.IndexByte(text[at:], '"')
		if quote < 0 {
			return -1
		}
		at += quote
		slashes := 0
		for text[at-1-slashes] == '\\' {
			slashes++
		}
		at++
		if slashes%2 == 0 {
			return at
		}
	}
}

// wordEnd is where the number or name with which text begins ends, or -1.
func wordEnd(text []byte) int {
	for at, c := range text {
		switch c {
		case ',', ']', '}', ' ', '\t', '\r', '\n', ':', '"', '[', '{':
			return at
		}
	}
	return -1
}

// nestedEnd is where the object or list with which text begins ends, or the end
// of the text.
func nestedEnd(text []byte) int {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '"':
			end := stringEnd(text[at:])
			if end < 0 {
				return len(text)
			}
			at += end - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return at + 1
			}
		}
	}
	return len(text)
}

func skipSpace(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

// unquote is what stands for the inside of a JSON string. An escape it does not
// know stands for its last character.
func unquote(inside []byte) []byte {
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside
	}
	out := make([]byte, 0, len(inside))
	for len(inside) > 0 {
		if inside[0] != '\\' || len(inside) == 1 {
			out = append(out, inside[0])
			inside = inside[1:]
			continue
		}
		if inside[1] == 'u' {
			r, size := unicodeEscape(inside)
			out = utf8.AppendRune(out, r)
			inside = inside[size:]
			continue
		}
		out = append(out, simpleEscape(inside[1]))
		inside = inside[2:]
	}
	return out
}

func simpleEscape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return c
}

// unicodeEscape reads \uXXXX, or a pair of them that are one character.
func unicodeEscape(text []byte) (r rune, size int) {
	r = hex4(text)
	if r < 0 {
		return utf8.RuneError, 2
	}
	if utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, hex4(text[6:])); pair != utf8.RuneError {
			return pair, 12
		}
		return utf8.RuneError, 6
	}
	return r, 6
}

// hex4 is the number in \uXXXX at the beginning of text, or -1.
func hex4(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	r := rune(0)
	for _, c := range text[2:6] {
		digit, ok := hexDigit(c)
		if !ok {
			return -1
		}
		r = r<<4 | rune(digit)
	}
	return r
}

func hexDigit(c byte) (digit byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
